import type { ProcessEnd, RunProcess } from "../../core/run/transcript.ts";
import type { Container } from "../engine/dockerode-types.ts";
import { ask, statusOf } from "./ask.ts";
import { pause } from "./clock.ts";
import type { ProcessView } from "./processes.ts";

/** A whole list is read so often; seconds. */
const LIST_EVERY = 0.2;

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
  let lastProcesses: readonly RunProcess[] = before;
  let listed = 0;
  while (!done.aborted) {
    const alive = await view.alive(lastSeen.keys()).catch(() => null);
    if (alive === null) break;
    const now = seconds();
    for (const pid of lastSeen.keys()) {
      if (goneFirst.has(pid)) continue;
      if (alive.has(pid)) lastSeen.set(pid, now);
      else goneFirst.add(pid);
    }
    if (now - listed >= LIST_EVERY) {
      const processes = await view.list().catch(() => []);
      if (processes.length > 0) lastProcesses = processes;
      listed = now;
    }
    // Who ends first tells a forwarded signal from a forgotten one, and it is a matter of milliseconds: look
    // closely at first. Later looks are rarer, so that a long grace costs nothing.
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
