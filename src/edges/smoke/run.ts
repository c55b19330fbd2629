import { EnvironmentError, UserError } from "../../core/errors.ts";
import { launchPlan } from "../../core/job/launch.ts";
import type { RunEvent, RunEventName, RunProcess, Transcript } from "../../core/run/transcript.ts";
import type { Container, ImageInspectInfo } from "../engine/dockerode-types.ts";
import { ask, engineLost, reasonOf, statusOf } from "./ask.ts";
import { type Clock, createClock, pause, within } from "./clock.ts";
import { createContainer, environmentOf } from "./container.ts";
import { listFiles, readHead } from "./files.ts";
import { wasOutOfMemory } from "./oom.ts";
import { SMOKE_DEFAULTS, type SmokeOptions, type SmokeProgress } from "./options.ts";
import { OutputTail } from "./output.ts";
import { cleanLeftovers, removeContainer } from "./owner.ts";
import { type ProcessView, processView } from "./processes.ts";
import { inspectProgram } from "./program.ts";
import { HandlerWatch } from "./readiness.ts";
import { sendSignal, watchProcesses } from "./stop.ts";

/** A handler that appears is seen within this time; seconds. */
const LOOK_EVERY = 0.05;
/** The engine is asked for a sign of life so often while nothing else is asked of it; seconds. */
const HEARTBEAT = 5;
/** SIGKILL that has no effect within this time is the engine's failure; seconds. */
const KILL_TAKES = 30;
/** Starting may take long on a busy machine, but not that long; seconds. */
const START_SECONDS = 120;
const FAILURE_CHARACTERS = 1024;

/**
 * Starts an image as SageMaker training does, stops it as a stop of the job does, and records what happened.
 * Everything it makes is gone when it returns or throws.
 * @throws UserError when the image is not there or an option is refused; EnvironmentError when the engine fails
 * or the run is interrupted by `options.signal`.
 */
export async function smokeRun(
  options: SmokeOptions,
  progress: (event: SmokeProgress) => void = () => undefined,
): Promise<Transcript> {
  refusePipes(options);
  await cleanLeftovers(options.engine);
  const image = await inspectImage(options);
  const clock = createClock();
  const plan = launchPlan(
    { Entrypoint: listOf(image.Config?.Entrypoint), Cmd: listOf(image.Config?.Cmd) },
    {
      containerEntrypoint: options.containerEntrypoint ?? null,
      containerArguments: options.containerArguments ?? null,
    },
  );
  progress({ phase: "creating", elapsed: 0 });
  throwIfAborted(options);
  const container = await createContainer({ options, plan, imageId: image.Id });
  try {
    const run = new SmokeRun(options, container, clock, progress);
    return await run.record(image, plan.argv);
  } finally {
    progress({ phase: "removing", elapsed: clock.now() });
    await removeContainer(options.engine, container.id);
  }
}

async function inspectImage(options: SmokeOptions): Promise<ImageInspectInfo> {
  try {
    return await ask("inspect the image", options.engine.client.getImage(options.image).inspect());
  } catch (error) {
    if (statusOf(error) === 404) {
      throw new UserError(`The engine has no image "${options.image}"`, {
        help: "Build or pull it first; a smoke run pulls nothing.",
        cause: error,
      });
    }
    throw error;
  }
}

function refusePipes(options: SmokeOptions): void {
  const pipe = options.channels?.find((channel) => channel.inputMode === "Pipe");
  if (pipe === undefined) return;
  throw new UserError(`The channel "${pipe.name}" has the input mode Pipe, which a smoke run can't feed.`, {
    help: "Run it with File or FastFile, or leave the channel out.",
  });
}

function throwIfAborted(options: SmokeOptions): void {
  if (options.signal?.aborted === true) throw interrupted();
}

function interrupted(): EnvironmentError {
  return new EnvironmentError("The smoke run was interrupted; its container is stopped and removed");
}

function listOf(value: string | readonly string[] | null | undefined): readonly string[] | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? [value] : value;
}

interface Exit {
  readonly code: number;
  readonly at: number;
}

/** One container from its start to its end. */
class SmokeRun {
  readonly #options: SmokeOptions;
  readonly #container: Container;
  readonly #clock: Clock;
  readonly #progress: (event: SmokeProgress) => void;
  readonly #events: RunEvent[] = [];
  readonly #missing: { what: string; why: string }[] = [];
  readonly #stdout: OutputTail;
  readonly #stderr: OutputTail;
  readonly #graceSeconds: number;
  #readyLine: string | null = null;
  #lastLine = "";

