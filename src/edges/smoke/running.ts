import { EnvironmentError } from "../../core/errors.ts";
import type { RunProcess } from "../../core/run/transcript.ts";
import { reasonOf } from "../engine/ask.ts";
import type { Container } from "../engine/dockerode-types.ts";
import type { Clock } from "./clock.ts";
import type { Life } from "./life.ts";
import type { SmokeOptions, SmokeProgress } from "./options.ts";
import type { ProcessView } from "./processes/view.ts";
import type { Recorder } from "./recorder.ts";

/** What all steps of a run work with. */
export interface Begun {
  readonly options: SmokeOptions;
  readonly container: Container;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly progress: (event: SmokeProgress) => void;
}

/** The same while the container runs. */
export interface Running extends Begun {
  readonly life: Life;
  readonly view: ProcessView;
}

/**
 * The processes as they are now; none where the engine can't show them, which the transcript then says.
 * @throws EnvironmentError when the engine is lost.
 */
export async function processesOf({ view, recorder }: Running): Promise<readonly RunProcess[]> {
  try {
    const processes = await view.list();
    recorder.count(processes);
    return processes;
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    recorder.miss("processes and signal masks", reasonOf(error));
    return [];
  }
}

/** @throws EnvironmentError when the user has interrupted the run. */
export function throwIfAborted({ signal }: SmokeOptions): void {
  if (signal?.aborted !== true) return;
  throw signal.reason instanceof EnvironmentError
    ? signal.reason
    : new EnvironmentError("The smoke run was interrupted.");
}
