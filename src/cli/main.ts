import { EnvironmentError, UserError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "../core/verdict.ts";
import { COMMANDS } from "./commands.ts";
import type { CliContext } from "./context.ts";
import { bugText, errorText } from "./error-text.ts";
import { OutputStream } from "./output-stream.ts";
import { type Invocation, parseCommandLine } from "./parse.ts";
import { statusLine } from "./status-line.ts";
import { VERSION } from "./version.ts";

/**
 * Runs the command line and ends the process with its exit code. Nothing is thrown. `helperProgram` is the URL by which
 * a thread runs this program as a helper.
 */
export async function main(argv: readonly string[], helperProgram: string): Promise<void> {
  const stdout = new OutputStream(1, () => process.stdout);
  const stderr = new OutputStream(2, () => process.stderr);
  const context: CliContext = {
    cwd: process.cwd(),
    env: process.env,
    // Opened when somebody reads it.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    interruption,
    helperProgram,
    status: statusLine(stderr),
  };
  process.on("uncaughtException", (error) => {
    context.stderr.write(bugText(error, VERSION, isVerbose(argv, context)));
    process.exit(EXIT.bug);
  });
  const exitCode = await exitCodeOf(argv, context);
  process.exitCode = exitCode;
  // What was printed goes out first. Then nothing more is waited for: a request that an engine never answers would
  // keep the process for ever.
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  process.exit(exitCode);
}

function isVerbose(argv: readonly string[], context: CliContext): boolean {
  return argv.includes("--verbose") || context.env.TRAINLINT_DEBUG !== undefined;
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => controller.abort(new EnvironmentError(`Interrupted by ${name}.`)));
  }
  return controller.signal;
}

async function exitCodeOf(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    const invocation = parseCommandLine(argv, COMMANDS);
    if (invocation.kind === "command") return await invocation.command.run(invocation.args, context);
    context.stdout.write(await textOf(invocation));
    return EXIT.clean;
  } catch (error) {
    context.status.clear();
    if (error instanceof UserError) {
      context.stderr.write(errorText(error, error.place));
      return EXIT.usage;
    }
    if (error instanceof EnvironmentError) {
      context.stderr.write(errorText(error));
      return EXIT.environment;
    }
    context.stderr.write(bugText(error, VERSION, isVerbose(argv, context)));
    return EXIT.bug;
  }
}

/** Laying out help takes a library that nothing else needs. */
async function textOf(asked: Exclude<Invocation, { kind: "command" }>): Promise<string> {
  if (asked.kind === "version") return `${VERSION}\n`;
  const { helpText } = await import("./help.ts");
  return await helpText(asked.command, COMMANDS, VERSION);
}
