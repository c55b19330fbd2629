import { setImmediate } from "node:timers/promises";
import type { TarReader } from "../../core/image/tar.ts";
import { type Blob, cutShort, readInto } from "./blob.ts";

/** Bytes read where the next header is far away, and where the headers are close together. */
const FAR = 1024;
const NEAR = 65_536;

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
    reader.take(window.read(at, reader.need));
    at = window.end;
    if (turn % TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
  }
}

class Window {
  /** Where what was read last ends, from the start of the blob. */
  end = 0;
  private readonly blob: Blob;
  private readonly buffer = Buffer.allocUnsafe(NEAR);
  private from = 0;
  private until = 0;

  constructor(blob: Blob) {
    this.blob = blob;
  }

  /** `length` bytes at `at`; good until the next read. */
  read(at: number, length: number): Uint8Array {
    this.end = at + length;
    if (this.end > this.blob.size) throw cutShort(this.blob.name);
    if (length > NEAR) {
      const bytes = Buffer.allocUnsafe(length);
      readInto(this.blob, at, bytes);
      return bytes;
    }
    if (at < this.from || this.end > this.until) {
      const isNear = at < this.until + NEAR / 4;
      const size = Math.min(Math.max(isNear ? NEAR : FAR, length), this.blob.size - at);
      readInto(this.blob, at, this.buffer.subarray(0, size));
      this.from = at;
      this.until = at + size;
    }
    return this.buffer.subarray(at - this.from, this.end - this.from);
  }
}
