import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How one run of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** Names of what is left in the temporary folder that was its own. */
  readonly temporaryFiles: readonly string[];
}

/** A running program, with a folder of its own for what it writes. */
export interface Started {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
}

/** Longest that a round may take, in milliseconds: whoever takes longer hangs. */
const LIMIT = 120_000;

/** Starts the bundle. What takes too long is killed and ends with the signal SIGKILL and a note in the output. */
export function startProgram(
  bundle: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly temporary?: string } = {},
): Started {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-fault-"));
  const temporary = options.temporary ?? join(folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const child = spawn(process.execPath, [bundle, ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: temporary, CI: "true", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const timer = setTimeout(() => {
    output += "\n(it did not end by itself)";
    child.kill("SIGKILL");
  }, LIMIT);
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const temporaryFiles = readdirSync(temporary);
      if (options.temporary === undefined) rmSync(folder, { recursive: true, force: true });
      resolve({ code, signal, output, temporaryFiles });
    });
  });
  return { kill: (signal) => void child.kill(signal), ended };
}

/** Runs the bundle to its end. */
export async function runProgram(
  bundle: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly temporary?: string } = {},
): Promise<Ended> {
  return await startProgram(bundle, args, options).ended;
}
