import type { Role } from "../core/role/sign.ts";
import type { RuleLevel } from "../core/rule.ts";
import type { FailOn } from "../core/verdict.ts";

/** What all commands that judge something have in common. */
export interface JudgeRequest {
  /** Folder that relative paths count from. */
  readonly cwd: string;
  /** Today, YYYY-MM-DD: ignore comments may end. */
  readonly today: string;
  /** `--config`; `null` to search upwards, `false` for none at all. */
  readonly config: string | null | false;
  /** `--rule` by id or name, in the order given. */
  readonly ruleLevels: readonly { readonly rule: string; readonly level: RuleLevel }[];
  /** `--fail-on`; `null` leaves it to the configuration. */
  readonly failOn: FailOn | null;
  /** `--role`; `null` leaves it to the configuration, and else to what the subjects show. */
  readonly role: Role | null;
  /** False with `--no-inline-config`. */
  readonly inlineConfig: boolean;
  readonly requireReason: boolean;
  readonly baseline: string | null;
  readonly writeBaseline: string | null;
  /** Takes out of the baseline what is not there any more. */
  readonly pruneBaseline: boolean;
  /** Told what is going on, in a few words; silent where nobody would see it. */
  readonly progress: (message: string) => void;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** `--base`: the image that the image is built on. */
  readonly base?: string | null;
  /** `--layers`: read the layers of a large image, also where an engine takes its time for it. */
  readonly layers?: boolean;
}

/** How Dockerfiles are to be understood. */
export interface DockerfileRequest {
  readonly target: string | null;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Build context; by default the folder of the Dockerfile. */
  readonly context: string | null;
  readonly platform: string | null;
}

/** How a smoke run is made; `null` and empty lists take the runner's defaults. Seconds and bytes. */
export interface SmokeRequest {
  readonly graceSeconds: number | null;
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  /** Channel name → folder on the engine's machine. */
  readonly channels: readonly {
    readonly name: string;
    readonly directory: string;
    readonly inputMode: "File" | "FastFile" | "Pipe";
    readonly contentType?: string | null;
    readonly distribution?: string | null;
    readonly recordWrapperType?: string | null;
  }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly readyLog: string | null;
  readonly readyFile: string | null;
  readonly runFor: number | null;
  readonly stopAfter: number | null;
  readonly untilExit: boolean;
  readonly maxSeconds: number | null;
  readonly network: string | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
  readonly gpus: "all" | number | null;
  /** What a training-job request says about the run. */
  readonly jobName: string | null;
  readonly instanceType: string | null;
  readonly checkpointPath: string | null;
  /** Where the transcript is written. */
  readonly transcript: string | null;
}
