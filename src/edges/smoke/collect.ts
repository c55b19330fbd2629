import type { RunFile, RunProgram } from "../../core/run/transcript.ts";
import { ask } from "../engine/ask.ts";
import type { ImageInspectInfo } from "../engine/dockerode-types.ts";
import { environmentOf } from "./container.ts";
import { listFiles, readHead } from "./files.ts";
import { wasOutOfMemory } from "./oom.ts";
import { SMOKE_DEFAULTS } from "./options.ts";
import { inspectProgram } from "./program.ts";
import type { Begun } from "./running.ts";

const FAILURE_FILE = "/opt/ml/output/failure";
/** As much as FailureReason gets. */
const FAILURE_CHARACTERS = 1024;
const SIGKILLED = 137;

/** What is read of a container that has ended. */
export interface Collected {
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly program: RunProgram;
  readonly environment: readonly string[];
  readonly filesAtEnd: readonly RunFile[];
  readonly failure: string | null;
}

/** What is known of the container when it is read. */
export interface Known {
  /** Its command. */
  readonly argv: readonly string[];
  /** This run killed it. */
  readonly killed: boolean;
  /** Its limit. */
  readonly memoryBytes: number;
  /** See `listPlace`. */
  readonly sameClock: boolean;
}

/** Reads the container after its end. */
export async function collect(
  begun: Begun,
  image: ImageInspectInfo,
  { argv, killed, memoryBytes, sameClock }: Known,
): Promise<Collected> {
  const { options, container, recorder } = begun;
  const environment = [...(image.Config?.Env ?? []), ...environmentOf(options)];
  const [{ State: state }, inspected, filesAtEnd, failure] = await Promise.all([
    ask("inspect the container", container.inspect()),
    inspectProgram(container, argv, image.Config?.WorkingDir ?? "/", environment),
    listPlace(begun, sameClock),
    readHead(container, FAILURE_FILE, FAILURE_CHARACTERS * 4),
  ]);
  const wasKilled = state.ExitCode === SIGKILLED || recorder.stderr.says(/\bKilled\b/);
  const oomKilled = await wasOutOfMemory(options.engine, state, container.id, {
    killedByOther: wasKilled && !killed,
    peakBytes: recorder.peaks.memoryBytes,
    limitBytes: memoryBytes,
  });
  if (wasKilled && !oomKilled && options.engine.kind === "podman") {
    recorder.miss("whether the memory of a process besides PID 1 ran out", "Podman tells it of PID 1 only");
  }
  return {
    exitCode: state.ExitCode,
    oomKilled,
    program: inspected,
    environment,
    filesAtEnd,
    failure: failure === null ? null : firstCharacters(failure.head.toString("utf8"), FAILURE_CHARACTERS),
  };
}

/** The files of the folders that a job keeps, as they are now; with times where the engine's clock is this one. */
export async function listPlace(
  { options, container, recorder, clock }: Begun,
  sameClock: boolean,
): Promise<RunFile[]> {
  const checkpoints = options.checkpointPath ?? SMOKE_DEFAULTS.checkpointPath;
  const listings = await Promise.all(
    ["/opt/ml/model", checkpoints, "/opt/ml/output"].map(async (folder) => {
      const listing = await listFiles(container, folder);
      if (listing.cut !== null) recorder.miss(`all files of ${folder}`, listing.cut);
      return listing.files;
    }),
  );
  return listings.flat().map((file) => ({
    ...file,
    modified: file.modified !== null && sameClock ? clock.at(file.modified) : null,
  }));
}

function firstCharacters(text: string, count: number): string {
  return [...text].slice(0, count).join("");
}
