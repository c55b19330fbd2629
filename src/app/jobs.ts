import { dirname, resolve, sep } from "node:path";
import type { Config } from "../core/config.ts";
import { UserError } from "../core/errors.ts";
import type { Location } from "../core/finding.ts";
import { type JobLaunchRequest, jobLaunchRequest } from "../core/job/launch-request.ts";
import type { JobModel } from "../core/job/model.ts";
import { parseJobs } from "../core/job/parse.ts";
import { spokenPointer } from "../core/job/pointer.ts";
import { MODEL_NAME } from "../core/job/shapes.ts";
import { fileReader, shortPath } from "../edges/files.ts";
import { notRead } from "./dockerfiles.ts";
import type { SmokeRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** A request's text with the name that findings give it. */
export interface JobSource {
  readonly path: string;
  readonly text: string;
  /** Where it lies, for files that it names; `null` for standard input, which names them from the working folder. */
  readonly file: string | null;
}

/**
 * The models of the CreateTrainingJob requests in a file: one, or every command of a script. What can't be read
 * becomes a finding with the place, and an empty list here: the other subjects of the run are not lost over it.
 */
export function jobModelsOf(session: Session, source: JobSource, config: Config): readonly JobModel[] {
  session.subjects.push({ kind: "job", name: source.path, model: MODEL_NAME });
  session.texts.set(source.path, source.text);
  try {
    const jobs = readJobModels(source, session.request.cwd);
    for (const { files } of jobs) for (const [path, text] of files) session.texts.set(path, text);
    return jobs;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    session.unreadInput = true;
    session.units.push({
      config,
      findings: [notRead(error, source.path, config)],
      skipped: [],
      suppressed: [],
    });
    return [];
  }
}

/** The models of the requests in a file; throws a `UserError` with the place where they can't be understood. */
export function readJobModels(source: JobSource, cwd: string): readonly [JobModel, ...JobModel[]] {
  const { path, text, file } = source;
  return parseJobs(text, { path, readFile: reader(file === null ? cwd : dirname(file), cwd) });
}

/** Files that a script names count from its folder, else from a folder above it, else from the working folder. */
function reader(folder: string, cwd: string): (name: string) => { path: string; text: string } | null {
  const folders = [...foldersUp(folder, cwd), cwd];
  return (name) => {
    for (const folder of folders) {
      const text = fileReader(folder)(name);
      if (text !== null) return { path: shortPath(resolve(folder, name), cwd), text };
    }
    return null;
  };
}

/** `folder` and those above it, as far as `top` where that is one of them. */
function foldersUp(folder: string, top: string): string[] {
  const folders = [folder];
  if (!folder.startsWith(`${top}${sep}`)) return folders;
  for (let at = folder; at !== top; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

/** The whole request as a place. */
export function jobPlace(job: JobModel): Location {
  return { kind: "job", pointer: "", ...job.rangeOf("") };
}

/**
 * What a smoke run takes from a request; the command line's own words win.
 * @throws UserError where the request is not filled in, or no folder stands for one of its channels.
 */
export function withJob(request: SmokeRequest, model: JobModel): SmokeRequest {
  const job = jobLaunchRequest(model);
  const replaced = request.entrypoint.length > 0 || request.args.length > 0;
  refuseUnfilled(model, replaced);
  return {
    ...request,
    entrypoint: replaced ? request.entrypoint : (job.containerEntrypoint ?? []),
    args: replaced ? request.args : (job.containerArguments ?? []),
    channels: mergeChannels(request, job),
    environment: { ...job.environment, ...request.environment },
    hyperparameters: { ...job.hyperparameters, ...request.hyperparameters },
    jobName: job.trainingJobName,
    instanceType: job.instanceType,
    checkpointPath: job.checkpointLocalPath,
    ...stopTimes(request, job.stopping.maxRuntimeInSeconds),
  };
}

/** Members without which nobody can tell what the job runs. */
const DECISIVE =
  /^\/AlgorithmSpecification(?:$|\/Container)|^\/InputDataConfig(?:$|\/\d+$|\/\d+\/ChannelName$)/;

function refuseUnfilled(job: JobModel, replaced: boolean): void {
  const placeholders = new Map(job.placeholders.map(({ pointer, text }) => [pointer, text]));
  const open = [...job.unknown.keys(), ...placeholders.keys()].find(
    (pointer) => DECISIVE.test(pointer) && !(replaced && pointer.includes("/Container")),
  );
  if (open === undefined) return;
  const what = placeholders.get(open) ?? job.unknown.get(open);
  throw new UserError(`What the job runs can't be told: ${spokenPointer(open)} is not known (${what}).`, {
    help: "Fill it in, or give the words of the launch with --entrypoint and --args.",
    place: { path: job.rangeOf(open).path, ...job.rangeOf(open).start },
  });
}

/** How long runs last that the user sets no time for; seconds. */
const USUAL_RUN = 10;
/** The same while a line or a file is waited for. */
const USUAL_WAIT = 120;
const LONGEST_WAIT = 3600;

/** SageMaker stops the job at MaxRuntimeInSeconds in any case; a shorter time that the run has of its own wins. */
function stopTimes(
  request: SmokeRequest,
  limit: number | null,
): Partial<Pick<SmokeRequest, "untilExit" | "stopAfter" | "runFor">> {
  if (limit === null || limit < 1) return {};
  if (request.untilExit) {
    return limit > (request.maxSeconds ?? LONGEST_WAIT) ? {} : { untilExit: false, stopAfter: limit };
  }
  if (request.stopAfter !== null) return { stopAfter: Math.min(request.stopAfter, limit) };
  const waits = request.readyLog !== null || request.readyFile !== null;
  return limit < (request.runFor ?? (waits ? USUAL_WAIT : USUAL_RUN)) ? { runFor: limit } : {};
}

/** The request's channels get the folders of `--channel`; one without a folder can't be provided. */
function mergeChannels(request: SmokeRequest, job: JobLaunchRequest): SmokeRequest["channels"] {
  const given = new Map(request.channels.map((channel) => [channel.name, channel]));
  const missing = job.channels.filter(({ name }) => !given.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const named = missing.map((name) => `--channel ${name}=FOLDER`).join(" ");
    throw new UserError(`The request has input channels that no folder stands for: ${missing.join(", ")}.`, {
      help: `Give a folder with the data (or with nothing in it) for each: ${named}`,
    });
  }
  const ofJob = job.channels.flatMap((channelOfJob): SmokeRequest["channels"] => {
    const { name, inputMode, contentType, distribution, recordWrapperType } = channelOfJob;
    const channel = given.get(name);
    if (channel === undefined) return [];
    return [{ ...channel, inputMode: modeOf(inputMode), contentType, distribution, recordWrapperType }];
  });
  const names = new Set(ofJob.map(({ name }) => name));
  return [...ofJob, ...request.channels.filter(({ name }) => !names.has(name))];
}

function modeOf(inputMode: string): "File" | "FastFile" | "Pipe" {
  return inputMode === "Pipe" || inputMode === "FastFile" ? inputMode : "File";
}
