import type { SmokeOptions } from "../../../src/edges/smoke/options.ts";

/** The options of `trainlint run` that a behaviour uses. */
export type RunOptions = Pick<
  SmokeOptions,
  | "graceSeconds"
  | "runFor"
  | "stopAfter"
  | "untilExit"
  | "readyLog"
  | "readyFile"
  | "memoryBytes"
  | "checkpointPath"
  | "containerEntrypoint"
  | "containerArguments"
>;

/** The same as words of the command line; `job` is the file of a request, for what only a request can say. */
export function commandLine(options: RunOptions, job: string): readonly string[] {
  const { graceSeconds = 2, runFor, stopAfter, readyLog, readyFile, memoryBytes } = options;
  const value = (name: string, given: string | number | undefined): readonly string[] =>
    given === undefined ? [] : [`--${name}`, String(given)];
  return [
    ...value("grace", graceSeconds),
    ...value("run-for", runFor),
    ...value("stop-after", stopAfter),
    ...value("ready-log", readyLog?.source),
    ...value("ready-file", readyFile),
    ...value("memory", memoryBytes),
    ...(options.untilExit === true ? ["--until-exit"] : []),
    ...(options.containerEntrypoint ?? []).map((word) => `--entrypoint=${word}`),
    ...(options.containerArguments ?? []).map((word) => `--args=${word}`),
    ...(options.checkpointPath === undefined ? [] : ["--job", job]),
  ];
}

/** A request with the members that a behaviour needs. */
export function requestOf({ checkpointPath }: RunOptions): string {
  return JSON.stringify({
    TrainingJobName: "smoke",
    RoleArn: "arn:aws:iam::123456789012:role/training",
    CheckpointConfig: { S3Uri: "s3://bucket/checkpoints", LocalPath: checkpointPath },
  });
}
