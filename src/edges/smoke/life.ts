import { EnvironmentError, UserError } from "../../core/errors.ts";
import { ask, engineLost, reasonOf, statusOf, WORK_SECONDS } from "../engine/ask.ts";
import type { Container } from "../engine/dockerode-types.ts";
import { type Clock, pause, within } from "./clock.ts";
import type { Recorder } from "./recorder.ts";

/** The engine is asked for a sign of life so often; seconds. */
const HEARTBEAT = 5;
/** How long the engine may take to hand over the last of the output; seconds. */
const LAST_OUTPUT = 5;

/** How a container ended; seconds on the run's clock. */
export interface Exit {
  readonly code: number;
  readonly at: number;
}

/** A container that was started: when it ends, and when everything it printed has been read. */
export class Life {
  /** Rejects with an EnvironmentError when the engine is lost. */
  readonly exit: Promise<Exit>;
  /** Resolves after the end, when the output is complete. */
  readonly output: Promise<void>;
  readonly #over = new AbortController();
  #ended = false;

  constructor(container: Container, clock: Clock, outputEnd: Promise<void>) {
    const answered = this.#waitFor(container).then((code): Exit => ({ code, at: clock.now() }));
    // An engine that hangs keeps `wait` open for ever; only asking it shows that.
    this.exit = Promise.race([answered, this.#watch(container, clock)]).finally(() => this.#over.abort());
    this.exit.then(
      () => {
        this.#ended = true;
      },
      () => undefined,
    );
    this.output = this.exit.then(
      async () => void (await within(outputEnd, LAST_OUTPUT)),
      () => undefined,
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  async #waitFor(container: Container): Promise<number> {
    try {
      // Asked for only after the start: "not running" is then true of a container that has ended already, however
      // fast it was, where "next exit" asked for earlier may reach the engine after that exit.
      const answer: { StatusCode: number } = await container.wait({ condition: "not-running" });
      return answer.StatusCode;
    } catch (error) {
      throw engineLost("wait for the container", reasonOf(error), error);
    }
  }

  /** Asks for the container's state until the end; twice in a row "not running" is an end that `wait` missed. */
  async #watch(container: Container, clock: Clock): Promise<Exit> {
    let stopped = 0;
    for (;;) {
      await pause(HEARTBEAT, this.#over.signal);
      // The race is over, and nobody waits for this answer.
      if (this.#over.signal.aborted) return { code: 0, at: clock.now() };
      const { State: state } = await heartbeat(container);
      stopped = state.Running ? 0 : stopped + 1;
      if (stopped === 2) return { code: state.ExitCode, at: clock.now() };
    }
  }
}

async function heartbeat(container: Container): ReturnType<Container["inspect"]> {
  const what = "inspect the container while it runs";
  try {
    return await ask(what, container.inspect());
  } catch (error) {
    throw error instanceof EnvironmentError ? error : engineLost(what, reasonOf(error), error);
  }
}

/** What the engine said instead of starting the container. */
export interface Refusal {
  readonly startError: string;
}

/** Attaches before it starts, so that a container that ends within milliseconds loses no output. */
export async function startContainer(
  container: Container,
  recorder: Recorder,
  clock: Clock,
): Promise<Life | Refusal> {
  let stream: NodeJS.ReadWriteStream | null = null;
  try {
    // Podman makes the process ready here already, and refuses here what Docker refuses at the start.
    stream = await ask(
      "attach to the container",
      container.attach({ stream: true, stdout: true, stderr: true }),
    );
    const outputEnd = untilEnd(stream);
    container.modem.demuxStream(stream, recorder.stdout, recorder.stderr);
    await ask("start the container", container.start(), WORK_SECONDS);
    recorder.event("started");
    return new Life(container, clock, outputEnd);
  } catch (error) {
    (stream as (NodeJS.ReadWriteStream & { destroy?: () => void }) | null)?.destroy?.();
    if (statusOf(error) === null) throw error;
    return refusalOf(error);
  }
}

function untilEnd(stream: NodeJS.ReadWriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("end", resolve).once("close", resolve).once("error", resolve);
  });
}

function refusalOf(error: unknown): Refusal {
  const startError = reasonOf(error);
  if (/^(?:could not find (?:a )?)?network\b.*\bnot found/i.test(startError)) {
    throw new UserError(`The engine has no such network: ${startError}`, { cause: error });
  }
  if (isFaultOfTheMachine(startError)) {
    throw new EnvironmentError(`The engine could not start the container: ${startError}`, { cause: error });
  }
  return { startError };
}

/** A start that failed for want of something that this machine lacks says nothing about the image. */
const MACHINE =
  /no space left|cannot allocate memory|resource temporarily unavailable|too many open files|deadline exceeded|timed out|i\/o timeout|could not select device driver|nvidia-container-cli: initialization error|cgroup|device or resource busy/i;

function isFaultOfTheMachine(reason: string): boolean {
  return MACHINE.test(reason) && !/\bexec: "/.test(reason);
}
