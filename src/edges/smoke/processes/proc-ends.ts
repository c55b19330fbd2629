import { closeSync, openSync, readSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";
import type { ProcessFate, RunProcess } from "../../../core/run/transcript.ts";
import type { Clock } from "../clock.ts";
import { type Stat, statOf } from "./stat.ts";
import type { EndWatch, SeenEnd } from "./view.ts";

/** More processes than that are not followed, so that one look stays short. */
const MAX_FOLLOWED = 64;
/** So long after the signal looks follow each other without a break; seconds. */
const CLOSE_SECONDS = 1;
/** Looks without a break hold up everything else of this process for so long; milliseconds. */
const BURST = 4;
/** Between two looks; milliseconds. */
const NAP = 0.1;
const PAUSE = 1;
/** The same where PID 1 is alone, so that only the moment of its end is asked for. */
const PAUSE_ALONE = 5;

/** A child that has not run since the signal when it is seen last, so shortly before the end that it was not told. */
const SHARE_UNSEEN = 0.25;

interface Followed {
  readonly process: RunProcess;
  readonly stat: StatFile;
  /** Its time on a processor, which changes when it runs. */
  readonly ran: ProcFile;
  ranAtSignal: string | null;
  ranLast: string | null;
  lastSeen: number;
  fate: ProcessFate;
}

/**
 * Watches ends in this host's /proc. Whether a child went before PID 1 or because of it is a matter of a few
 * milliseconds, and nobody keeps it; so there are two kinds of evidence. One is a look at the right moment: the
 * child gone while PID 1 was alive, or the child alive while PID 1 was on its way out. The other are numbers. One
 * PID 1 carries to its grave: it grows with every child that PID 1 has waited for, and not with those that the
 * kernel kills on PID 1's end; a PID 1 on its way out that has waited for no child took them all with it. The other
 * is a child's time on the processor: one that slept through nearly the whole stop was not told of it.
 */
export class ProcEnds implements EndWatch {
  readonly #init: StatFile;
  readonly #followed: readonly Followed[];
  readonly #clock: Clock;
  readonly #loop: Promise<void>;
  #closeFrom = Number.POSITIVE_INFINITY;
  /** When PID 1 had the signal at the latest. */
  #deliveredAt = Number.POSITIVE_INFINITY;
  readonly #initRan: ProcFile;
  /** What `#initRan` said all the time before the signal, when PID 1 slept. */
  #initAsleep: string | null;
  #first: Stat | null = null;
  #last: Stat | null = null;
  #closed = false;
  /** This process's own, from before it was raised. */
  #priority: number | null = null;
  initEnded: number | null = null;

  constructor(
    processes: readonly { readonly process: RunProcess; readonly hostPid: number }[],
    init: number,
    clock: Clock,
  ) {
    const now = clock.now();
    this.#clock = clock;
    this.#init = new StatFile(init);
    this.#initRan = new ProcFile(`/proc/${init}/schedstat`);
    this.#initAsleep = this.#initRan.read();
    this.#followed = processes
      .filter(({ process }) => process.pid !== 1)
      .slice(0, MAX_FOLLOWED)
      .map(({ process, hostPid }) => ({
        process,
        stat: new StatFile(hostPid),
        ran: new ProcFile(`/proc/${hostPid}/schedstat`),
        ranAtSignal: null,
        ranLast: null,
        lastSeen: now,
        fate: "unknown",
      }));
    this.#loop = this.#watch();
  }

  closely(): void {
    this.#priority = raisePriority();
    this.#closeFrom = this.#clock.now();
    if (this.#initRan.read() !== this.#initAsleep) this.#initAsleep = null;
    for (const one of this.#followed) one.ranAtSignal = one.ran.read();
  }

  delivered(): void {
    this.#deliveredAt = Math.min(this.#deliveredAt, this.#clock.now());
  }

  async close(): Promise<readonly SeenEnd[]> {
    this.#closed = true;
    await this.#loop;
    for (const { stat, ran } of this.#followed) {
      stat.close();
      ran.close();
    }
    this.#init.close();
    this.#initRan.close();
    if (this.#priority !== null) setPriority(this.#priority);
    return this.#followed.map((one) => {
      const isLost = one.fate === "unknown" && (this.#waitedForNone(one.process) || this.#sleptOn(one));
      return { process: one.process, lastSeen: one.lastSeen, ended: isLost ? "with-pid-1" : one.fate };
    });
  }

  /** Whether this is a child of PID 1, and PID 1 began to end without having waited for any since the signal. */
  #waitedForNone(process: RunProcess): boolean {
    return process.parent === 1 && this.#last?.ending === true && this.#last.reaped === this.#first?.reaped;
  }

  /** Whether the child slept through the stop but for a part too short to be told, to end, and to be waited for. */
  #sleptOn({ ranAtSignal, ranLast, lastSeen }: Followed): boolean {
    if (ranAtSignal === null || ranLast !== ranAtSignal || this.initEnded === null) return false;
    const unseen = this.initEnded - lastSeen;
    return unseen < SHARE_UNSEEN * (this.initEnded - this.#deliveredAt);
  }

  async #watch(): Promise<void> {
    // Once at once, so that the code is warm and the numbers from before the signal are known.
    for (let look = 0; look < 50; look += 1) this.#look();
    while (!this.#closed && this.initEnded === null) {
      if (this.#isClose()) {
        this.#burst();
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        this.#look();
        const milliseconds = this.#followed.length === 0 ? PAUSE_ALONE : PAUSE;
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
      }
    }
  }

  #isClose(): boolean {
    const since = this.#clock.now() - this.#closeFrom;
    return this.#followed.length > 0 && since >= 0 && since < CLOSE_SECONDS;
  }

  #burst(): void {
    const end = performance.now() + BURST;
    while (this.initEnded === null && performance.now() < end) {
      this.#look();
      Atomics.wait(NOBODY, 0, 0, NAP);
    }
  }

  #look(): void {
    const gone: Followed[] = [];
    const open = this.#followed.filter(({ fate }) => fate === "unknown");
    for (const one of open) if (one.stat.read()?.ending !== false) gone.push(one);
    const init = this.#init.read();
    if (init === null) {
      this.initEnded ??= this.#clock.now();
      return;
    }
    this.#first ??= init;
    this.#last = init;
    const now = this.#clock.now();
    this.#noticeSignal(now);
    if (!init.ending) {
      for (const one of open) this.#seeAlive(one, now);
      for (const one of gone) one.fate = "first";
      return;
    }
    // PID 1 is on its way out. Those that are alive even now did not go before it.
    for (const one of open) {
      if (one.stat.read()?.ending !== false) continue;
      one.fate = "with-pid-1";
      one.lastSeen = now;
    }
  }

  /** A PID 1 that slept until now and runs after the signal was asked for has been woken by it. */
  #noticeSignal(now: number): void {
    if (this.#initAsleep === null || now < this.#closeFrom || now >= this.#deliveredAt) return;
    if (this.#initRan.read() !== this.#initAsleep) this.#deliveredAt = now;
  }

  #seeAlive(one: Followed, now: number): void {
    one.lastSeen = now;
    if (one.ranAtSignal !== null) one.ranLast = one.ran.read();
  }
}

