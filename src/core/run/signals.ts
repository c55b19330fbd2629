import { initByName } from "../entrypoint/init.ts";
import { baseName } from "../paths.ts";
import type { RunProcess, SignalMasks } from "./transcript.ts";

/** How a process treats one signal, as far as its masks show it. */
export type Disposition = "caught" | "blocked" | "ignored" | "default";

const SIGTERM = 15;

/** What the masks say about SIGTERM. `blocked` may mean that it is awaited with signalfd or sigwait. */
export function termDisposition(masks: SignalMasks): Disposition {
  if (hasSignal(masks.caught, SIGTERM)) return "caught";
  if (hasSignal(masks.blocked, SIGTERM)) return "blocked";
  if (hasSignal(masks.ignored, SIGTERM)) return "ignored";
  return "default";
}

/** Whether the bit of `signal` is set in a mask of hex digits. */
export function hasSignal(mask: string, signal: number): boolean {
  if (!/^[0-9a-fA-F]{1,32}$/.test(mask)) return false;
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Whether a process does something about SIGTERM, judged by its masks. */
export function handlesTerm(process: RunProcess): boolean {
  if (process.masks === null) return false;
  const disposition = termDisposition(process.masks);
  return disposition === "caught" || disposition === "blocked";
}

/** Whether a process is set to ignore SIGTERM, as helpers are whose parent ends them otherwise. */
export function ignoresTerm(process: RunProcess): boolean {
  return process.masks !== null && termDisposition(process.masks) === "ignored";
}

/** Go, Java and mpirun catch nearly every signal; Python, shells and R at most half as many as this. */
const MANY_SIGNALS = 12;

/** Whether a runtime catches (nearly) all signals, so that the bit of one says nothing about the program. */
export function catchesForAll(masks: SignalMasks): boolean {
  if (!/^[0-9a-fA-F]{1,32}$/.test(masks.caught)) return false;
  const bits = BigInt(`0x${masks.caught}`).toString(2).replaceAll("0", "").length;
  return bits >= MANY_SIGNALS;
}

/**
 * The process whose handling of SIGTERM counts: PID 1, or, where PID 1 is an init that passes the signal on
 * (its own masks are empty for tini, full for catatonit), the init's first child.
 */
export function signalledProcess(processes: readonly RunProcess[]): RunProcess | null {
  let current = processes.find((process) => process.pid === 1) ?? null;
  for (let depth = 0; current !== null && depth < 4; depth += 1) {
    if (initByName(current.command[0] ?? "") === null) return current;
    const parent: number = current.pid;
    current = processes.find((process) => process.parent === parent) ?? null;
  }
  return current;
}

const IDLE = new Set(["sleep", "tail", "cat", "tee", "logger", "ps"]);

/** Whether a process only waits or passes text on, so that nothing is lost with it. */
export function isIdle(process: { readonly command: readonly string[] }): boolean {
  return IDLE.has(baseName(process.command[0] ?? ""));
}
