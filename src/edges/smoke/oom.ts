import type { ContainerState } from "../engine/dockerode-types.ts";
import { ask, statusOf } from "./ask.ts";
import type { SmokeEngine } from "./options.ts";

/**
 * Whether the kernel killed a process of the container for want of memory. The flag in its state can be lost: the
 * engine learns of the lack of memory and of the end by two events in no fixed order. The recorded events keep
 * it; they are asked for when `suspected`.
 */
export async function wasOutOfMemory(
  engine: SmokeEngine,
  state: ContainerState,
  id: string,
  suspected: boolean,
): Promise<boolean> {
  if (state.OOMKilled || !suspected) return state.OOMKilled;
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
