import type { ProcessEnd, RunProcess } from "../../core/run/transcript.ts";
import type { Container } from "../engine/dockerode-types.ts";
import { ask, statusOf } from "./ask.ts";
import { pause } from "./clock.ts";
import type { ProcessView } from "./processes.ts";

/** How the container's processes went after SIGTERM. */
export interface StopWatch {
  readonly lastProcesses: readonly RunProcess[];
  readonly ends: readonly ProcessEnd[];
}

/** Sends a signal to PID 1; `false` when the container had ended already. */
export async function sendSignal(container: Container, signal: "SIGTERM" | "SIGKILL"): Promise<boolean> {
  try {
    await ask(`send ${signal}`, container.kill({ signal }));
    return true;
  } catch (error) {
    // 404 and 409: it is gone, or not running any more. Podman answers 500 with words for the same.
    const status = statusOf(error);
    if (status === 404 || status === 409) return false;
    if (status === 500 && /not running|improper state|can only kill running/i.test(String(error)))
      return false;
    throw error;
  }
}

/** Follows the processes that were there at SIGTERM until `done` aborts. Seconds are counted from now. */
export async function watchProcesses(
  view: ProcessView,
  before: readonly RunProcess[],
  done: AbortSignal,
): Promise<StopWatch> {
  const start = performance.now();
  const seconds = (): number => Math.round(performance.now() - start) / 1000;
  const lastSeen = new Map(before.map((process) => [process.pid, 0]));
  const goneFirst = new Set<number>();
  let lastProcesses: readonly RunProcess[] = [];
  while (!done.aborted) {
    const processes = await view.list().catch(() => []);
    if (!processes.some((process) => process.pid === 1)) break;
    lastProcesses = processes;
    const now = seconds();
    const alive = new Set(processes.map((process) => process.pid));
    for (const pid of lastSeen.keys()) {
      if (alive.has(pid)) lastSeen.set(pid, now);
      else goneFirst.add(pid);
    }
    // An end within milliseconds of PID 1's own tells a forwarded signal from a forgotten one: look closely
    // at first. Later looks are rarer, so that a long grace costs nothing.
    await pause(view.source === "proc" ? (now < 1 ? 0.001 : 0.02) : 0.25, done);
  }
  const ends = before.map(
    (process): ProcessEnd => ({
      pid: process.pid,
      command: process.command,
      lastSeen: lastSeen.get(process.pid) ?? 0,
      ended: goneFirst.has(process.pid) ? "first" : "with-pid-1",
    }),
  );
  return { lastProcesses, ends };
}
