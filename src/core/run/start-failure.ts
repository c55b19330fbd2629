import type { RunProgram, Transcript } from "./transcript.ts";

/** Why a container did not start, or ended with an error by itself. */
export type StartFailure =
  | { readonly cause: "not-found"; readonly program: string }
  | { readonly cause: "not-executable"; readonly program: string }
  | { readonly cause: "crlf"; readonly program: string }
  | { readonly cause: "interpreter-missing"; readonly program: string; readonly interpreter: string }
  | { readonly cause: "wrong-architecture"; readonly program: string; readonly built: string }
  | { readonly cause: "no-shebang"; readonly program: string }
  | { readonly cause: "init-option"; readonly line: string }
  | { readonly cause: "train-refused"; readonly line: string }
  | { readonly cause: "opt-ml-permission"; readonly line: string }
  | { readonly cause: "out-of-memory" }
  | { readonly cause: "refused"; readonly reason: string }
  | { readonly cause: "exited"; readonly code: number; readonly line: string };

/** The failure that a transcript shows; `null` when the container ran, or ended by itself with 0. */
export function startFailure(run: Transcript): StartFailure | null {
  if (run.startError !== null) return refusedStart(run, run.startError);
  if (run.exit === null || run.exit.code === 0 || run.stop !== null) return null;
  if (run.exit.oomKilled) return { cause: "out-of-memory" };
  return endedByItself(run, run.exit.code);
}

function refusedStart(run: Transcript, reason: string): StartFailure {
  const program = run.argv[0] ?? "";
  const evidence = run.program;
  if (/exec format error/i.test(reason)) return notLoadable(run, program, evidence);
  if (/permission denied/i.test(reason)) return { cause: "not-executable", program };
  if (/executable file not found|no such file or directory|not found in \$PATH/i.test(reason)) {
    return missingPart(program, evidence);
  }
  return { cause: "refused", reason };
}

function missingPart(program: string, evidence: RunProgram | null): StartFailure {
  if (evidence?.exists !== true) return { cause: "not-found", program };
  if (!evidence.executable) return { cause: "not-executable", program };
  if (evidence.shebang?.endsWith("\r") === true) return { cause: "crlf", program };
  if (evidence.interpreter?.exists === false) {
    return { cause: "interpreter-missing", program, interpreter: evidence.interpreter.path };
  }
  return { cause: "interpreter-missing", program, interpreter: "the loader that its ELF header names" };
}

function notLoadable(run: Transcript, program: string, evidence: RunProgram | null): StartFailure {
  if (evidence?.kind === "text") return { cause: "no-shebang", program };
  const built = evidence?.machine ?? run.image.architecture;
  return { cause: "wrong-architecture", program, built };
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

/** `train` named as what an argument parser, a shell or an interpreter could make nothing of. */
const TRAIN_REFUSED =
  /(?:unrecognized|unknown|unexpected|invalid|no such|can't open|cannot open|could not find|too many)\b.{0,80}\btrain\b/i;

function endedByItself(run: Transcript, code: number): StartFailure {
  const lines = [...run.stderr.tail, ...run.stdout.tail];
  const find = (pattern: RegExp): string | undefined => lines.find((line) => pattern.test(line));
  const late = lateRefusal(run);
  if (late !== null) return refusedStart(run, late);
  const initExec = find(/\[FATAL tini|\[dumb-init\]|failed to exec pid1/);
  if (initExec !== undefined) return initFailure(run, initExec);
  const option = find(/^(?:tini|catatonit|docker-init|\S*\/tini): (?:invalid|unrecognized) option/);
  if (option !== undefined) return { cause: "init-option", line: option };
  if (find(/\\r'?: No such file|\$'\\r'|\r': No such file|\r: not found/) !== undefined) {
    return { cause: "crlf", program: run.argv[0] ?? "" };
  }
  if (find(/exec format error/i) !== undefined) return notLoadable(run, run.argv[0] ?? "", null);
  const permission = find(
    /(?:permission denied|read-only file system).*\/opt\/ml|\/opt\/ml.*permission denied/i,
  );
  if (permission !== undefined) return { cause: "opt-ml-permission", line: permission };
  if (usesTrain(run)) {
    if (code === 127 && find(/\btrain\b.*not found|not found.*\btrain\b/i) !== undefined) {
      return { cause: "not-found", program: "train" };
    }
    const refused = find(TRAIN_REFUSED);
    if (refused !== undefined) return { cause: "train-refused", line: refused };
  }
  return { cause: "exited", code, line: lastLine(run) };
}

function initFailure(run: Transcript, line: string): StartFailure {
  const program = /exec (\S+) failed|\[dumb-init\] ([^:]+):/.exec(line);
  const name = program?.[1] ?? program?.[2] ?? run.argv.at(-1) ?? "";
  if (/permission denied/i.test(line)) return { cause: "not-executable", program: name };
  if (/exec format error/i.test(line)) return notLoadable(run, name, null);
  return { cause: "not-found", program: name };
}

function usesTrain(run: Transcript): boolean {
  return run.argv.at(-1) === "train";
}

function lastLine(run: Transcript): string {
  const said = (lines: readonly string[]): string | undefined => lines.findLast((line) => line.trim() !== "");
  return said(run.stderr.tail) ?? said(run.stdout.tail) ?? "";
}
