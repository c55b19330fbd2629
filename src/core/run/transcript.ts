import type { Json } from "../json.ts";

/** Names of the moments of a smoke run. */
export type RunEventName =
  | "created"
  | "started"
  | "first-output"
  | "ready"
  | "sigterm"
  | "process-ended"
  | "exited"
  | "sigkill";

/** One moment; `at` is seconds since the container was created, on one clock. */
export interface RunEvent {
  readonly name: RunEventName;
  readonly at: number;
  readonly detail?: string;
  readonly pid?: number;
}

/** Signal masks of a process as `/proc/PID/status` shows them: 64-bit hex, signal n is bit n-1. */
export interface SignalMasks {
  readonly blocked: string;
  readonly ignored: string;
  readonly caught: string;
}

/** A process of the container; `pid` is the one inside the container's PID namespace where it can be read. */
export interface RunProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: readonly string[];
  readonly masks: SignalMasks | null;
}

/** A file under /opt/ml at one moment. */
export interface RunFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** sha256, hex; `null` when it was too large to hash. */
  readonly sha256: string | null;
}

/** The end of what a stream printed, with the amount in bytes that it printed in all. */
export interface RunOutput {
  readonly tail: readonly string[];
  readonly bytes: number;
}

/** Everything that a smoke run recorded. Plain data: the runner records, rules judge. */
export interface Transcript {
  readonly kind: "run";
  readonly version: 1;
  readonly image: { readonly name: string; readonly id: string; readonly architecture: string };
  readonly engine: {
    readonly name: string;
    readonly version: string;
    readonly apiVersion: string;
    readonly architecture: string;
  };
  /** What replaced ENTRYPOINT and CMD, as CreateTrainingJob spells it; `null` where not given. */
  readonly request: {
    readonly containerEntrypoint: readonly string[] | null;
    readonly containerArguments: readonly string[] | null;
  };
  /** Entrypoint and arguments as the engine started them. */
  readonly argv: readonly string[];
  readonly user: string;
  readonly environmentNames: readonly string[];
  readonly graceSeconds: number;
  readonly events: readonly RunEvent[];
  /** Why the stop was sent when it was; `null` when the container never got that far. */
  readonly readiness: { readonly by: string; readonly detail: string } | null;
  /** The engine's refusal to start the container. */
  readonly startError: string | null;
  /** How it ended; `null` only when it never started. */
  readonly exit: { readonly code: number; readonly oomKilled: boolean } | null;
  /** The stop: `null` when the container ended by itself before it was sent. */
  readonly stop: {
    /** From SIGTERM to the end, in seconds. */
    readonly seconds: number;
    /** Still alive at the end of the grace period, and killed. */
    readonly killed: boolean;
  } | null;
  readonly processesBeforeStop: readonly RunProcess[];
  readonly processesAfterSignal: readonly RunProcess[];
  readonly filesBeforeStop: readonly RunFile[];
  readonly filesAtEnd: readonly RunFile[];
  /** First 1,024 characters of /opt/ml/output/failure, as FailureReason gets them. */
  readonly failure: string | null;
  readonly stdout: RunOutput;
  readonly stderr: RunOutput;
  /** Evidence that this engine or host could not give, and why. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
  readonly limits: { readonly [name: string]: Json };
}