  constructor(
    options: SmokeOptions,
    container: Container,
    clock: Clock,
    progress: (event: SmokeProgress) => void,
  ) {
    this.#options = options;
    this.#container = container;
    this.#clock = clock;
    this.#progress = progress;
    this.#graceSeconds = options.graceSeconds ?? SMOKE_DEFAULTS.graceSeconds;
    const lines = options.logLines ?? SMOKE_DEFAULTS.logLines;
    const bytes = options.logBytes ?? SMOKE_DEFAULTS.logBytes;
    this.#stdout = new OutputTail(lines, bytes, (line) => this.#onLine(line));
    this.#stderr = new OutputTail(lines, bytes, (line) => this.#onLine(line));
  }

  async record(image: ImageInspectInfo, argv: readonly string[]): Promise<Transcript> {
    const { engine } = this.#options;
    this.#event("created");
    this.#progress({ phase: "starting", elapsed: this.#clock.now() });
    const life = await this.#start();
    const startError = life instanceof Life ? null : life.startError;
    const course = life instanceof Life ? await this.#follow(life) : NOT_STARTED;
    this.#progress({ phase: "collecting", elapsed: this.#clock.now() });
    if (life instanceof Life) await life.output;
    const state = (await ask("inspect the container", this.#container.inspect())).State;
    const killed = course.stop?.killed === true;
    const oomKilled = await wasOutOfMemory(engine, state, this.#container.id, killed);
    const environment = [...(image.Config?.Env ?? []), ...environmentOf(this.#options)];
    const failure = await readHead(engine, this.#container.id, "/opt/ml/output/failure", 8192);
    const atOnce =
      startError !== null || (course.exit !== null && course.exit.code !== 0 && course.stop === null);
    return {
      kind: "run",
      version: 1,
      image: { name: this.#options.image, id: image.Id, architecture: image.Architecture },
      engine: {
        name: engine.kind,
        version: engine.version,
        apiVersion: engine.apiVersion,
        architecture: engine.architecture,
      },
      request: {
        containerEntrypoint: this.#options.containerEntrypoint ?? null,
        containerArguments: this.#options.containerArguments ?? null,
      },
      argv,
      user: image.Config?.User ?? "",
      environmentNames: [...new Set(environment.map((entry) => entry.split("=")[0] ?? ""))].sort(),
      stopSignal: (image.Config as { StopSignal?: string } | undefined)?.StopSignal ?? null,
      graceSeconds: this.#graceSeconds,
      events: [...this.#events].sort((a, b) => a.at - b.at),
      readiness: course.readiness,
      startError,
      program: atOnce
        ? await inspectProgram(
            engine,
            this.#container.id,
            argv[0] ?? "",
            image.Config?.WorkingDir ?? "/",
            environment,
          )
        : null,
      exit: course.exit === null ? null : { code: course.exit.code, oomKilled },
      stop: course.stop,
      processesBeforeStop: course.processesBeforeStop,
      processesAfterSignal: course.watch.lastProcesses,
      processEnds: course.watch.ends,
      filesBeforeStop: course.filesBeforeStop,
      filesAtEnd: await this.#files(),
      failure:
        failure === null ? null : [...failure.head.toString("utf8")].slice(0, FAILURE_CHARACTERS).join(""),
      stdout: this.#stdout.result(),
      stderr: this.#stderr.result(),
      peaks: { memoryBytes: null, processes: course.peakProcesses },
      missing: this.#missing,
      limits: {
        memoryBytes: this.#options.memoryBytes ?? SMOKE_DEFAULTS.memoryBytes,
        pids: this.#options.pids ?? SMOKE_DEFAULTS.pids,
        network: this.#options.network ?? false,
        gpus: this.#options.gpus ?? 0,
        runForSeconds: this.#options.runFor ?? SMOKE_DEFAULTS.runFor,
      },
    };
  }

  /** Attaches before it starts, so that a container that ends within milliseconds loses no output. */
  async #start(): Promise<Life | { startError: string }> {
    const stream = await ask(
      "attach to the container",
      this.#container.attach({ stream: true, stdout: true, stderr: true }),
    );
    this.#container.modem.demuxStream(stream, this.#stdout, this.#stderr);
    const output = new Promise<void>((resolve) => {
      stream.once("end", resolve).once("close", resolve).once("error", resolve);
    });
    try {
      await ask("start the container", this.#container.start(), START_SECONDS);
    } catch (error) {
      if (statusOf(error) === null) throw error;
      (stream as NodeJS.ReadWriteStream & { destroy?: () => void }).destroy?.();
      return { startError: reasonOf(error) };
    }
    this.#event("started");
    // Asked for only now: "not running" is then true of a container that has ended already, however fast it was,
    // where "next exit" asked for earlier may reach the engine after that exit.
    const exit = this.#container
      .wait({ condition: "not-running" })
      .then((answer: { StatusCode: number }): Exit => ({ code: answer.StatusCode, at: this.#clock.now() }));
    return new Life(exit, output);
  }

  async #follow(life: Life): Promise<Course> {
    const pid = (await ask("inspect the container", this.#container.inspect())).State.Pid;
    const view = processView(this.#options.engine, this.#container.id, pid);
    const ready = await this.#untilReady(life, view);
    if (ready.readiness === null) {
      const exit = await this.#exitOf(life);
      this.#event("exited", { at: exit.at, detail: `exit code ${exit.code}` });
      return { ...NOT_STARTED, exit, peakProcesses: ready.peak, processesBeforeStop: ready.processes };
    }
    this.#event("ready", { detail: ready.readiness.detail });
    const filesBeforeStop = await this.#files();
    const processesBeforeStop = await this.#processes(view);
    const stopped = await this.#stop(life, view, processesBeforeStop);
    return {
      ...stopped,
      readiness: ready.readiness,
      filesBeforeStop,
      processesBeforeStop,
      peakProcesses: Math.max(ready.peak, processesBeforeStop.length),
    };
  }

  /** Waits for the first evidence that the program runs, or for its end; `null` when it ended. */
  async #untilReady(life: Life, view: ProcessView): Promise<Readied> {
    const { stopAfter, untilExit, readyLog, readyFile } = this.#options;
    const started = this.#clock.now();
    const limit =
      untilExit === true
        ? (this.#options.maxSeconds ?? SMOKE_DEFAULTS.maxSeconds)
        : (stopAfter ?? this.#options.runFor ?? SMOKE_DEFAULTS.runFor);
    const byMasks =
      untilExit !== true && stopAfter === undefined && readyLog === undefined && readyFile === undefined;
    const watch = new HandlerWatch();
    let peak = 0;
    let processes: readonly RunProcess[] = [];
    let nextBeat = started + HEARTBEAT;
    const result = (readiness: Transcript["readiness"]): Readied => ({ readiness, peak, processes });
    for (;;) {
      if (life.ended) return result(null);
      this.#throwIfAborted();
      const now = this.#clock.now();
      const seen = await this.#processes(view);
      if (seen.length > 0) processes = seen;
      peak = Math.max(peak, seen.length);
      if (this.#readyLine !== null) return result({ by: "log", detail: this.#readyLine });
      if (readyFile !== undefined && (await this.#exists(readyFile))) {
        return result({ by: "file", detail: readyFile });
      }
      const handler = byMasks ? watch.look(seen, now) : null;
      if (handler !== null) return result({ by: "signal-masks", detail: handler });
      if (now - started >= limit) {
        return result({
          by: stopAfter === undefined ? "run-for" : "stop-after",
          detail: `${limit} seconds after the start`,
        });
      }
      if (now >= nextBeat) {
        await this.#heartbeat();
        nextBeat = now + HEARTBEAT;
      }
      this.#progress({ phase: "running", elapsed: now, lastLine: this.#lastLine });
      const step = view.source === "proc" && readyFile === undefined ? LOOK_EVERY : 0.25;
      await Promise.race([life.exit, pause(Math.min(step, limit - (now - started)), this.#options.signal)]);
    }
  }

  async #stop(
    life: Life,
    view: ProcessView,
    before: readonly RunProcess[],
  ): Promise<Pick<Course, "exit" | "stop" | "watch">> {
    this.#stdout.markStop();
    this.#stderr.markStop();
    const sent = this.#clock.now();
    // The watch starts before the signal: an engine may take longer to answer than PID 1 to end.
    const ended = new AbortController();
    const watching = watchProcesses(view, before, ended.signal);
    const signalled =
      !life.ended &&
      (await sendSignal(this.#container, "SIGTERM").catch((error: unknown) => {
        ended.abort();
        throw error;
      }));
    if (!signalled) {
      const exit = await this.#exitOf(life);
      ended.abort();
      this.#event("exited", { at: exit.at, detail: `exit code ${exit.code}` });
      return { exit, stop: null, watch: NO_WATCH };
    }
    this.#event("sigterm", { at: sent });
    const inTime = await this.#withinGrace(life, sent).catch((error: unknown) => {
      ended.abort();
      throw error;
    });
    let killed = false;
    if (!inTime) {
      killed = await sendSignal(this.#container, "SIGKILL");
      if (killed) this.#event("sigkill");
    }
    const exit = await this.#lastBreath(life);
    ended.abort();
    const watch = await watching;
    for (const end of watch.ends) {
      if (end.pid !== 1 && end.ended === "first") {
        this.#event("process-ended", {
          at: sent + end.lastSeen,
          pid: end.pid,
          detail: end.command.join(" "),
        });
      }
    }
    this.#event("exited", { at: exit.at, detail: `exit code ${exit.code}` });
    return { exit, stop: { seconds: Math.round((exit.at - sent) * 1000) / 1000, killed }, watch };
  }

  /** Whether it ended within the grace period. */
  async #withinGrace(life: Life, sent: number): Promise<boolean> {
    for (;;) {
      this.#throwIfAborted();
      const left = this.#graceSeconds - (this.#clock.now() - sent);
      if (life.ended) return true;
      if (left <= 0) return false;
      const elapsed = this.#clock.now();
      this.#progress({ phase: "stopping", elapsed, graceLeft: left, lastLine: this.#lastLine });
      await Promise.race([life.exit, pause(Math.min(left, 1), this.#options.signal)]);
      if (!life.ended && left > 1 && Math.floor(left) % HEARTBEAT === 0) await this.#heartbeat();
    }
  }

  async #lastBreath(life: Life): Promise<Exit> {
    const exit = await within(life.exit, KILL_TAKES);
    if (exit === null) {
      throw engineLost("kill the container", `it still runs ${KILL_TAKES} seconds after SIGKILL`, undefined);
    }
    return exit;
  }

  /** The end of a container that is ending; never an endless wait for an engine that lost it. */
  async #exitOf(life: Life): Promise<Exit> {
    for (;;) {
      const exit = await Promise.race([life.exit, pause(HEARTBEAT).then(() => null)]);
      if (exit !== null) return exit;
      this.#throwIfAborted();
      await this.#heartbeat();
    }
  }

  /** Asks the engine for a sign of life, of its own and of the container. */
  async #heartbeat(): Promise<void> {
    try {
      await ask("inspect the container while it runs", this.#container.inspect());
    } catch (error) {
      if (statusOf(error) === null) throw error;
      throw engineLost("inspect the container while it runs", reasonOf(error), error);
    }
  }

  async #processes(view: ProcessView): Promise<readonly RunProcess[]> {
    try {
      return await view.list();
    } catch (error) {
      if (error instanceof EnvironmentError) throw error;
      this.#miss("process tree and signal masks", reasonOf(error));
      return [];
    }
  }

  async #files(): Promise<Transcript["filesAtEnd"]> {
    const checkpoints = this.#options.checkpointPath ?? SMOKE_DEFAULTS.checkpointPath;
    const listings = await Promise.all(
      ["/opt/ml/model", checkpoints, "/opt/ml/output"].map(async (folder) => {
        const listing = await listFiles(this.#options.engine, this.#container.id, folder);
        if (listing.cut !== null) this.#miss(`all files of ${folder}`, listing.cut);
        return listing.files;
      }),
    );
    return listings.flat();
  }

  async #exists(path: string): Promise<boolean> {
    const absolute = path.startsWith("/") ? path : `/opt/ml/${path}`;
    return (await readHead(this.#options.engine, this.#container.id, absolute, 1)) !== null;
  }

  #onLine(line: string): void {
    if (!this.#events.some((event) => event.name === "first-output")) this.#event("first-output");
    this.#lastLine = line;
    if (this.#readyLine === null && this.#options.readyLog?.test(line) === true) this.#readyLine = line;
  }

  #event(name: RunEventName, details: { at?: number; detail?: string; pid?: number } = {}): void {
    const at = Math.round((details.at ?? this.#clock.now()) * 1000) / 1000;
    this.#events.push({ name, ...details, at });
  }

  #miss(what: string, why: string): void {
    if (!this.#missing.some((one) => one.what === what)) this.#missing.push({ what, why });
  }

  #throwIfAborted(): void {
    throwIfAborted(this.#options);
  }
}

/** A started container: when it ends, and when everything it printed has been read. */
class Life {
  ended = false;
  readonly exit: Promise<Exit>;
  readonly output: Promise<void>;

  constructor(exit: Promise<Exit>, output: Promise<void>) {
    this.exit = exit.catch((error: unknown) => {
      throw engineLost("wait for the container", reasonOf(error), error);
    });
    this.exit.then(
      () => {
        this.ended = true;
      },
      () => undefined,
    );
    // A process that outlives the container's end can't hold the stream: the engine closes it. Should it not,
    // what was printed so far is enough.
    this.output = this.exit.then(
      async () => void (await within(output, 5)),
      () => undefined,
    );
  }
}

interface Readied {
  readonly readiness: Transcript["readiness"];
  readonly peak: number;
  readonly processes: readonly RunProcess[];
}

interface Course {
  readonly readiness: Transcript["readiness"];
  readonly exit: Exit | null;
  readonly stop: Transcript["stop"];
  readonly processesBeforeStop: readonly RunProcess[];
  readonly filesBeforeStop: Transcript["filesAtEnd"];
  readonly watch: Awaited<ReturnType<typeof watchProcesses>>;
  readonly peakProcesses: number | null;
}

const NO_WATCH: Course["watch"] = { lastProcesses: [], ends: [] };

const NOT_STARTED: Course = {
  readiness: null,
  exit: null,
  stop: null,
  processesBeforeStop: [],
  filesBeforeStop: [],
  watch: NO_WATCH,
  peakProcesses: null,
};
