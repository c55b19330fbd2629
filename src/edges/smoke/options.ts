import type { EngineClient } from "../engine/dockerode-types.ts";

/** A connected engine; what `connectEngine` returns fits. */
export interface SmokeEngine {
  readonly kind: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly architecture: string;
  /** `unix:///...`, `tcp://...`. */
  readonly address: string;
  readonly client: EngineClient;
}

/** One channel of InputDataConfig; `directory` is on the machine of the engine. */
export interface SmokeChannel {
  readonly name: string;
  readonly directory: string;
  readonly inputMode: "File" | "FastFile" | "Pipe";
  readonly contentType?: string | null;
  /** S3DataDistributionType. */
  readonly distribution?: string | null;
  readonly recordWrapperType?: string | null;
}

/** What a smoke run does. Times in seconds, sizes in bytes. Absent options take `SMOKE_DEFAULTS`. */
export interface SmokeOptions {
  readonly engine: SmokeEngine;
  readonly image: string;
  readonly containerEntrypoint?: readonly string[] | null;
  readonly containerArguments?: readonly string[] | null;
  /** From SIGTERM to SIGKILL. */
  readonly graceSeconds?: number;
  readonly channels?: readonly SmokeChannel[];
  readonly environment?: { readonly [name: string]: string };
  readonly hyperparameters?: { readonly [name: string]: string };
  /** Ready when a line of stdout or stderr matches. */
  readonly readyLog?: RegExp;
  /** Ready when this path exists in the container: a file name, absolute or below /opt/ml. */
  readonly readyFile?: string;
  /**
   * How long to wait for evidence before SIGTERM is sent all the same; `SMOKE_DEFAULTS.readyWithin` where the
   * evidence is named by `readyLog` or `readyFile`.
   */
  readonly runFor?: number;
  /** Send SIGTERM after so many seconds, whatever was seen. */
  readonly stopAfter?: number;
  /** Send no SIGTERM; wait for the container to end by itself, at most `maxSeconds`. */
  readonly untilExit?: boolean;
  /** The bound of `untilExit`. */
  readonly maxSeconds?: number;
  /** `false`: none; `true`: the engine's default network; a string: that network. */
  readonly network?: boolean | string;
  /** Default: `SMOKE_DEFAULTS.memoryBytes`, but never more than three quarters of the engine's memory. */
  readonly memoryBytes?: number;
  readonly pids?: number;
  /** `all`, or how many. Absent: no GPU is asked for. */
  readonly gpus?: "all" | number;
  /** Lines kept of each stream. */
  readonly logLines?: number;
  /** Bytes kept of each stream. */
  readonly logBytes?: number;
  /** `linux/amd64` and the like. */
  readonly platform?: string;
  readonly jobName?: string;
  readonly instanceType?: string;
  /** Local path of the checkpoints in the container. */
  readonly checkpointPath?: string;
  readonly signal?: AbortSignal;
}

export const SMOKE_DEFAULTS = {
  graceSeconds: 120,
  runFor: 10,
  readyWithin: 120,
  maxSeconds: 3600,
  memoryBytes: 8 * 1024 ** 3,
  pids: 4096,
  logLines: 200,
  logBytes: 64 * 1024,
  jobName: "trainlint-smoke",
  instanceType: "ml.m5.xlarge",
  checkpointPath: "/opt/ml/checkpoints",
} as const;

/** What a progress display is told while the run goes on. Seconds. */
export type SmokeProgress =
  | {
      readonly phase: "creating" | "starting" | "collecting" | "removing" | "interrupted";
      readonly elapsed: number;
    }
  | { readonly phase: "running"; readonly elapsed: number; readonly lastLine: string }
  | {
      readonly phase: "stopping";
      readonly elapsed: number;
      readonly graceLeft: number;
      readonly lastLine: string;
    };
