import { Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { Chunks } from "./chunks.ts";
import { damaged, Meter } from "./meter.ts";
import type { Packing } from "./packing.ts";
import { type ZstdPiece, zstdBlocks } from "./zstd-blocks.ts";

/** Bytes that come out of a decoder at a time. */
const CHUNK = 262_144;

/** What `node:zlib` has from Node 22.15 on. */
type CreateZstd = (options: { chunkSize: number }) => Transform;

/**
 * Unpacks a stream and keeps nothing.
 *
 * @throws UserError while it is read when the data is damaged, LimitError when it unpacks to too much.
 */
export function unpack(chunks: Chunks, packing: Exclude<Packing, "none">, name: string): Chunks {
  const meter = new Meter(name);
  const packed = meter.packed(chunks);
  if (packing === "gzip")
    return meter.unpacked(through(zlib.createGunzip({ chunkSize: CHUNK }), packed, name));
  // Cut into frames and blocks first: what is to be skipped, or asks for too much memory, is seen there.
  return meter.unpacked(eachFrame(zstdBlocks(packed, name), (frame) => unzstd(frame, name)));
}

async function* through(decoder: Transform, packed: Chunks, name: string): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed, { objectMode: false, highWaterMark: 4 * CHUNK });
  let failure: unknown = null;
  source.on("error", (error) => {
    failure = error;
    decoder.destroy(error);
  });
  source.pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (failure !== null) throw failure;
    throw error instanceof UserError || error instanceof EnvironmentError ? error : damaged(name, error);
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

/** Unpacks one frame after the other, each with a decoder of its own. */
async function* eachFrame(
  pieces: AsyncGenerator<ZstdPiece>,
  unpack: (frame: Chunks) => Chunks,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { value, done } = await pieces.next();
      if (done === true) return;
      yield* unpack(frameOf(value, pieces));
    }
  } finally {
    await pieces.return(undefined);
  }
}

async function* frameOf(begin: ZstdPiece, pieces: AsyncGenerator<ZstdPiece>): AsyncGenerator<Uint8Array> {
  yield begin.bytes;
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) return;
    yield value.bytes;
    if (value.last) return;
  }
}

async function* unzstd(frame: Chunks, name: string): AsyncGenerator<Uint8Array> {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: CreateZstd };
  if (createZstdDecompress !== undefined) {
    yield* through(createZstdDecompress({ chunkSize: CHUNK }), frame, name);
    return;
  }
  const { Decompress } = await import("fzstd");
  const out: Uint8Array[] = [];
  const decoder = new Decompress((bytes) => out.push(bytes));
  for await (const piece of frame) {
    push(decoder, piece, false, name);
    yield* out.splice(0);
  }
  push(decoder, new Uint8Array(), true, name);
  yield* out;
}

function push(
  decoder: { push(piece: Uint8Array, final: boolean): void },
  piece: Uint8Array,
  final: boolean,
  name: string,
): void {
  try {
    decoder.push(piece, final);
  } catch (error) {
    throw damaged(name, error);
  }
}
