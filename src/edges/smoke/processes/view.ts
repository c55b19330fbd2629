import type { ProcessFate, RunProcess } from "../../../core/run/transcript.ts";
import type { Clock } from "../clock.ts";

/** More processes than that are not looked at. */
export const MAX_PROCESSES = 512;

/** A way to see the processes of one container. Nothing is run in the container for it. */
export interface ProcessView {
  /** Where it looks; what it can't give is named in the transcript. */
  readonly source: "proc" | "top";
  /** All processes, PID 1 first; empty once PID 1 has begun to end. */
  list(): Promise<readonly RunProcess[]>;
  /** Begins to watch how these processes (of the last list) end. */
  follow(processes: readonly RunProcess[], clock: Clock): EndWatch;
}

/** Watches processes until PID 1 is gone or it is closed. */
export interface EndWatch {
  /** From here on look as closely as can be: the signal is about to be sent. */
  closely(): void;
  /** The signal has been sent. */
  delivered(): void;
  /** When PID 1 was seen gone, in seconds on the clock; `null` while it is there. */
  readonly initEnded: number | null;
  /** Stops looking and tells what was seen. */
  close(): Promise<readonly SeenEnd[]>;
}

/** How one process went, in seconds on the clock of the run. */
export interface SeenEnd {
  readonly process: RunProcess;
  readonly lastSeen: number;
  readonly ended: ProcessFate;
}
