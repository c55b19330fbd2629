import {
  outlineOf,
  outlineOfLine,
  type ScriptCommand,
  type ScriptOutline,
} from "../dockerfile/shell/outline.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";
import type { PythonCall } from "./python-call.ts";
import { untilTheEnd } from "./script-signals.ts";
import { type Started, startedBy } from "./started.ts";
import type { CommandWord } from "./wrappers.ts";

/** Python that holds its output back. */
export interface BufferedPython {
  /** The word of the command line that leads there. */
  readonly word: CommandWord;
  /** The script in which it is started, and the command; `null` where the command line does. */
  readonly script: { readonly file: ProgramFile; readonly command: ScriptCommand } | null;
  /** The file that names Python in its first line; `null` where Python is called by name. */
  readonly file: ProgramFile | null;
  /** PYTHONUNBUFFERED is set, but `-E` or `-I` makes Python not look. */
  readonly ignoresEnvironment: boolean;
}

/** How many scripts that start scripts are followed. */
const MAX_SCRIPTS = 6;

/**
 * Python that a command line starts with its output held back; `null` for none, or where that can't be told.
 * `isSet`: whether PYTHONUNBUFFERED is set in the environment.
 */
export function bufferedPython(
  argv: readonly CommandWord[],
  files: ProgramFiles,
  isSet: boolean,
): BufferedPython | null {
  return inCommand(startedBy(argv, files), files, isSet, 0);
}

function inCommand(
  started: Started,
  files: ProgramFiles,
  inherited: boolean,
  depth: number,
): BufferedPython | null {
  const { program } = started;
  const isSet = isSetBy(started.variables.get("PYTHONUNBUFFERED"), inherited);
  if (program === null || depth > MAX_SCRIPTS) return null;
  if (program.kind === "python") {
    const word = started.words[0];
    return word === undefined || !isBuffered(program.call, isSet)
      ? null
      : { word, script: null, file: program.file, ignoresEnvironment: isSet };
  }
  if (program.kind === "shell-line") {
    const { line } = program;
    return line.value === null ? null : inScript(outlineOfLine(line.value), null, line, files, isSet, depth);
  }
  if (program.kind !== "shell-script" || program.file?.text == null || !program.file.whole) return null;
  const { file, word } = program;
  const args = program.args.flatMap(({ value }) => (value === null ? [] : [value]));
  const known = args.length === program.args.length ? args : undefined;
  return inScript(outlineOf(program.file.text, program.file.path, known), file, word, files, isSet, depth);
}

function inScript(
  outline: ScriptOutline,
  file: ProgramFile | null,
  word: CommandWord,
  files: ProgramFiles,
  inherited: boolean,
  depth: number,
): BufferedPython | null {
  // A file that is sourced may set the variable.
  if (outline.commands.some((command) => /^(?:\.|source)$/.test(command.argv[0]?.value ?? ""))) return null;
  const exports = outline.commands.filter((command) =>
    /^(?:export|declare)$/.test(command.argv[0]?.value ?? ""),
  );
  const isSet = exports.reduce((set, command) => isSetBy(assigned(command), set), inherited);
  const last = lastCommands(outline);
  for (const command of last) {
    const started = startedBy(command.argv, files);
    const found = inCommand(started, files, isSetBy(assigned(command), isSet), depth + 1);
    if (found === null) continue;
    const script = found.script ?? (file === null ? null : { file, command });
    return { ...found, word, script };
  }
  return null;
}

/** What the script ends with; where that is no program, the last command that calls Python by name. */
function lastCommands(outline: ScriptOutline): readonly ScriptCommand[] {
  const { commands, endings } = untilTheEnd(outline);
  const isPython = (command: ScriptCommand): boolean =>
    startedBy(command.argv, NO_FILES).program?.kind === "python";
  const replaced = commands.at(-1)?.exec === true;
  const other = replaced || endings.some(isPython) ? undefined : commands.findLast(isPython);
  return other === undefined ? endings : [...endings, other];
}

const NO_FILES: ProgramFiles = { program: () => null, script: () => null, sh: () => null };

function assigned(command: ScriptCommand): string | null | undefined {
  const found = command.assignments.findLast(({ name }) => name === "PYTHONUNBUFFERED");
  // A value that can't be told is taken for one.
  return found === undefined ? undefined : (found.value ?? "?");
}

/** Any text but the empty one counts, `0` too. */
function isSetBy(value: string | null | undefined, inherited: boolean): boolean {
  return value === undefined ? inherited : value !== null && value !== "";
}

function isBuffered({ unbuffered, ignoresEnvironment, target }: PythonCall, isSet: boolean): boolean {
  return target.kind !== "none" && !unbuffered && (!isSet || ignoresEnvironment);
}