/** Looks that come late on a busy machine miss what they are for. Where it is not allowed, they come late. */
function raisePriority(): number | null {
  try {
    const before = getPriority();
    setPriority(constants.priority.PRIORITY_HIGHEST);
    return before;
  } catch {
    return null;
  }
}

/** A word that nobody changes: waiting for it to change is a short sleep. */
const NOBODY = new Int32Array(new SharedArrayBuffer(4));
const LINE = Buffer.alloc(1024);

/** A file of one process in /proc, kept open: a later process of the same number can't be taken for it. */
class ProcFile {
  #file: number | null;

  constructor(path: string) {
    try {
      this.#file = openSync(path, "r");
    } catch {
      this.#file = null;
    }
  }

  /** Its text now; `null` when the process is gone. */
  read(): string | null {
    if (this.#file === null) return null;
    try {
      return LINE.toString("latin1", 0, readSync(this.#file, LINE, 0, LINE.length, 0));
    } catch {
      this.close();
      return null;
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

class StatFile {
  readonly #file: ProcFile;

  constructor(pid: number) {
    this.#file = new ProcFile(`/proc/${pid}/stat`);
  }

  /** `null` when the process is gone. */
  read(): Stat | null {
    return statOf(this.#file.read() ?? "");
  }

  close(): void {
    this.#file.close();
  }
}
