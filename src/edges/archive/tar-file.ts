import { setImmediate } from "node:timers/promises";
import type { TarReader } from "../../core/image/tar.ts";
import { type Blob, cutShort, readInto } from "./blob.ts";

/** Bytes read at a time where headers are far from one another, and where they are close. */
const FAR = 1024;
const NEAR = 16_384;

/**
 * Headers count as close when no more than so many bytes, as a power of two, lie between most of them: copying
 * what lies between then costs less than asking for each header.
 */
const CLOSE = 13;

/** Bytes between two headers from which on it does not matter how many they are. */
const FARTHEST = 0xffffffff;

/** So many headers are read before interruptions get their turn. */
const TURN = 5000;

/** Reads the headers of an uncompressed tar by position and jumps over the data. */
export async function readTarFile(blob: Blob, reader: TarReader, signal?: AbortSignal): Promise<void> {
  const window = new Window(blob);
  let at = 0;
  for (let turn = 1; !reader.ended; turn += 1) {
    const over = at + reader.skip - blob.size;
    at += reader.skip;
    if (over >= 0 && reader.mayEnd && over <= reader.padding) return;
    const { need } = reader;
    window.show(at, need, reader.skip);
    reader.take(window.bytes, window.offset);
    at += need;
    if (turn % TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
  }
}

/** A stretch of the file in memory. */
class Window {
  bytes: Uint8Array = Buffer.allocUnsafeSlow(NEAR);
  /** Where what was asked for begins in `bytes`. */
  offset = 0;
  private readonly blob: Blob;
  private from = 0;
  private until = 0;
  /** How far headers lie from one another: a moving average of powers of two, so that few far ones count little. */
  private distance = 0;

  constructor(blob: Blob) {
    this.blob = blob;
  }

  /** Makes `bytes` hold the `length` bytes at `at`, which lie `skip` bytes behind what was shown before. */
  show(at: number, length: number, skip: number): void {
    const end = at + length;
    if (end > this.blob.size) throw cutShort(this.blob.name);
    this.distance += (32 - Math.clz32(Math.min(skip, FARTHEST)) - this.distance) / 16;
    if (at < this.from || end > this.until) {
      const size = Math.min(Math.max(this.distance < CLOSE ? NEAR : FAR, length), this.blob.size - at);
      if (size > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(size);
      readInto(this.blob, at, this.bytes, size);
      this.from = at;
      this.until = at + size;
    }
    this.offset = at - this.from;
  }
}
