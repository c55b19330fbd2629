import type { OutputStream } from "./output-stream.ts";
import type { StatusLine } from "./status-line.ts";

/** What a command sees of the process that runs it. */
export interface CliContext {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /**
   * For commands that use an engine: from here on SIGINT and SIGTERM abort the signal, so that the command can
   * clean up behind itself, and only a second one ends the process at once.
   */
  readonly interruption: () => AbortSignal;
  /** URL by which a thread runs this program as a helper. */
  readonly helperProgram: string | null;
  /** On standard error. */
  readonly status: StatusLine;
}

/** Colour depth of standard output as `ReportOptions.color` has it: flags, then the environment, then the terminal. */
export function colorLevel(
  context: CliContext,
  flags: { readonly color: boolean; readonly noColor: boolean },
): 0 | 1 | 2 | 3 {
  const { env, stdout } = context;
  if (flags.noColor) return 0;
  if (flags.color) return atLeastOne(terminalLevel(stdout));
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) {
    if (forced === "0" || forced === "false") return 0;
    if (forced === "2") return 2;
    return forced === "3" ? 3 : 1;
  }
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return 0;
  return terminalLevel(stdout);
}

function terminalLevel(stdout: OutputStream): 0 | 1 | 2 | 3 {
  if (!stdout.isTTY) return 0;
  const depth = stdout.getColorDepth();
  if (depth >= 24) return 3;
  if (depth >= 8) return 2;
  return depth >= 4 ? 1 : 0;
}

function atLeastOne(level: 0 | 1 | 2 | 3): 1 | 2 | 3 {
  return level === 0 ? 1 : level;
}

/** Columns for source lines: the terminal's, else a width that logs can show. */
export function outputWidth(stdout: OutputStream): number {
  return stdout.isTTY && stdout.columns > 0 ? stdout.columns : 160;
}

/**
 * Where progress is told: on a terminal only, and not under pre-commit, which gives its hooks a pseudo terminal
 * and shows what they print as a wall of text.
 */
export function showsProgress(context: CliContext, quiet: boolean): boolean {
  const { env, stderr } = context;
  return stderr.isTTY && !quiet && env.PRE_COMMIT === undefined && env.CI === undefined;
}
