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

export const RUN_EVENT_NAMES: readonly RunEventName[] = [
  "created",
  "started",
  "first-output",
  "ready",
  "sigterm",
  "process-ended",
  "exited",
  "sigkill",
];

/** One moment; `at` is seconds since the run began to create the container, on one clock. */
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
  /** `null` where the engine shows none. */
  readonly masks: SignalMasks | null;
  /** Resident memory in bytes; `null` where the engine shows none. */
  readonly residentBytes: number | null;
}

/**
 * How a process went that was there when SIGTERM was sent. `first`: it was gone while PID 1 was still alive.
 * `with-pid-1`: it was alive when PID 1 had begun to end, so the kernel killed it. `unknown`: both went between
 * two looks, and nothing else tells.
 */
export type ProcessFate = "first" | "with-pid-1" | "unknown";

export const PROCESS_FATES: readonly ProcessFate[] = ["first", "with-pid-1", "unknown"];

/** A process that was there when SIGTERM was sent, and how it went. Times in seconds after SIGTERM. */
export interface ProcessEnd {
  readonly pid: number;
  readonly command: readonly string[];
  /** The last moment at which it was seen alive. */
  readonly lastSeen: number;
  readonly ended: ProcessFate;
}

/** A file under /opt/ml at one moment. */
export interface RunFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** sha256, hex; `null` when it was too large to hash. */
  readonly sha256: string | null;
  /** When it was last written, on the clock of the events; `null` where the engine's clock is another one. */
  readonly modified: number | null;
}

/** The end of what a stream printed, with the amount in bytes that it printed in all. */
export interface RunOutput {
  readonly tail: readonly string[];
  readonly bytes: number;
  /** Of `bytes`, those that came after SIGTERM was sent. */
  readonly bytesAfterStop: number;
}

/** As much of a script as a transcript keeps; most are shorter, so that it is there whole. */
export const PROGRAM_TEXT_CHARACTERS = 4096;

/** What the first word of the command is in the container. */
export interface RunProgram {
  /** Absolute path; `null` when it is neither a path nor found on PATH. */
  readonly path: string | null;
  readonly exists: boolean;
  /** Some execute bit is set. */
  readonly executable: boolean;
  readonly kind: "elf" | "script" | "text" | "other" | "unknown";
  /** GOARCH spelling of the ELF machine. */
  readonly machine: string | null;
  /** First line after `#!`, with a carriage return left in. */
  readonly shebang: string | null;
  /** The interpreter that the shebang names. */
  readonly interpreter: {
    readonly path: string;
    readonly exists: boolean;
    /** GOARCH spelling of its ELF machine. */
    readonly machine: string | null;
  } | null;
  /** The first PROGRAM_TEXT_CHARACTERS of a script; `null` for anything else. */
  readonly text: string | null;
  /** The script that the program, a shell, was told to read (`bash /run.sh`), as far as `text` would go. */
  readonly script?: { readonly path: string; readonly text: string } | null;
}

/** The greatest values seen; `null` where the engine gave none. */
export interface RunPeaks {
  readonly memoryBytes: number | null;
  readonly processes: number | null;
}

