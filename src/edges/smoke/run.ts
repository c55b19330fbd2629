import { UserError } from "../../core/errors.ts";
import { launchPlan } from "../../core/job/launch.ts";
import type { RunProcess, Transcript } from "../../core/run/transcript.ts";
import { Redactor } from "../../core/secrets/redact.ts";
import { ask, engineLost, reasonOf, statusOf } from "../engine/ask.ts";
import type { ImageInspectInfo } from "../engine/dockerode-types.ts";
import { createClock } from "./clock.ts";
import { type Collected, collect, listPlace } from "./collect.ts";
import { createContainer } from "./container.ts";
import { Life, startContainer } from "./life.ts";
import { SMOKE_DEFAULTS, type SmokeOptions, type SmokeProgress } from "./options.ts";
import { cleanLeftovers } from "./owner.ts";
import { Pipes } from "./pipes.ts";
import { processView } from "./processes/choose.ts";
import { Recorder } from "./recorder.ts";
import { dispose } from "./removal.ts";
import { type Begun, processesOf, type Running, throwIfAborted } from "./running.ts";
import { type Stopped, stopContainer } from "./stop.ts";
import { isGuess, untilReady } from "./wait-ready.ts";

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
  try {
    return await wholeRun(options, progress);
  } catch (error) {
    if (statusOf(error) === null) throw error;
    // An answer that no step of the run had reckoned with.
    throw engineLost("make the smoke run", reasonOf(error), error);
  }
}

async function wholeRun(
  options: SmokeOptions,
  progress: (event: SmokeProgress) => void,
): Promise<Transcript> {
  progress({ phase: "creating", elapsed: 0 });
  const [image, memoryBytes] = await Promise.all([
    inspectImage(options),
    memoryLimit(options),
    cleanLeftovers(options.engine),
  ]);
  throwIfAborted(options);
  const pipes = await Pipes.prepare(options);
  try {
    const clock = createClock();
    const plan = launchPlan(
      { Entrypoint: listOf(image.Config?.Entrypoint), Cmd: listOf(image.Config?.Cmd) },
      {
        containerEntrypoint: options.containerEntrypoint ?? null,
        containerArguments: options.containerArguments ?? null,
      },
    );
    const container = await createContainer({
      options,
      plan,
      imageId: image.Id,
      memoryBytes,
      pipes: pipes?.folder ?? null,
    });
    const recorder = new Recorder(options, clock);
    const begun: Begun = { options, container, clock, recorder, progress };
    return await disposing(begun, () => record(begun, image, plan.argv, memoryBytes));
  } finally {
    await pipes?.close();
  }
}

/** Does the work, and removes the container whatever comes of it. What went wrong first is what is thrown. */
async function disposing<T>(begun: Begun, work: () => Promise<T>): Promise<T> {
  const { options, container, clock, progress } = begun;
  let result: T;
  try {
    throwIfAborted(options);
    result = await work();
  } catch (error) {
    const phase = options.signal?.aborted === true ? "interrupted" : "removing";
    progress({ phase, elapsed: clock.now() });
    throw await dispose(options, container, error);
  }
  progress({ phase: "removing", elapsed: clock.now() });
  const failure = await dispose(options, container, null);
  if (failure !== null) throw failure;
  return result;
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

/** Of the engine's memory, so that a container that fills its own does not take the machine with it. */
const SHARE_OF_MEMORY = 0.75;

async function memoryLimit({ engine, memoryBytes }: SmokeOptions): Promise<number> {
  if (memoryBytes !== undefined) return memoryBytes;
  const { MemTotal: total } = (await ask("ask for its memory", engine.client.info())) as {
    readonly MemTotal?: number;
  };
  if (typeof total !== "number" || total <= 0) return SMOKE_DEFAULTS.memoryBytes;
  return Math.min(SMOKE_DEFAULTS.memoryBytes, Math.floor(total * SHARE_OF_MEMORY));
}

function listOf(value: string | readonly string[] | null | undefined): readonly string[] | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? [value] : value;
}

/** The course of a run as far as it got. */
interface Course extends Omit<Stopped, "exit"> {
  readonly exit: Stopped["exit"] | null;
  readonly startError: string | null;
  readonly readiness: Transcript["readiness"];
  readonly processesBeforeStop: readonly RunProcess[];
  readonly filesBeforeStop: Transcript["filesAtEnd"];
  /** Whether the container runs on this machine, by its clock. */
  readonly sameClock: boolean;
}

const NOTHING: Course = {
  exit: null,
  startError: null,
  readiness: null,
  stop: null,
  early: null,
  processesBeforeStop: [],
  filesBeforeStop: [],
  processes: [],
  ends: [],
  sameClock: false,
};

async function record(
  begun: Begun,
  image: ImageInspectInfo,
  argv: readonly string[],
  memoryBytes: number,
): Promise<Transcript> {
  const { recorder, clock, progress } = begun;
  recorder.event("created");
  progress({ phase: "starting", elapsed: clock.now() });
  const course = await follow(begun);
  progress({ phase: "collecting", elapsed: clock.now() });
  const collected = await collect(begun, image, {
    argv,
    killed: course.stop?.killed === true,
    memoryBytes,
    sameClock: course.sameClock,
  });
  return assemble({ begun, image, argv, memoryBytes, course, collected });
}

