import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The bundle, as users run it. */
export const BUNDLE = fileURLToPath(new URL("../../dist/trainlint.mjs", import.meta.url));

const PEAK = fileURLToPath(new URL("peak.cjs", import.meta.url));

/** Runs a command to its end, output thrown away, and tells the seconds it took. `codes` are the right exit codes. */
export function timed(command, args, { codes = [0], env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env });
    const errors = [];
    child.stderr.on("data", (data) => errors.push(data));
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (codes.includes(code)) resolve(seconds);
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${Buffer.concat(errors)}`));
    });
  });
}

/** trainlint with these arguments; findings are fine, errors are not. */
export function trainlint(...args) {
  return () => timed(process.execPath, [BUNDLE, ...args], { codes: [0, 1] });
}

/** A command without shell. */
export function command(name, ...args) {
  return () => timed(name, args);
}

/** Whether there is such a program and it ends well. */
export function succeeds(name, ...args) {
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: "ignore" });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

/**
 * Measures several things in turn, round after round, so that a machine that is busy for a while is so for all of
 * them; answers a sample of each.
 */
export async function inRounds(rounds, measures) {
  const samples = measures.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, measure] of measures.entries()) samples[at].push(await measure());
  }
  return samples;
}

/** Peak memory of trainlint with these arguments, in MB. */
export async function peakMemory(...args) {
  const file = join(tmpdir(), `trainlint-peak-${process.pid}`);
  const env = { ...process.env, PEAK_FILE: file };
  await timed(process.execPath, ["--require", PEAK, BUNDLE, ...args], { codes: [0, 1], env });
  const peak = Number(readFileSync(file, "utf8"));
  rmSync(file);
  return peak;
}
