import { outlineOf, type ScriptCommand } from "../dockerfile/shell/outline.ts";
import { wholeText } from "../dockerfile/shell/source.ts";
import { absolutePath, baseName } from "../paths.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";
import { type ShellSituation, type SignalFault, signalFlow } from "./script-signals.ts";
import type { ShellName } from "./shell-call.ts";
import { type Program, type Started, startedBy } from "./started.ts";
import type { CommandWord, Wrapper } from "./wrappers.ts";

/** A place between the entrypoint and the program where SIGTERM is lost. */
export interface LostSignal {
  readonly fault: SignalFault;
  readonly shell: ShellName;
  /** The script; `null` for a line behind `-c`. */
  readonly file: ProgramFile | null;
  /** The word of the command line that leads there. */
  readonly word: CommandWord;
  /** What is not reached, as written, and where in the script or line it stands. */
  readonly command: ScriptCommand;
  /** The init or `timeout` in front of the shell, where there is one. */
  readonly behind: string | null;
}

/** How many scripts that start scripts are followed. */
const MAX_SCRIPTS = 6;

/** Follows SIGTERM from a command line to the program; `null` where it arrives, or where that can't be told. */
export function lostSignal(argv: readonly CommandWord[], files: ProgramFiles): LostSignal | null {
  return follow(startedBy(argv, files), files, null, 0, null);
}

function follow(
  started: Started,
  files: ProgramFiles,
  front: Wrapper | null,
  depth: number,
  word: CommandWord | null,
): LostSignal | null {
  const { program } = started;
  if (program === null || depth > MAX_SCRIPTS) return null;
  const behind = started.wrappers.findLast((wrapper) => wrapper.kind !== "becomes") ?? front;
  const read = outlineFor(program);
  if (read === null) return null;
  const { outline, file } = read;
  const at = word ?? read.word;
  const flow = signalFlow(outline, situationOf(read.shell, program, files, behind));
  if (flow.kind === "fault") {
    const { fault, command } = flow;
    return { fault, shell: read.shell, file, word: at, command, behind: behind?.name ?? null };
  }
  if (flow.kind !== "becomes") return null;
  for (const command of flow.commands) {
    const next = startedBy(command.argv, filesSeenBy(command, outline.commands, files));
    const lost = follow(next, files, behind, depth + 1, at);
    if (lost !== null) return lost;
  }
  return null;
}

interface ReadShell {
  readonly shell: ShellName;
  readonly outline: ReturnType<typeof outlineOf>;
  readonly file: ProgramFile | null;
  readonly word: CommandWord;
}

function outlineFor(program: Program): ReadShell | null {
  if (program.kind === "shell-line") {
    const { shell, line, call } = program;
    if (line.value === null) return null;
    const outline = outlineOf(wholeText(line.value), "", valuesOf(call.args.slice(1)));
    return { shell, outline, file: null, word: line };
  }
  if (program.kind !== "shell-script" || program.file?.text == null || !program.file.whole) return null;
  const { shell, file, word, args } = program;
  return { shell, outline: outlineOf(program.file.text, file?.path ?? "", valuesOf(args)), file, word };
}

/** The words; `undefined` where one of them can't be told. */
function valuesOf(words: readonly CommandWord[]): readonly string[] | undefined {
  const values = words.flatMap((word) => (word.value === null ? [] : [word.value]));
  return values.length === words.length ? values : undefined;
}

function situationOf(
  shell: ShellName,
  program: Program,
  files: ProgramFiles,
  behind: Wrapper | null,
): ShellSituation {
  const kind = shell === "sh" ? files.sh() : shell === "ash" ? "busybox" : shell;
  return {
    // dash keeps a shell in front of the last command of a line; whoever can't be told is trusted.
    execsLast: program.kind === "shell-line" && kind !== "dash",
    isBash: kind === "bash",
    init: behind === null ? null : signalsAll(behind) ? "all" : "one",
  };
}

/** `tini -g`, `catatonit -g`, `timeout`, and dumb-init unless told otherwise signal every process. */
function signalsAll({ name, words }: Wrapper): boolean {
  const options = words.map((word) => word.value ?? "");
  if (name === "timeout") return !options.includes("--foreground");
  if (baseName(name).startsWith("dumb-init"))
    return !options.some((option) => option === "-c" || option === "--single-child");
  return options.some((option) => /^-[a-z]*g/.test(option));
}

/** Relative paths count from the folder that the script has changed to. */
function filesSeenBy(
  command: ScriptCommand,
  commands: readonly ScriptCommand[],
  files: ProgramFiles,
): ProgramFiles {
  const { workingDir } = command;
  const moved = commands.some((one) => /^(?:cd|pushd)$/.test(one.argv[0]?.value ?? ""));
  if (!workingDir.known && !moved) return files;
  const seen = (word: string): string | null => {
    if (word.startsWith("/")) return word;
    return workingDir.known ? absolutePath(workingDir.value, word) : null;
  };
  return {
    sh: files.sh,
    program(word) {
      const path = word.includes("/") ? seen(word) : word;
      return path === null ? null : files.program(path);
    },
    script(word) {
      const path = seen(word);
      return path === null ? null : files.script(path);
    },
  };
}
