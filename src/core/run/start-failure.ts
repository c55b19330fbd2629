import { CHANNEL_FOLDER } from "../job/channels.ts";
import type { RunProgram, Transcript } from "./transcript.ts";

/** Why a container did not start, or ended with an error by itself. */
export type StartFailure =
  | { readonly cause: "not-found"; readonly program: string }
  | { readonly cause: "not-executable"; readonly program: string }
  | { readonly cause: "not-allowed"; readonly program: string }
  | { readonly cause: "crlf"; readonly program: string }
  | { readonly cause: "interpreter-missing"; readonly program: string; readonly interpreter: string }
  | { readonly cause: "wrong-architecture"; readonly program: string; readonly built: string }
  | { readonly cause: "not-loadable"; readonly program: string }
  | { readonly cause: "no-shebang"; readonly program: string }
  | { readonly cause: "init-option"; readonly line: string }
  | { readonly cause: "train-refused"; readonly line: string }
  | { readonly cause: "opt-ml-permission"; readonly line: string }
  | { readonly cause: "channel-missing"; readonly channel: string; readonly line: string }
  | { readonly cause: "out-of-memory" }
  | { readonly cause: "killed" }
  | { readonly cause: "refused"; readonly reason: string }
  | { readonly cause: "exited"; readonly code: number; readonly line: string };

/** The failure that a transcript shows; `null` when the container ran, or ended by itself with 0. */
export function startFailure(run: Transcript): StartFailure | null {
  if (run.startError !== null) return refusedStart(run, run.startError);
  if (run.exit === null || run.exit.code === 0) return null;
  if (run.exit.oomKilled && run.stop?.killed !== true) return { cause: "out-of-memory" };
  return run.stop === null ? endedByItself(run, run.exit.code) : null;
}

function refusedStart(run: Transcript, reason: string): StartFailure {
  const program = run.argv[0] ?? "";
  // A refusal may also be about the user, the working directory or a mount, in similar words.
  if (!/\bexec(?:utable)?\b/i.test(reason) || /\bchdir\b/.test(reason)) return { cause: "refused", reason };
  if (/exec format error/i.test(reason)) return notLoadable(run, program);
  if (/permission denied/i.test(reason)) return notPermitted(program, run.program);
  if (/executable file not found|no such file or directory|not found/i.test(reason)) {
    return missingPart(program, run.program);
  }
  return { cause: "refused", reason };
}

function notPermitted(program: string, evidence: RunProgram | null): StartFailure {
  return { cause: evidence?.executable === true ? "not-allowed" : "not-executable", program };
}

function missingPart(program: string, evidence: RunProgram | null): StartFailure {
  if (evidence?.exists !== true) return { cause: "not-found", program };
  if (!evidence.executable) return { cause: "not-executable", program };
  if (evidence.shebang?.includes("\r") === true) return { cause: "crlf", program };
  if (evidence.interpreter?.exists === false) {
    return { cause: "interpreter-missing", program, interpreter: evidence.interpreter.path };
  }
  return { cause: "interpreter-missing", program, interpreter: "the loader that its ELF header names" };
}

/** "exec format error": a script without `#!`, or something made for another machine. */
function notLoadable({ program: evidence, image, engine }: Transcript, program: string): StartFailure {
  if (evidence?.kind === "text") return { cause: "no-shebang", program };
  const built = evidence?.machine ?? evidence?.interpreter?.machine ?? image.architecture;
  return built === engine.architecture
    ? { cause: "not-loadable", program }
    : { cause: "wrong-architecture", program, built };
}

/** What runc prints when the start has succeeded for the engine, and the exec itself then fails. */
const LATE_REFUSAL =
  /^(?:standard_init_linux\.go:\d+: )?exec (?:user process caused|\S+): (?:exec format error|no such file or directory|permission denied)$/;

function lateRefusal(run: Transcript): string | null {
  const [line, ...more] = run.stderr.tail;
  return line !== undefined && more.length === 0 && LATE_REFUSAL.test(line) ? line : null;
}

/** Whether not one instruction of the program ran: the engine or the kernel refused it. */
export function neverRan(run: Transcript): boolean {
  return run.exit === null || lateRefusal(run) !== null;
}

