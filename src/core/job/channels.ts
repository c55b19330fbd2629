import { OPT_ML } from "../sagemaker.ts";
import type { JobModel } from "./model.ts";
import { pointerOf } from "./pointer.ts";
import { has, isOpen, lacks, listAt, stringAt } from "./request.ts";

/** Where SageMaker puts the channels: each in a folder of its name. */
export const CHANNEL_FOLDER = `${OPT_ML}/input/data`;

/** A channel of InputDataConfig; values that are not known here are `null`. */
export interface Channel {
  /** Position in InputDataConfig. */
  readonly index: number;
  readonly name: string | null;
  /** The channel's own InputMode, or the TrainingInputMode that it inherits. */
  readonly inputMode: string | null;
  /** Whether the channel gives the mode itself. */
  readonly ownMode: boolean;
  readonly source: "S3DataSource" | "FileSystemDataSource" | "DatasetSource" | null;
  readonly s3DataType: string | null;
  readonly s3Uri: string | null;
  readonly distribution: string | null;
}

/** The channels of a request, in order. */
export function channelsOf(job: JobModel): Channel[] {
  return listAt(job, "InputDataConfig").map((_, index) => {
    const at = ["InputDataConfig", index] as const;
    const ownMode = has(job, ...at, "InputMode");
    const source = (["S3DataSource", "FileSystemDataSource", "DatasetSource"] as const).find((kind) =>
      has(job, ...at, "DataSource", kind),
    );
    const s3 = [...at, "DataSource", "S3DataSource"] as const;
    return {
      index,
      name: stringAt(job, ...at, "ChannelName"),
      inputMode: ownMode
        ? stringAt(job, ...at, "InputMode")
        : stringAt(job, "AlgorithmSpecification", "TrainingInputMode"),
      ownMode,
      source: source ?? null,
      s3DataType: stringAt(job, ...s3, "S3DataType"),
      s3Uri: stringAt(job, ...s3, "S3Uri"),
      distribution: stringAt(job, ...s3, "S3DataDistributionType"),
    };
  });
}

/** Whether every channel's name is known here, so that a folder without a channel is really missing. */
export function channelsComplete(job: JobModel): boolean {
  if (!has(job, "InputDataConfig")) return lacks(job, "InputDataConfig");
  if (isOpen(job, "InputDataConfig") || job.open.has(pointerOf("InputDataConfig"))) return false;
  return channelsOf(job).every(({ name }) => name !== null);
}

/** The channel's name in a path below the channel folder; `null` for other paths, "" for the folder itself. */
export function channelInPath(path: string): string | null {
  if (path === CHANNEL_FOLDER) return "";
  if (!path.startsWith(`${CHANNEL_FOLDER}/`)) return null;
  return path.slice(CHANNEL_FOLDER.length + 1).split("/")[0] ?? "";
}
