import type { ProcessEnd, RunProcess, Transcript } from "../../core/run/transcript.ts";
import { ask, engineLost, statusOf } from "../engine/ask.ts";
import type { Container } from "../engine/dockerode-types.ts";
import { pause, within } from "./clock.ts";
import type { Exit } from "./life.ts";
import { SMOKE_DEFAULTS } from "./options.ts";
import type { EndWatch, SeenEnd } from "./processes/view.ts";
import { LateHandler } from "./readiness.ts";
import { processesOf, type Running, throwIfAborted } from "./running.ts";

/** Between two lists of the processes after the signal; seconds. */
const LIST_EVERY = 0.25;
/** SIGKILL that has no effect within this time is the engine's failure; seconds. */
const KILL_TAKES = 30;
/** The exit code of a process that SIGKILL ended. */
const SIGKILLED = 137;

/** How a stop went; `stop` is `null` when the container had ended by itself before the signal. */
export interface Stopped {
  readonly exit: Exit;
  readonly stop: Transcript["stop"];
  readonly early: Transcript["early"];
  /** The last look at the processes between SIGTERM and the end. */
  readonly processes: readonly RunProcess[];
  readonly ends: readonly ProcessEnd[];
}

/**
 * Stops the container as SageMaker does: SIGTERM, the grace period, SIGKILL.
 *
 * The kernel drops a SIGTERM for which PID 1 has no handler. Where the moment was a guess (`mayBeEarly`) and a
 * handler appears later, the guess was wrong: SIGTERM is then sent again, with the whole grace period.
 */
export async function stopContainer(
  running: Running,
  before: readonly RunProcess[],
  mayBeEarly: boolean,
): Promise<Stopped> {
  const first = await oneStop(running, before, mayBeEarly ? new LateHandler(before) : null);
  if (!("handlerAt" in first)) return first;
  running.recorder.event("ready", { detail: "a handler for SIGTERM appeared after the signal was sent" });
  const second = await oneStop(running, await processesOf(running), null);
  if ("handlerAt" in second) throw new Error("a second stop is never early");
  return { ...second, early: first };
}

type EarlyStop = NonNullable<Transcript["early"]>;

async function oneStop(
  running: Running,
  before: readonly RunProcess[],
  late: LateHandler | null,
): Promise<Stopped | EarlyStop> {
  const watch = running.view.follow(before, running.clock);
  const observer = new Observer(running, before, late);
  let seen: readonly SeenEnd[] = [];
  let sent: Sent | EarlyStop | Exit;
  try {
    sent = await sendAndWait(running, watch, observer);
  } finally {
    seen = await watch.close();
    await observer.close();
  }
  if ("handlerAt" in sent) return sent;
  if ("code" in sent) return { exit: sent, stop: null, early: null, processes: [], ends: [] };
  recordEnds(running, seen);
  return {
    exit: sent.exit,
    stop: { seconds: round(sent.exit.at - sent.countedFrom), killed: sent.killed },
    early: null,
    processes: observer.processes,
    ends: seen.map(({ process, lastSeen, ended }) => ({
      pid: process.pid,
      command: process.command,
      lastSeen: round(Math.max(0, lastSeen - sent.at)),
      ended,
    })),
  };
}

interface Sent {
  /** When the engine was asked to send SIGTERM. */
  readonly at: number;
  /** Where the seconds of the stop begin: the engine's answer, or the question when the end was faster. */
  readonly countedFrom: number;
  readonly killed: boolean;
  readonly exit: Exit;
}

/** One SIGTERM and what comes of it; an `Exit` when the container had ended before. */
async function sendAndWait(
  { container, clock, recorder, life, options, progress }: Running,
  watch: EndWatch,
  observer: Observer,
): Promise<Sent | EarlyStop | Exit> {
  const grace = options.graceSeconds ?? SMOKE_DEFAULTS.graceSeconds;
  recorder.stdout.markStop();
  recorder.stderr.markStop();
  watch.closely();
  const at = clock.now();
  if (life.ended || !(await sendSignal(container, "SIGTERM"))) return await life.exit;
  watch.delivered();
  const answered = clock.now();
  recorder.event("sigterm", { at });
  const hasEnded = (): boolean => life.ended || watch.initEnded !== null;
  while (!hasEnded()) {
    throwIfAborted(options);
    observer.throwIfLost();
    const now = clock.now();
    const left = answered + grace - now;
    if (observer.handlerAt !== null) return { sigtermAt: round(at), handlerAt: round(observer.handlerAt) };
    if (left <= 0 && !observer.handlerIsSettling) break;
    const graceLeft = Math.max(0, left);
    progress({ phase: "stopping", elapsed: now, graceLeft, lastLine: recorder.lastLine });
    await Promise.race([life.exit, pause(Math.min(LIST_EVERY, Math.max(left, 0.02)), options.signal)]);
  }
  const killAt = clock.now();
  const killSent = !hasEnded() && (await sendSignal(container, "SIGKILL"));
  if (killSent) recorder.event("sigkill", { at: killAt });
  const exit = await within(life.exit, KILL_TAKES);
  if (exit === null) {
    throw engineLost("end the container", `it still runs ${KILL_TAKES} seconds after its end`, undefined);
  }
  const end = { ...exit, at: Math.min(exit.at, watch.initEnded ?? exit.at) };
  // An engine answers "sent" for a process that has just ended too; the exit code tells who ended it.
  const killed = killSent && exit.code === SIGKILLED;
  return { at, countedFrom: Math.min(answered, end.at), killed, exit: end };
}

/** Lists the processes beside the grace period, so that a slow engine does not lengthen it. */
class Observer {
  readonly #late: LateHandler | null;
  readonly #closed = new AbortController();
  readonly #loop: Promise<void>;
  #lost: unknown = null;
  /** The last list that was not empty. */
  processes: readonly RunProcess[];
  /** When a handler that came after the signal was first seen; `null` until it has settled. */
  handlerAt: number | null = null;

  constructor(running: Running, before: readonly RunProcess[], late: LateHandler | null) {
    this.processes = before;
    this.#late = late;
    this.#loop = this.#observe(running).catch((error: unknown) => {
      this.#lost = error;
    });
  }

  /** A handler has appeared and may settle soon. */
  get handlerIsSettling(): boolean {
    return this.handlerAt === null && (this.#late?.appearedAt ?? null) !== null;
  }

  /** @throws EnvironmentError when the engine was lost. */
  throwIfLost(): void {
    if (this.#lost !== null) throw this.#lost;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#loop;
  }

  async #observe(running: Running): Promise<void> {
    const { signal } = this.#closed;
    for (;;) {
      await pause(LIST_EVERY, signal);
      if (signal.aborted) return;
      const processes = await processesOf(running);
      if (processes.length === 0) continue;
      this.processes = processes;
      if (this.#late?.hasSettled(processes, running.clock.now()) === true) {
        this.handlerAt = this.#late.appearedAt;
      }
    }
  }
}

function recordEnds({ recorder }: Running, seen: readonly SeenEnd[]): void {
  for (const { process, lastSeen, ended } of seen) {
    if (ended !== "first") continue;
    recorder.event("process-ended", { at: lastSeen, pid: process.pid, detail: process.command.join(" ") });
  }
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
    if (status === 500 && /not running|improper state|can only kill running/i.test(String(error))) {
      return false;
    }
    throw error;
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
