import { dirname } from "node:path";
import type { Config } from "../core/config.ts";
import { UserError } from "../core/errors.ts";
import type { Location } from "../core/finding.ts";
import { type JobLaunchRequest, jobLaunchRequest } from "../core/job/launch-request.ts";
import type { JobModel } from "../core/job/model.ts";
import { parseJob } from "../core/job/parse.ts";
import { fileReader, readTextFile } from "../edges/files.ts";
import { notRead } from "./dockerfiles.ts";
import type { SmokeRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** A request's text with the name that findings give it. */
export interface JobSource {
  readonly path: string;
  readonly text: string;
  /** Where it lies, for files that it names; `null` for standard input. */
  readonly file: string | null;
}

/**
 * The model of a CreateTrainingJob request. One that can't be read becomes a finding with the place, and `null`
 * here: the other subjects of the run are not lost over it.
 */
export function jobModelOf(session: Session, source: JobSource, config: Config): JobModel | null {
  session.subjects.push({ kind: "job", name: source.path });
  session.texts.set(source.path, source.text);
  try {
    return readJobModel(source);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    session.unreadInput = true;
    session.units.push({ config, findings: [notRead(error, source.path, config)], suppressed: [] });
    return null;
  }
}

/** The model of a request; throws a `UserError` with the place where it can't be understood. */
export function readJobModel({ path, text, file }: JobSource): JobModel {
  return parseJob(text, { path, ...(file === null ? {} : { readFile: fileReader(dirname(file)) }) });
}

/** The whole request as a place. */
export function jobPlace(job: JobModel): Location {
  return { kind: "job", path: job.path, pointer: "", ...job.rangeOf("") };
}

/** What a smoke run takes from a request; the command line's own words win. */
export async function withJob(
  request: SmokeRequest,
  file: string | null,
  path: string,
): Promise<SmokeRequest> {
  if (file === null) return request;
  return merge(request, jobLaunchRequest(readJobModel({ path, text: await readTextFile(file, path), file })));
}

function merge(request: SmokeRequest, job: JobLaunchRequest): SmokeRequest {
  const replaced = request.entrypoint.length > 0 || request.args.length > 0;
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
  };
}

/** The request's channels get the folders of `--channel`; one without a folder can't be provided. */
function mergeChannels(request: SmokeRequest, job: JobLaunchRequest): SmokeRequest["channels"] {
  const given = new Map(request.channels.map((channel) => [channel.name, channel]));
  const missing = job.channels.filter(({ name }) => !given.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new UserError(
      `The request has input channels that the smoke run has no data for: ${missing.join(", ")}.`,
      {
        help: missing.map((name) => `--channel ${name}=FOLDER`).join(" "),
      },
    );
  }
  const ofJob = job.channels.flatMap(({ name, inputMode }) => {
    const channel = given.get(name);
    return channel === undefined ? [] : [{ ...channel, inputMode: modeOf(inputMode) }];
  });
  const names = new Set(ofJob.map(({ name }) => name));
  return [...ofJob, ...request.channels.filter(({ name }) => !names.has(name))];
}

function modeOf(inputMode: string): "File" | "FastFile" | "Pipe" {
  return inputMode === "Pipe" || inputMode === "FastFile" ? inputMode : "File";
}
