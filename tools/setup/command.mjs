import { spawn } from "node:child_process";

/**
 * Runs a command to its end. With `quiet` its output is kept and only shown when it fails.
 * Returns the exit code; 127 when the program is not there.
 */
export function run(command, args, options = {}) {
  const { quiet = false, ...rest } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
      ...rest,
    });
    const output = [];
    child.stdout?.on("data", (data) => output.push(data));
    child.stderr?.on("data", (data) => output.push(data));
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code, signal) => {
      const status = code ?? (signal === null ? 1 : 128);
      if (quiet && status !== 0) process.stderr.write(Buffer.concat(output));
      resolve(status);
    });
  });
}

/** Runs a command and throws when it fails. */
export async function mustRun(command, args, options = {}) {
  const status = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with exit code ${status}`);
}

/** Prints one line of progress. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}