/** Everything that a smoke run recorded. Plain data: the runner records, rules judge. */
export interface Transcript {
  readonly kind: "run";
  readonly version: 1;
  readonly image: {
    readonly name: string;
    /** Digest of the image's configuration. */
    readonly id: string;
    /** `repository@digest` for each registry that it was pulled from or pushed to. */
    readonly digests: readonly string[];
    readonly architecture: string;
  };
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
  /** The input channels that were there. */
  readonly channels: readonly { readonly name: string; readonly inputMode: string }[];
  /** Entrypoint and arguments as the engine started them. */
  readonly argv: readonly string[];
  readonly user: string;
  readonly environmentNames: readonly string[];
  /** The image's STOPSIGNAL. The run sends SIGTERM all the same. */
  readonly stopSignal: string | null;
  readonly graceSeconds: number;
  /** The run was told to wait for the end of the training, and to send no SIGTERM. */
  readonly untilExit: boolean;
  readonly events: readonly RunEvent[];
  /** Why the stop was sent when it was; `null` when the container never got that far. */
  readonly readiness: { readonly by: string; readonly detail: string } | null;
  /** The engine's refusal to start the container. */
  readonly startError: string | null;
  readonly program: RunProgram | null;
  /** How it ended; `null` only when it never started. */
  readonly exit: { readonly code: number; readonly oomKilled: boolean } | null;
  /** The stop: `null` when the container ended by itself before it was sent. */
  readonly stop: {
    /** From SIGTERM to the end, in seconds. */
    readonly seconds: number;
    /** Still alive at the end of the grace period, and killed. */
    readonly killed: boolean;
  } | null;
  /**
   * A first SIGTERM that came before there was a handler, which appeared later; SIGTERM was then sent again, and
   * `stop` is about that one. Seconds on the clock of the events.
   */
  readonly early: { readonly sigtermAt: number; readonly handlerAt: number } | null;
  readonly processesBeforeStop: readonly RunProcess[];
  /** The last look at the processes between SIGTERM and the end. */
  readonly processesAfterSignal: readonly RunProcess[];
  readonly processEnds: readonly ProcessEnd[];
  readonly filesBeforeStop: readonly RunFile[];
  readonly filesAtEnd: readonly RunFile[];
  /** First 1,024 characters of /opt/ml/output/failure, as FailureReason gets them. */
  readonly failure: string | null;
  readonly stdout: RunOutput;
  readonly stderr: RunOutput;
  readonly peaks: RunPeaks;
  /** Evidence that this engine or host could not give, and why. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
  readonly limits: { readonly [name: string]: Json };
}

/** A whole transcript of an uneventful run (ready, SIGTERM, saved, exit 0), changed by `overrides`. */
export function transcriptOf(overrides: Partial<Transcript> = {}): Transcript {
  return {
    kind: "run",
    version: 1,
    image: { name: "trainer", id: `sha256:${"0".repeat(64)}`, digests: [], architecture: "amd64" },
    engine: { name: "docker", version: "20.10.24", apiVersion: "1.41", architecture: "amd64" },
    request: { containerEntrypoint: null, containerArguments: null },
    channels: [],
    argv: ["python3", "/opt/train.py", "train"],
    user: "",
    environmentNames: ["PATH", "TRAINING_JOB_NAME", "TRAINING_JOB_ARN"],
    stopSignal: null,
    graceSeconds: 120,
    untilExit: false,
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 0.3 },
      { name: "ready", at: 1 },
      { name: "sigterm", at: 1.1 },
      { name: "exited", at: 1.4 },
    ],
    readiness: { by: "signal-masks", detail: "PID 1 catches SIGTERM" },
    startError: null,
    program: null,
    exit: { code: 0, oomKilled: false },
    stop: { seconds: 0.3, killed: false },
    early: null,
    processesBeforeStop: [
      {
        pid: 1,
        parent: 0,
        command: ["python3", "/opt/train.py", "train"],
        masks: { blocked: "0000000000000000", ignored: "0000000001001000", caught: "0000000000004002" },
        residentBytes: 9_000_000,
      },
    ],
    processesAfterSignal: [],
    processEnds: [],
    filesBeforeStop: [],
    filesAtEnd: [{ path: "/opt/ml/model/model.bin", size: 4, sha256: "0".repeat(64), modified: 1.2 }],
    failure: null,
    stdout: { tail: [], bytes: 0, bytesAfterStop: 0 },
    stderr: { tail: [], bytes: 0, bytesAfterStop: 0 },
    peaks: { memoryBytes: null, processes: null },
    missing: [],
    limits: {},
    ...overrides,
  };
}
