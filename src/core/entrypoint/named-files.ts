import { baseName } from "../paths.ts";
import type { ProgramFiles } from "./program-files.ts";
import { pythonCall } from "./python-call.ts";
import { shellCall } from "./shell-call.ts";
import { type CommandWord, unwrapped } from "./wrappers.ts";

/** A word of a command line that names a file which must be there. */
export interface NamedFile {
  readonly word: CommandWord;
  readonly value: string;
  /** `program`: started by the kernel, bare names are looked up in PATH. `script`: read by an interpreter. */
  readonly as: "program" | "script";
  /** The interpreter of a script. */
  readonly by: string;
}

/** Interpreters that read the file in their first word. */
const INTERPRETERS = /^(?:Rscript|perl|ruby|node|julia|php)$/;

/** The files that a command line names itself: its program, the program behind its wrappers, a script. */
export function namedFiles(argv: readonly CommandWord[]): NamedFile[] {
  const { words } = unwrapped(argv);
  const train = argv.at(-1);
  const programs = words[0] === argv[0] ? [argv[0]] : [argv[0], words[0]];
  const named: NamedFile[] = programs.flatMap((word) => asNamed(word, "program", ""));
  const by = baseName(words[0]?.value ?? "");
  const script =
    shellCall(words)?.script ?? pythonFile(words) ?? (INTERPRETERS.test(by) ? words[1] : undefined);
  if (script?.value?.startsWith("-") !== true) named.push(...asNamed(script, "script", by));
  // What becomes of `train` is for others to say.
  return named.filter(({ word }) => word !== train);
}

function asNamed(word: CommandWord | undefined, as: NamedFile["as"], by: string): NamedFile[] {
  const value = word?.value ?? "";
  return word === undefined || value === "" ? [] : [{ word, value, as, by }];
}

function pythonFile(words: readonly CommandWord[]): CommandWord | undefined {
  const target = pythonCall(words)?.target;
  return target?.kind === "file" && target.word.value !== "-" ? target.word : undefined;
}

/** Looks a named file up as the kernel or its interpreter does. */
export function lookUp({ value, as, by }: NamedFile, files: ProgramFiles): boolean {
  if (as === "program") return files.program(value) !== null;
  if (files.script(value) !== null) return true;
  // A shell looks for a script in PATH too.
  return /sh$/.test(by) && !value.includes("/") && files.program(value) !== null;
}
