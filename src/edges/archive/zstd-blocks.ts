import { UserError } from "../../core/errors.ts";
import { LIMITS, LimitError } from "../../core/image/limits.ts";
import { ChunkReader, type Chunks } from "./chunks.ts";

/** A piece of a zstd stream that unpacks to one block (128 KiB) at most; `last` ends a frame. */
export interface ZstdPiece {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

const MAGIC = 0xfd2fb528;

/** Bytes of the window descriptor, the dictionary id and the content size, by the descriptor's bits. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_BYTES = [0, 2, 4, 8] as const;

const RLE = 1;
const RESERVED = 3;

/** What follows a frame that ends in a checksum. */
const CHECKSUM_BYTES = 4;

/**
 * Cuts a zstd stream into its blocks, so that a decoder can be given one at a time and never has more than one
 * block's output in memory. Frames to skip are left out.
 * Source: RFC 8878, section 3.1.
 *
 * @throws UserError when the stream is damaged, LimitError when it asks for too much memory.
 */
export async function* zstdBlocks(chunks: Chunks, name: string): AsyncGenerator<ZstdPiece> {
  const reader = new ChunkReader(chunks);
  try {
    for (;;) {
      const magic = await reader.read(4);
      if (magic.length === 0) return;
      const value = numberAt(magic, 0, 4);
      if ((value & 0xfffffff0) >>> 0 === 0x184d2a50) {
        const size = numberAt(await exactly(reader, 4, name), 0, 4);
        if ((await reader.skip(size)) > 0) throw damaged(name);
      } else if (value === MAGIC && magic.length === 4) yield* frame(reader, magic, name);
      else throw damaged(name);
    }
  } finally {
    await reader.close();
  }
}

async function* frame(reader: ChunkReader, magic: Uint8Array, name: string): AsyncGenerator<ZstdPiece> {
  const header = await frameHeader(reader, name);
  yield { bytes: joined(magic, header.bytes), last: false };
  for (;;) {
    const blockHeader = await exactly(reader, 3, name);
    const bits = numberAt(blockHeader, 0, 3);
    const type = (bits >> 1) & 3;
    if (type === RESERVED) throw damaged(name);
    const data = await exactly(reader, type === RLE ? 1 : bits >> 3, name);
    const isLast = (bits & 1) === 1;
    const end = isLast && header.hasChecksum ? await exactly(reader, CHECKSUM_BYTES, name) : new Uint8Array();
    yield { bytes: joined(blockHeader, data, end), last: isLast };
    if (isLast) return;
  }
}

async function frameHeader(
  reader: ChunkReader,
  name: string,
): Promise<{ readonly bytes: Uint8Array; readonly hasChecksum: boolean }> {
  const descriptor = await exactly(reader, 1, name);
  const bits = descriptor[0] ?? 0;
  const isSingle = (bits & 0x20) !== 0;
  const dictionary = DICTIONARY_BYTES[bits & 3] ?? 0;
  const content = CONTENT_BYTES[bits >> 6] || (isSingle ? 1 : 0);
  const rest = await exactly(reader, (isSingle ? 0 : 1) + dictionary + content, name);
  const window = isSingle
    ? numberAt(rest, dictionary, content) + (content === 2 ? 256 : 0)
    : windowOf(rest[0] ?? 0);
  if (window > LIMITS["zstd-window"].value) {
    throw new LimitError("zstd-window", `${name} asks for a window of ${window} bytes`);
  }
  return { bytes: joined(descriptor, rest), hasChecksum: (bits & 4) !== 0 };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

async function exactly(reader: ChunkReader, length: number, name: string): Promise<Uint8Array> {
  const bytes = await reader.read(length);
  if (bytes.length < length) throw damaged(name);
  return bytes;
}

/** A little-endian number. */
function numberAt(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let at = Math.min(start + length, bytes.length) - 1; at >= start; at -= 1) {
    value = value * 256 + (bytes[at] ?? 0);
  }
  return value;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function damaged(name: string): UserError {
  return new UserError(`${name} can't be unpacked: its zstd data is damaged or cut short.`, {
    help: "Save the image again.",
  });
}
