import { initByName } from "../../core/entrypoint/init.ts";
import {
  catchesForAll,
  handlesTerm,
  ignoresTerm,
  isIdle,
  signalledProcess,
  termDisposition,
} from "../../core/run/signals.ts";
import type { RunProcess } from "../../core/run/transcript.ts";

/** How long the picture must stay the same before a handler counts; seconds. */
const STABLE = 2;

/**
 * Watches process lists for a SIGTERM handler that has settled: the process that gets the signal handles it, by a
 * handler of its own (not one that its runtime has for every signal, which tells nothing about the program), no
 * worker is still without one, and all of that has stayed the same for a while. A handler is often the first
 * thing that a program sets up, and what it is to save the last.
 */
export class HandlerWatch {
  #picture = "";
  #since = 0;

  /**
   * What makes the container ready by its signal masks, or `null` while nothing does.
   * `now` is in seconds on the run's clock.
   */
  look(processes: readonly RunProcess[], now: number): string | null {
    const working = processes.filter((process) => !isInit(process) && !isIdle(process));
    const picture = JSON.stringify(working.map(({ pid, command, masks }) => [pid, command, sigterm(masks)]));
    if (picture !== this.#picture) {
      this.#picture = picture;
      this.#since = now;
    }
    const target = signalledProcess(processes);
    if (target === null || !hasOwnHandler(target)) return null;
    const settled = working.every((one) => one === target || handlesTerm(one) || ignoresTerm(one));
    if (!settled || now - this.#since < STABLE) return null;
    const who = target.pid === 1 ? "PID 1" : `process ${target.pid}, started by the init,`;
    return `${who} has handled SIGTERM for ${STABLE} s, by its signal masks`;
  }
}

/** Whether a process handles SIGTERM because its program says so. */
function hasOwnHandler(process: RunProcess): boolean {
  return handlesTerm(process) && (process.masks === null || !catchesForAll(process.masks));
}

function sigterm(masks: RunProcess["masks"]): string | null {
  return masks === null ? null : termDisposition(masks);
}

function isInit(process: RunProcess): boolean {
  return initByName(process.command[0] ?? "") !== null;
}

/** A handler that keeps company with workers that never get one counts after this time; seconds. */
const SETTLED_ANYWAY = 10;

/** Looks for a handler that appears only after SIGTERM was sent, where there was none before. */
export class LateHandler {
  readonly #watch = new HandlerWatch();
  readonly #possible: boolean;
  /** When it was first seen; `null` while there is none. */
  appearedAt: number | null = null;

  constructor(before: readonly RunProcess[]) {
    const target = signalledProcess(before);
    this.#possible = target !== null && target.masks !== null && !handlesTerm(target);
  }

  /** Whether there is one, and it has settled. `now` is in seconds on the run's clock. */
  hasSettled(processes: readonly RunProcess[], now: number): boolean {
    const target = signalledProcess(processes);
    if (!this.#possible || target === null || !handlesTerm(target)) {
      this.appearedAt = null;
      return false;
    }
    this.appearedAt ??= now;
    return this.#watch.look(processes, now) !== null || now - this.appearedAt >= SETTLED_ANYWAY;
  }
}
