import { read } from "node:fs";
import { promisify } from "node:util";
import type { Blob } from "./blob.ts";
import { cutShort } from "./blob.ts";

/** Bytes as they come, one piece after the other. */
export type Chunks = AsyncIterable<Uint8Array>;

const readAsync = promisify(read);

/** Bytes read of a file at a time. */
const CHUNK = 524_288;

/** The bytes of a blob. Reads by position, so that several blobs of one file can be read at the same time. */
export async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; ) {
    const bytes = new Uint8Array(Math.min(CHUNK, blob.size - at));
    const { bytesRead } = await readAsync(blob.fd, bytes, 0, bytes.length, blob.start + at);
    if (bytesRead === 0) throw cutShort(blob.name);
    yield bytes.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Takes exact amounts from pieces that come as they like. */
export class ChunkReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private current: Uint8Array = new Uint8Array();

  constructor(chunks: Chunks) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** `length` bytes, or less at the end. */
  async read(length: number): Promise<Uint8Array> {
    if (this.current.length >= length) return this.cut(length);
    const result = new Uint8Array(length);
    let filled = 0;
    for (;;) {
      const part = this.cut(Math.min(length - filled, this.current.length));
      result.set(part, filled);
      filled += part.length;
      if (filled === length) return result;
      if (!(await this.next())) return result.subarray(0, filled);
    }
  }

  /** Jumps over `length` bytes; answers how many were not there. */
  async skip(length: number): Promise<number> {
    let left = length;
    for (;;) {
      left -= this.cut(Math.min(left, this.current.length)).length;
      if (left === 0 || !(await this.next())) return left;
    }
  }

  /** The next `length` bytes, as they come; whoever stops early must `skip` the rest. */
  async *take(length: number, taken: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0 && (this.current.length > 0 || (await this.next()))) {
      const part = this.cut(Math.min(left, this.current.length));
      left -= part.length;
      taken(part.length);
      yield part;
    }
  }

  /** Lets go of where the bytes come from. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private cut(length: number): Uint8Array {
    const part = this.current.subarray(0, length);
    this.current = this.current.subarray(length);
    return part;
  }

  private async next(): Promise<boolean> {
    const result = await this.chunks.next();
    if (result.done === true) return false;
    this.current = result.value;
    return true;
  }
}
