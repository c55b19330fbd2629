import { isObject } from "../json.ts";
import { withoutTrailingSlashes } from "../paths.ts";
import { channelsOf } from "./channels.ts";
import type { LaunchRequest } from "./launch.ts";
import type { JobModel } from "./model.ts";
import { pointerOf } from "./pointer.ts";
import { has, numberAt, stringAt, valueAt, wordsAt } from "./request.ts";

/** A channel as a smoke run must provide it. */
export interface LaunchChannel {
  readonly name: string;
  /** `File`, `FastFile` or `Pipe`; `File` where the request does not say. */
  readonly inputMode: string;
  readonly contentType: string | null;
  readonly distribution: string | null;
  readonly recordWrapperType: string | null;
}

/** What the request decides about the start of the container, for `trainlint run --job`. */
export interface JobLaunchRequest extends LaunchRequest {
  readonly trainingJobName: string | null;
  readonly channels: readonly LaunchChannel[];
  readonly environment: { readonly [name: string]: string };
  readonly hyperparameters: { readonly [name: string]: string };
  /** Seconds; `null` where the request does not say. */
  readonly stopping: {
    readonly maxRuntimeInSeconds: number | null;
    readonly maxWaitTimeInSeconds: number | null;
  };
  /** `null` without CheckpointConfig. */
  readonly checkpointLocalPath: string | null;
  readonly instanceType: string | null;
  readonly instanceCount: number | null;
  readonly networkIsolation: boolean;
  /** What could not be taken over since it is not known here or is a placeholder, as JSON pointers. */
  readonly leftOut: readonly string[];
}

/** Where checkpoints are when CheckpointConfig gives no LocalPath. Source: CheckpointConfig, API reference. */
const DEFAULT_CHECKPOINT_PATH = "/opt/ml/checkpoints";

/** What a smoke run of this job must start and provide. */
export function jobLaunchRequest(job: JobModel): JobLaunchRequest {
  return {
    trainingJobName: stringAt(job, "TrainingJobName"),
    containerEntrypoint: knownWords(job, "ContainerEntrypoint"),
    containerArguments: knownWords(job, "ContainerArguments"),
    channels: launchChannels(job),
    environment: textMap(job, "Environment"),
    hyperparameters: textMap(job, "HyperParameters"),
    stopping: {
      maxRuntimeInSeconds: numberAt(job, "StoppingCondition", "MaxRuntimeInSeconds"),
      maxWaitTimeInSeconds: numberAt(job, "StoppingCondition", "MaxWaitTimeInSeconds"),
    },
    checkpointLocalPath: has(job, "CheckpointConfig")
      ? folderOf(stringAt(job, "CheckpointConfig", "LocalPath") ?? DEFAULT_CHECKPOINT_PATH)
      : null,
    instanceType: stringAt(job, "ResourceConfig", "InstanceType"),
    instanceCount: numberAt(job, "ResourceConfig", "InstanceCount"),
    networkIsolation: valueAt(job, "EnableNetworkIsolation") === true,
    leftOut: [...job.unknown.keys(), ...job.placeholders.map(({ pointer }) => pointer)],
  };
}

/** A path without the slashes at its end; the root keeps its own. */
function folderOf(path: string): string {
  const trimmed = withoutTrailingSlashes(path);
  return trimmed === "" ? path : trimmed;
}

/** Words of the launch; a list with a word that is not known here can't be run, and counts as not given. */
function knownWords(job: JobModel, member: string): readonly string[] | null {
  const path = ["AlgorithmSpecification", member] as const;
  const words = wordsAt(job, ...path);
  const open = words?.some((_, index) => job.unknown.has(pointerOf(...path, index)));
  return open === true ? null : words;
}

function launchChannels(job: JobModel): LaunchChannel[] {
  return channelsOf(job).flatMap((channel) => {
    if (channel.name === null) return [];
    const at = ["InputDataConfig", channel.index] as const;
    return [
      {
        name: channel.name,
        inputMode: channel.inputMode ?? "File",
        contentType: stringAt(job, ...at, "ContentType"),
        distribution: channel.distribution,
        recordWrapperType: stringAt(job, ...at, "RecordWrapperType"),
      },
    ];
  });
}

/** The entries of a map whose values are strings; others break the API's model, which a rule says. */
function textMap(job: JobModel, member: string): { readonly [name: string]: string } {
  const value = valueAt(job, member);
  if (!isObject(value)) return {};
  const entries = Object.entries(value).flatMap(([name, text]) =>
    typeof text === "string" ? [[name, text] as const] : [],
  );
  return Object.fromEntries(entries);
}
