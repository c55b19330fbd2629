import { ask, statusOf } from "../engine/ask.ts";
import type { ContainerState } from "../engine/dockerode-types.ts";
import { kernelKilledOneOf } from "./kernel-log.ts";
import type { SmokeEngine } from "./options.ts";

/** A peak of so much of the limit explains a kill that nobody has ordered. */
const NEAR_LIMIT = 0.9;

/** What is known of a container's memory besides the engine's word. */
export interface MemoryUse {
  /** A process was killed, and not by this run. */
  readonly killedByOther: boolean;
  readonly peakBytes: number | null;
  readonly limitBytes: number;
}

/**
 * Whether the kernel killed a process of the container for want of memory. The flag in its state can be lost: the
 * engine learns of the lack of memory and of the end by two events in no fixed order, and not of the first where the
 * container is gone by then; Podman learns only of PID 1. The kernel's log on this machine knows for certain; else
 * the recorded events may keep it, and memory that was nearly used up before a kill tells the same.
 */
export async function wasOutOfMemory(
  engine: SmokeEngine,
  state: ContainerState,
  id: string,
  { killedByOther, peakBytes, limitBytes }: MemoryUse,
): Promise<boolean> {
  if (state.OOMKilled || !killedByOther) return state.OOMKilled;
  if (kernelKilledOneOf(id) === true) return true;
  if (peakBytes !== null && peakBytes >= limitBytes * NEAR_LIMIT) return true;
  const started = Math.floor(Date.parse(state.StartedAt) / 1000) - 1;
  // The engine answers up to this moment of its own clock and then ends the stream.
  const until = Math.ceil(Date.parse(state.FinishedAt) / 1000) + 1;
  const filters = JSON.stringify({ container: [id], event: ["oom"] });
  try {
    const stream = await ask("read events", engine.client.getEvents({ since: started, until, filters }));
    return await ask("read events", hasContent(stream));
  } catch (error) {
    if (statusOf(error) !== null) return false;
    throw error;
  }
}

async function hasContent(stream: NodeJS.ReadableStream): Promise<boolean> {
  for await (const chunk of stream) {
    if (String(chunk).trim() !== "") return true;
  }
  return false;
}
