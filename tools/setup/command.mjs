import { spawn } from "node:child_process";

/** Commands that have not ended yet, with the promise of their end. */
const running = new Map();

/**
 * Runs a command to its end. With `quiet` its output is kept and only shown when it fails.
 * Returns the exit code; 127 when the program is not there, 128 when a signal ended it.
 */
export function run(command, args, options = {}) {
  const { quiet = false, ...rest } = options;
  const child = spawn(command, args, {
    stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    ...rest,
  });
  const output = [];
  child.stdout?.on("data", (data) => output.push(data));
  child.stderr?.on("data", (data) => output.push(data));
  const end = new Promise((resolve) => {
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 128));
  }).then((status) => {
    running.delete(child);
    if (quiet && status !== 0) process.stderr.write(Buffer.concat(output));
    return status;
  });
  running.set(child, end);
  return end;
}

/** Runs a command and throws when it fails. */
export async function mustRun(command, args, options = {}) {
  const status = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with exit code ${status}`);
}

/** Passes a signal on to every command that is running, and waits until they have tidied up and ended. */
export async function endRunning(signal) {
  for (const child of running.keys()) child.kill(signal);
  await Promise.all(running.values());
}

/** Prints one line of progress. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}
