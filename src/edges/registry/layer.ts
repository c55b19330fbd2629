import { setTimeout } from "node:timers/promises";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { Descriptor } from "../../core/image/manifest.ts";
import { type Answer, type Patience, unreachable } from "./http.ts";
import type { Registry } from "./registry.ts";

/** How often in a row a layer may break off without a single byte before the registry counts as broken. */
const MAX_BREAKS = 5;

/** A layer of which less than this comes in the time that a whole document may take is given up. */
const SLOWEST = 65_536;

/**
 * The bytes of a layer. Where the connection breaks off, it goes on from the next byte.
 *
 * @throws EnvironmentError when the registry breaks off again and again, UserError when the layer has another size.
 */
export async function* layerBytes(registry: Registry, descriptor: Descriptor): AsyncGenerator<Uint8Array> {
  const { digest, size } = descriptor;
  const { host } = registry.reference;
  let at = 0;
  let failure: unknown = null;
  for (let breaks = 0; breaks < MAX_BREAKS; breaks += 1) {
    const answer = await registry.blob(digest, at);
    try {
      for await (const chunk of received(answer, at, registry.patience)) {
        at += chunk.length;
        breaks = 0;
        if (size !== null && at > size) {
          throw new UserError(
            `The registry ${host} sends more of the layer ${digest} than the ${size} bytes that it has.`,
          );
        }
        yield chunk;
      }
      if (size === null || at === size) return;
      failure = new Error(`the layer ${digest} ends at byte ${at} of ${size}`);
    } catch (error) {
      if (error instanceof UserError || error instanceof EnvironmentError) throw error;
      if ((error as Error).name === "AbortError") throw error;
      failure = error;
    } finally {
      answer.body.destroy();
    }
    await setTimeout(registry.patience.pause);
  }
  throw unreachable(new URL(`https://${host}`), failure);
}

/** What an answer brings from byte `from` on: a server that knows no ranges sends all once more. */
async function* received(answer: Answer, from: number, patience: Patience): AsyncGenerator<Uint8Array> {
  let known = answer.status === 206 ? 0 : from;
  if (answer.status === 206 && !answer.headers["content-range"]?.startsWith(`bytes ${from}-`)) {
    throw new EnvironmentError(
      `${answer.url.host} was asked for a layer from byte ${from} on, and sends another part.`,
    );
  }
  let since = Date.now();
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (Date.now() - since > patience.document) {
      if (bytes < SLOWEST) throw new Error(`only ${bytes} bytes came in ${patience.document / 1000} s`);
      since = Date.now();
      bytes = 0;
    }
    const fresh = chunk.subarray(Math.min(known, chunk.length));
    known -= chunk.length - fresh.length;
    if (fresh.length > 0) yield fresh;
  }
}
