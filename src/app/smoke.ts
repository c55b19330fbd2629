import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { JobModel } from "../core/job/model.ts";
import type { Transcript } from "../core/run/transcript.ts";
import { isFolder, readTextFile, writeWhole } from "../edges/files.ts";
import type { SmokeChannel, SmokeOptions, SmokeProgress } from "../edges/smoke/options.ts";
import { rules } from "../rules/index.ts";
import { finish, type Outcome } from "./finish.ts";
import { readJobModels, withJob } from "./jobs.ts";
import { attempt } from "./problems.ts";
import type { JudgeRequest, SmokeRequest } from "./request.ts";
import { beginSession, configFor, judgeSubjects, type Session } from "./session.ts";

/** `trainlint run`: one smoke run, judged. */
export interface RunRequest extends JudgeRequest, SmokeRequest {
  readonly image: string;
  readonly platform: string | null;
  /** A request that says how the container is started. */
  readonly job: string | null;
}

const ABSENT = {
  dockerfile: "no Dockerfile was given",
  image: "the image itself was not looked at; `trainlint image` and `trainlint check` do",
  job: "no training-job request was given",
} as const;

/** Runs the image as SageMaker does, and judges what happened. */
export async function smoke(request: RunRequest): Promise<Outcome> {
  const session = beginSession(request, rules);
  const config = await configFor(session, request.cwd);
  const run = await attempt(session, { kind: "run", name: request.image }, async () => {
    const smokeRequest = request.job === null ? request : withJob(request, await jobOf(request, request.job));
    return await transcriptOf(session, request.image, smokeRequest, request.platform);
  });
  if (run !== null) {
    const at = { kind: "run", image: run.image.name } as const;
    judgeSubjects(session, { run }, config, ABSENT, at);
  }
  return await finish(session);
}

/** The request that says how the container is started; of a script the first one. */
async function jobOf({ cwd }: RunRequest, path: string): Promise<JobModel> {
  const file = resolve(cwd, path);
  const [job] = readJobModels({ path, text: await readTextFile(file, path), file }, cwd);
  return job;
}

/** Makes the smoke run and keeps what it recorded. */
export async function transcriptOf(
  session: Session,
  name: string,
  request: SmokeRequest,
  platform: string | null,
): Promise<Transcript> {
  const { engineWithImage } = await import("../edges/engine/find-image.ts");
  const { imageReference } = await import("../edges/images.ts");
  const { smokeRun } = await import("../edges/smoke/run.ts");
  for (const values of [request.environment, request.hyperparameters]) session.secrets.learnNamed(values);
  const engine = await engineWithImage(imageReference(name), engineOption(name));
  if (/^(?:unix|npipe):/.test(engine.address)) await checkChannels(request, session.request.cwd);
  const options: SmokeOptions = {
    engine,
    image: imageReference(name),
    ...smokeOptions(request, session.request.cwd),
    ...(platform === null ? {} : { platform }),
    signal: session.request.signal,
  };
  const run = await smokeRun(options, (event) => session.request.progress(progressText(name, event)));
  session.subjects.push({ kind: "run", name: run.image.name, source: engine.kind });
  session.runs.push(run);
  if (request.transcript !== null) {
    await writeWhole(resolve(session.request.cwd, request.transcript), `${JSON.stringify(run, null, 2)}\n`);
  }
  return run;
}

/** Of an engine on this machine the folders can be looked at; one that is missing is told in words of the option. */
async function checkChannels({ channels }: SmokeRequest, cwd: string): Promise<void> {
  for (const { name, directory } of channels) {
    if (await isFolder(resolve(cwd, directory))) continue;
    throw new UserError(`There is no folder ${directory} for the channel ${name}.`, {
      help: `Make it, or give another one: --channel ${name}=FOLDER`,
    });
  }
}

/** `podman:REF` runs on Podman; an image that no engine has can't be run. */
function engineOption(name: string): { engine?: "docker" | "podman" } {
  const source = /^(docker|podman|docker-archive|oci-dir|oci-archive|registry):/.exec(name)?.[1];
  if (source === undefined) return {};
  if (source === "docker" || source === "podman") return { engine: source };
  throw new UserError(`An image from ${source}: can't be run, since only an engine runs containers.`, {
    help: "Load it into Docker or Podman and give its name there.",
  });
}

function smokeOptions(request: SmokeRequest, cwd: string): Partial<SmokeOptions> {
  return {
    containerEntrypoint: request.entrypoint.length > 0 ? request.entrypoint : null,
    containerArguments: request.args.length > 0 ? request.args : null,
    channels: request.channels.map(
      (channel): SmokeChannel => ({ ...channel, directory: resolve(cwd, channel.directory) }),
    ),
    environment: request.environment,
    hyperparameters: request.hyperparameters,
    untilExit: request.untilExit,
    ...(request.readyLog === null ? {} : { readyLog: pattern(request.readyLog) }),
    ...present({
      graceSeconds: request.graceSeconds,
      readyFile: request.readyFile,
      runFor: request.runFor,
      stopAfter: request.stopAfter,
      maxSeconds: request.maxSeconds,
      memoryBytes: request.memoryBytes,
      pids: request.pids,
      gpus: request.gpus,
      network: networkOf(request.network),
      jobName: request.jobName,
      instanceType: request.instanceType,
      checkpointPath: request.checkpointPath,
    }),
  };
}

/** The members that have a value: the runner's defaults are for those that are not there. */
function present<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function networkOf(name: string | null): boolean | string | null {
  if (name === null) return null;
  if (name === "none") return false;
  return name === "default" ? true : name;
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new UserError(`\`--ready-log ${text}\` is not a regular expression.`, { cause });
  }
}

/** What is done in the phases that last a moment. */
const DOING: { readonly [P in Exclude<SmokeProgress["phase"], "running" | "stopping">]: string } = {
  creating: "creating the container",
  starting: "starting the container",
  collecting: "reading what it left",
  removing: "removing the container",
  interrupted: "interrupted, stopping and removing the container",
};

function progressText(image: string, event: SmokeProgress): string {
  // A terminal's line has no room for a registry's address.
  const name = image.slice(image.lastIndexOf("/") + 1);
  const elapsed = `${event.elapsed.toFixed(0)} s`;
  switch (event.phase) {
    case "running":
      return `${name}: running, ${elapsed}${lastWords(event.lastLine)}`;
    case "stopping":
      return `${name}: SIGTERM sent, ${elapsed}, ${event.graceLeft.toFixed(0)} s of grace left${lastWords(event.lastLine)}`;
    default:
      return `${name}: ${DOING[event.phase]}`;
  }
}

function lastWords(line: string): string {
  return line === "" ? "" : ` | ${line}`;
}
