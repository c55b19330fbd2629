import type { ProcessFate, RunProcess } from "../../../core/run/transcript.ts";
import { ask, statusOf } from "../../engine/ask.ts";
import { type Clock, pause } from "../clock.ts";
import type { SmokeEngine } from "../options.ts";
import { type EndWatch, MAX_PROCESSES, type ProcessView, type SeenEnd } from "./view.ts";

/** procps prints the masks too; other implementations of ps refuse these columns. */
const WITH_MASKS = "-eo pid,ppid,blocked,ignored,caught,rss,args";
const PLAIN = "-ef";

/** Between two looks; seconds. Each is a request to the engine, which starts a program for it. */
const LOOK_EVERY = 0.25;

/** The view through the engine's `top`: coarser, but it works on any engine. Process ids are the engine's. */
export class TopView implements ProcessView {
  readonly source = "top";
  readonly #engine: SmokeEngine;
  readonly #containerId: string;
  readonly #init: number;
  #columns = WITH_MASKS;

  constructor(engine: SmokeEngine, containerId: string, hostPid: number) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#init = hostPid;
  }

  async list(): Promise<readonly RunProcess[]> {
    try {
      return await this.#ask();
    } catch (error) {
      if (statusOf(error) === null) throw error;
      if (isEnded(error)) return [];
      if (this.#columns === PLAIN) throw error;
      this.#columns = PLAIN;
      return await this.list();
    }
  }

  async #ask(): Promise<readonly RunProcess[]> {
    const container = this.#engine.client.getContainer(this.#containerId);
    const answer = await ask("list processes", container.top({ ps_args: this.#columns }));
    return topProcesses(answer.Titles, answer.Processes ?? [], this.#init);
  }

  follow(processes: readonly RunProcess[], clock: Clock): EndWatch {
    return new TopEnds(processes, this, clock);
  }
}

/** 404 and 409: gone, or not running any more. Podman answers 500 with words for the same. */
function isEnded(error: unknown): boolean {
  const status = statusOf(error);
  return status === 404 || status === 409 || /not running|not started|no such container/i.test(String(error));
}

class TopEnds implements EndWatch {
  readonly #seen: Map<number, { process: RunProcess; lastSeen: number; ended: ProcessFate }>;
  readonly #view: TopView;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #loop: Promise<void>;
  readonly initEnded = null;

  constructor(processes: readonly RunProcess[], view: TopView, clock: Clock) {
    this.#view = view;
    this.#clock = clock;
    this.#seen = new Map(
      processes
        .filter(({ pid }) => pid !== 1)
        .map((process) => [process.pid, { process, lastSeen: clock.now(), ended: "unknown" }]),
    );
    this.#loop = this.#watch();
  }

  closely(): void {}

  delivered(): void {}

  async close(): Promise<readonly SeenEnd[]> {
    this.#closed.abort();
    await this.#loop;
    return [...this.#seen.values()];
  }

  async #watch(): Promise<void> {
    if (this.#seen.size === 0) return;
    while (!this.#closed.signal.aborted) {
      await pause(LOOK_EVERY, this.#closed.signal);
      const asked = this.#clock.now();
      const alive = new Set((await this.#view.list().catch(() => [])).map(({ pid }) => pid));
      // Without PID 1 the others may be gone because of it.
      if (!alive.has(1)) continue;
      for (const one of this.#seen.values()) {
        if (alive.has(one.process.pid)) one.lastSeen = asked;
        else one.ended = "first";
      }
    }
  }
}

/** The processes in an answer of `top`; PID 1 is the one with `hostPid`, or else the first whose parent is not listed. */
export function topProcesses(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  hostPid: number,
): readonly RunProcess[] {
  const column = (name: RegExp): number => titles.findIndex((title) => name.test(title));
  const at = { pid: column(/^PID$/i), parent: column(/^PPID$/i), args: column(/^(COMMAND|CMD|ARGS)$/i) };
  const masks = [column(/^BLOCKED$/i), column(/^IGNORED$/i), column(/^CAUGHT$/i)] as const;
  const resident = column(/^RSS$/i);
  const known = new Set(rows.map((row) => row[at.pid]));
  const first = known.has(String(hostPid))
    ? String(hostPid)
    : rows.find((row) => !known.has(row[at.parent] ?? ""))?.[at.pid];
  const inner = (text: string | undefined): number => (text === first ? 1 : Number(text));
  const found = rows.slice(0, MAX_PROCESSES).map((row): RunProcess => {
    const pid = inner(row[at.pid]);
    const [blocked, ignored, caught] = masks.map((index) => row[index] ?? "") as [string, string, string];
    return {
      pid,
      parent: pid === 1 || !known.has(row[at.parent] ?? "") ? 0 : inner(row[at.parent]),
      command: (row[at.args] ?? "").split(/\s+/).filter((word) => word !== ""),
      masks: masks.includes(-1) ? null : { blocked, ignored, caught },
      residentBytes: resident === -1 ? null : Number(row[resident]) * 1024,
    };
  });
  return found.toSorted((a, b) => Number(b.pid === 1) - Number(a.pid === 1));
}