/** A shell or env that found no program behind `#!` because of the carriage return at its end. */
const CARRIAGE_RETURN =
  /(?:\\r|\r)['\u2019"]?: (?:No such file|not found|command not found|invalid option)|\$'\\r'/;

/** Whether a line of output says that a write below /opt/ml was refused. */
export function refusesWrite(line: string): boolean {
  return line.includes("/opt/ml") && /permission denied|read-only file system/i.test(line);
}

/** The exit code of what SIGKILL ended. */
const SIGKILLED = 137;

function endedByItself(run: Transcript, code: number): StartFailure {
  const lines = [...run.stderr.tail, ...run.stdout.tail];
  const find = (pattern: RegExp): string | undefined => lines.find((line) => pattern.test(line));
  const late = lateRefusal(run);
  if (late !== null) return refusedStart(run, late);
  const initExec = find(/\[FATAL tini|\[dumb-init\]|failed to exec pid1/);
  if (initExec !== undefined) return initFailure(run, initExec);
  const option = find(
    /^(?:\S*\/)?(?:tini|tini-static|catatonit|docker-init): (?:invalid|unrecognized) option/,
  );
  if (option !== undefined) return { cause: "init-option", line: option };
  if (find(CARRIAGE_RETURN) !== undefined) return { cause: "crlf", program: run.argv[0] ?? "" };
  if (code === 126 && find(/exec format error/i) !== undefined) return notLoadable(run, run.argv[0] ?? "");
  const permission = lines.find(refusesWrite);
  if (permission !== undefined) return { cause: "opt-ml-permission", line: permission };
  if (run.argv.at(-1) === "train") {
    if (code === 127 && find(/\btrain: (?:command )?not found|not found: train\b/i) !== undefined) {
      return { cause: "not-found", program: "train" };
    }
    const refused = find(TRAIN_REFUSED);
    if (refused !== undefined) return { cause: "train-refused", line: refused };
  }
  if (code === SIGKILLED) return { cause: "killed" };
  return missingChannel(run, lines) ?? { cause: "exited", code, line: lastLine(run) };
}

/** `train`, as a word of its own and not as a part of a path, as what an argument parser could make nothing of. */
const TRAIN_REFUSED = new RegExp(
  [
    String.raw`\b(?:unrecogni[sz]ed|unknown|unexpected|invalid|extra|surplus|unparsed|positional|no such)(?: extra| positional)? (?:sub)?(?:arg|argument|arguments|option|options|command|choice|value|action|mode|task|[a-z]+ value)\b.{0,40}?[\s('"\x60=:\[]train(?:['"\x60\])]| found\b|\s*$)`,
    String.raw`\bconsume arg: train\b`,
    String.raw`\btrain['"\x60]? is not a (?:valid |known |recognized )*(?:command|option|argument|choice|subcommand)`,
    String.raw`^\S*python\S*: can't (?:open file|find '__main__' module in) '[^']*\btrain'`,
    String.raw`\b(?:can't|cannot|could not) (?:open|find|load)\b.{0,30}?[\s'"\x60]train(?:['"\x60:]|\s*$)`,
    String.raw`^(?:\S*\/)?(?:ba|da|a|z|k)?sh: (?:\d+: |line \d+: )?['"\x60]?train['"\x60]?: No such file`,
    String.raw`\bcannot find module\b.*\/train['"\x60]`,
  ].join("|"),
  "i",
);

/** A file that is not there, below the folder of a channel. */
const MISSING_FILE = new RegExp(
  `(?:No such file|not found|does not exist|cannot open|FileNotFound).*${CHANNEL_FOLDER}/([A-Za-z0-9._-]+)|${CHANNEL_FOLDER}/([A-Za-z0-9._-]+)[^:]*.*(?:No such file|not found|does not exist)`,
  "i",
);

function missingChannel(run: Transcript, lines: readonly string[]): StartFailure | null {
  const given = new Set(run.channels.map(({ name }) => name));
  for (const line of lines.toReversed()) {
    const match = MISSING_FILE.exec(line);
    const channel = match?.[1] ?? match?.[2];
    if (channel !== undefined && !given.has(channel)) return { cause: "channel-missing", channel, line };
  }
  return null;
}

function initFailure(run: Transcript, line: string): StartFailure {
  const words = line.split(" ");
  const failed = words.find((_, at) => words[at - 1] === "exec" && words[at + 1]?.startsWith("failed"));
  const name = failed ?? /^\[dumb-init\] ([^:]+):/.exec(line)?.[1] ?? run.argv.at(-1) ?? "";
  if (/permission denied/i.test(line)) return { cause: "not-executable", program: name };
  if (/exec format error/i.test(line)) return { cause: "not-loadable", program: name };
  return { cause: "not-found", program: name };
}

function lastLine(run: Transcript): string {
  const said = (lines: readonly string[]): string | undefined => lines.findLast((line) => line.trim() !== "");
  return said(run.stderr.tail) ?? said(run.stdout.tail) ?? "";
}
