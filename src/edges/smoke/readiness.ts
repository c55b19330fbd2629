import { initByName } from "../../core/entrypoint/init.ts";
import { handlesTerm, isIdle, signalledProcess } from "../../core/run/signals.ts";
import type { RunProcess } from "../../core/run/transcript.ts";

/** How long the picture must stay the same before a handler counts; seconds. */
const STABLE = 0.5;
/** The same, while some other process has no handler (yet): a worker may still be starting. */
const STABLE_WITH_UNREADY = 3;

/** Watches process lists for a SIGTERM handler that has settled. */
export class HandlerWatch {
  #picture = "";
  #since = 0;

  /**
   * What makes the container ready by its signal masks, or `null` while nothing does.
   * `now` is in seconds on the run's clock.
   */
  look(processes: readonly RunProcess[], now: number): string | null {
    const target = signalledProcess(processes);
    if (target === null || !handlesTerm(target)) {
      this.#picture = "";
      return null;
    }
    const picture = JSON.stringify([target.pid, target.command, target.masks]);
    if (picture !== this.#picture) {
      this.#picture = picture;
      this.#since = now;
      return null;
    }
    const ready = processes.every((process) => isInit(process) || isIdle(process) || handlesTerm(process));
    if (now - this.#since < (ready ? STABLE : STABLE_WITH_UNREADY)) return null;
    const who = target.pid === 1 ? "PID 1" : `process ${target.pid}, started by the init,`;
    return `${who} handles SIGTERM, by its signal masks`;
  }
}

function isInit(process: RunProcess): boolean {
  return initByName(process.command[0] ?? "") !== null;
}
