import type { TarReader } from "../../core/image/tar.ts";
import { cutShort } from "./blob.ts";
import type { Chunks } from "./chunks.ts";

/**
 * Reads a tar as its bytes come. What follows its end is taken and thrown away, so that whoever counts or
 * hashes the bytes sees all of them. `enough` ends the reading before.
 */
export async function readTarChunks(
  chunks: Chunks,
  reader: TarReader,
  name: string,
  enough: () => boolean = () => false,
): Promise<void> {
  let skip = reader.skip;
  let partial: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length && !reader.ended) {
      if (skip > 0) {
        const part = Math.min(skip, chunk.length - at);
        skip -= part;
        at += part;
        continue;
      }
      const end = at + reader.need - partial.length;
      const bytes = joined(partial, chunk.subarray(at, end));
      at = Math.min(end, chunk.length);
      if (bytes.length < reader.need) {
        // The chunk is only good until the next one is asked for.
        partial = bytes.slice();
        continue;
      }
      partial = new Uint8Array();
      reader.take(bytes);
      if (enough()) return;
      skip = reader.skip;
    }
  }
  if (reader.ended) return;
  if (!reader.mayEnd || partial.length > 0 || skip > reader.padding) throw cutShort(name);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
