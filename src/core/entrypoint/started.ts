import { shebangOf } from "../dockerfile/shell/shebang.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";
import { type PythonCall, pythonCall } from "./python-call.ts";
import { type ShellCall, type ShellName, shellCall } from "./shell-call.ts";
import { type CommandWord, type Unwrapped, unwrapped } from "./wrappers.ts";

/** The program that a command line comes down to. */
export type Program =
  | {
      readonly kind: "shell-line";
      readonly shell: ShellName;
      readonly line: CommandWord;
      readonly call: ShellCall;
    }
  | {
      readonly kind: "shell-script";
      readonly shell: ShellName;
      /** The word that names it. */
      readonly word: CommandWord;
      /** `null` where it is named but not at hand. */
      readonly file: ProgramFile | null;
      readonly args: readonly CommandWord[];
    }
  /** A shell with nothing to do but what stands in its standard input. */
  | { readonly kind: "shell"; readonly shell: ShellName }
  | {
      readonly kind: "python";
      readonly call: PythonCall;
      /** The file that names Python in its first line; `null` where Python is called by name. */
      readonly file: ProgramFile | null;
    }
  | { readonly kind: "other"; readonly file: ProgramFile | null };

/** What a command line starts. */
export interface Started extends Unwrapped {
  /** `null` where nothing stands behind the wrappers. */
  readonly program: Program | null;
}

/** Follows a command line through its wrappers, and through the first line of a script that it names. */
export function startedBy(argv: readonly CommandWord[], files: ProgramFiles): Started {
  const outer = unwrapped(argv);
  const { words } = outer;
  const word = words[0]?.value;
  if (word === undefined) return { ...outer, program: null };
  const known = callOf(words, files);
  if (known !== null) return { ...outer, program: known };
  const file = word === null ? null : files.program(word);
  const shebang = file?.text === null || file === null ? null : shebangOf(file.text);
  if (file === null || shebang === null) return { ...outer, program: { kind: "other", file } };
  const option = shebang.argument === null ? [] : [{ value: shebang.argument, range: null }];
  const script = { value: file.path, range: words[0]?.range ?? null };
  const line = [{ value: shebang.interpreter, range: null }, ...option, script, ...words.slice(1)];
  const inner = unwrapped(line);
  const program = callOf(inner.words, { ...files, script: () => file }) ?? { kind: "other", file };
  return {
    wrappers: [...outer.wrappers, ...inner.wrappers],
    words: outer.words,
    variables: new Map([...outer.variables, ...inner.variables]),
    program: program.kind === "python" ? { ...program, file } : program,
  };
}

/** A shell or Python, called by name. */
function callOf(words: readonly CommandWord[], files: ProgramFiles): Program | null {
  const python = pythonCall(words);
  if (python !== null) return { kind: "python", call: python, file: null };
  const call = shellCall(words);
  if (call === null) return null;
  const { shell, line, script, args } = call;
  if (line !== null) return { kind: "shell-line", shell, line, call };
  if (script === null) return { kind: "shell", shell };
  const file = script.value === null ? null : files.script(script.value);
  return { kind: "shell-script", shell, word: script, file, args };
}