async function follow(begun: Begun): Promise<Course> {
  const { options, container, recorder, clock } = begun;
  const life = await startContainer(container, recorder, clock);
  if (!(life instanceof Life)) return { ...NOTHING, startError: life.startError };
  const pid = (await ask("inspect the container", container.inspect())).State.Pid;
  const running: Running = { ...begun, life, view: processView(options.engine, container.id, pid) };
  const { readiness, processes } = await untilReady(running);
  const stopped = readiness === null ? null : await followStop(running, readiness);
  const exit = stopped?.exit ?? (await life.exit);
  recorder.event("exited", { at: exit.at, detail: `exit code ${exit.code}` });
  await life.output;
  nameMissing(running, processes);
  return { ...NOTHING, exit, processesBeforeStop: processes, ...stopped };
}

async function followStop(
  running: Running,
  readiness: NonNullable<Transcript["readiness"]>,
): Promise<Partial<Course> & Stopped> {
  running.recorder.event("ready", { detail: readiness.detail });
  const sameClock = running.view.source === "proc";
  const filesBeforeStop = await listPlace(running, sameClock);
  const processesBeforeStop = await processesOf(running);
  const stopped = await stopContainer(running, processesBeforeStop, isGuess(readiness));
  return { ...stopped, readiness, processesBeforeStop, filesBeforeStop, sameClock };
}

/** Says what could not be seen. */
function nameMissing({ view, recorder }: Running, processes: readonly RunProcess[]): void {
  if (processes.length === 0) recorder.miss("processes and peaks", "it ended before the first look");
  if (view.source === "proc" || processes.length === 0) return;
  const why = "its processes are not on this machine, and the engine's `top` was asked instead";
  recorder.miss("process ids inside the container", why);
  recorder.miss("which of two processes ended first, below a quarter of a second", why);
  recorder.miss("times of the files", why);
  if (processes.some(({ masks }) => masks === null))
    recorder.miss("signal masks", `${why}, which shows none`);
  if (recorder.peaks.memoryBytes === null) recorder.miss("memory peak", `${why}, which shows none`);
}

interface Parts {
  readonly begun: Begun;
  readonly image: ImageInspectInfo;
  readonly argv: readonly string[];
  readonly memoryBytes: number;
  readonly course: Course;
  readonly collected: Collected;
}

function assemble({ begun, image, argv, memoryBytes, course, collected }: Parts): Transcript {
  const { options, recorder } = begun;
  const { engine } = options;
  return withoutSecrets(options, collected.environment, {
    kind: "run",
    version: 1,
    image: {
      name: options.image,
      id: image.Id,
      digests: image.RepoDigests ?? [],
      architecture: image.Architecture,
    },
    engine: {
      name: engine.kind,
      version: engine.version,
      apiVersion: engine.apiVersion,
      architecture: engine.architecture,
    },
    request: {
      containerEntrypoint: options.containerEntrypoint ?? null,
      containerArguments: options.containerArguments ?? null,
    },
    channels: (options.channels ?? []).map(({ name, inputMode }) => ({ name, inputMode })),
    argv,
    user: image.Config?.User ?? "",
    environmentNames: namesOf(collected.environment),
    stopSignal: (image.Config as { StopSignal?: string } | undefined)?.StopSignal ?? null,
    graceSeconds: options.graceSeconds ?? SMOKE_DEFAULTS.graceSeconds,
    untilExit: options.untilExit === true,
    events: recorder.events,
    readiness: course.readiness,
    startError: course.startError,
    program: collected.program,
    exit: course.exit === null ? null : { code: course.exit.code, oomKilled: collected.oomKilled },
    stop: course.stop,
    early: course.early,
    processesBeforeStop: course.processesBeforeStop,
    processesAfterSignal: course.processes,
    processEnds: course.ends,
    filesBeforeStop: course.filesBeforeStop,
    filesAtEnd: collected.filesAtEnd,
    failure: collected.failure,
    stdout: recorder.stdout.result(),
    stderr: recorder.stderr.result(),
    peaks: recorder.peaks,
    missing: recorder.missing,
    limits: {
      memoryBytes,
      pids: options.pids ?? SMOKE_DEFAULTS.pids,
      network: options.network ?? false,
      gpus: options.gpus ?? 0,
    },
  });
}

/** The transcript without what the program was told in confidence, on its command line or in what it printed. */
function withoutSecrets(
  options: SmokeOptions,
  environment: readonly string[],
  transcript: Transcript,
): Transcript {
  const secrets = new Redactor();
  for (const setting of environment) secrets.learn(setting);
  for (const values of [options.environment, options.hyperparameters]) secrets.learnNamed(values ?? {});
  return secrets.data(transcript);
}

function namesOf(environment: readonly string[]): readonly string[] {
  return [...new Set(environment.map((entry) => entry.split("=")[0] ?? ""))].sort();
}
