import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { Gunzip } from "node:zlib";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { type Blob, cutShort } from "./blob.ts";
import { damaged, Meter } from "./meter.ts";

/** Bytes that go from the thread to the reader at a time, and how many such pieces may wait for the reader. */
const PIECE = 262_144;
const PIECES = 4;

/** State of a piece that may be filled; the thread sets 1 until the reader is done with it. */
const FREE = 0;

/** SHA-256 of a layer, in hexadecimal. */
export interface UnzippedDigests {
  /** Of the bytes as stored. */
  readonly stored: string;
  /** Of the unpacked bytes. */
  readonly unpacked: string;
}

/** What the thread is told. The memory is shared: pieces are no garbage, and there are never more of them. */
interface Order {
  readonly fd: number;
  readonly start: number;
  readonly size: number;
  /** Each piece, `PIECE` bytes. */
  readonly pieces: readonly Uint8Array[];
  /** For each piece `FREE` or 1. */
  readonly states: Int32Array;
}

/** What the thread tells. */
type Told =
  | { readonly kind: "piece"; readonly length: number; readonly packed: number }
  | ({ readonly kind: "end" } & UnzippedDigests)
  | { readonly kind: "damaged"; readonly error: Error }
  | { readonly kind: "cut short" };

/** A gzip blob that is read, hashed, unpacked and hashed again in a thread of its own. */
export class UnzipThread {
  /** Known behind the last piece. */
  digests: UnzippedDigests = { stored: "", unpacked: "" };
  private readonly blob: Blob;

  /** The blob must stay open as long as pieces are read. */
  constructor(blob: Blob) {
    this.blob = blob;
  }

  /**
   * The unpacked bytes. A piece is only good until the next one is asked for.
   *
   * @throws UserError when the data is damaged, LimitError when it unpacks to too much, EnvironmentError when the
   * disk fails or there is no thread to be had.
   */
  async *pieces(): AsyncGenerator<Uint8Array> {
    const { fd, start, size, name } = this.blob;
    const pieces = Array.from({ length: PIECES }, () => new Uint8Array(new SharedArrayBuffer(PIECE)));
    const states = new Int32Array(new SharedArrayBuffer(PIECES * Int32Array.BYTES_PER_ELEMENT));
    const order: Order = { fd, start, size, pieces, states };
    const meter = new Meter(name);
    const worker = threadFor(order);
    let at = 0;
    try {
      for await (const [message] of on(worker, "message", { close: ["exit"] })) {
        const told = message as Told;
        if (told.kind === "damaged") throw damaged(name, told.error);
        if (told.kind === "cut short") throw cutShort(name);
        if (told.kind === "end") {
          this.digests = told;
          return;
        }
        meter.see(told.packed, told.length);
        yield (pieces[at] as Uint8Array).subarray(0, told.length);
        Atomics.store(states, at, FREE);
        Atomics.notify(states, at);
        at = (at + 1) % PIECES;
      }
      throw new Error("its thread ended too early");
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new EnvironmentError(`${name} can't be unpacked: ${(error as Error).message}.`, { cause: error });
    } finally {
      await worker.terminate();
    }
  }
}

function threadFor(order: Order): Worker {
  // As text, since the bundle is one file, which has no other for the thread beside it.
  const worker = new Worker(`(${unzip})(require)`, {
    eval: true,
    workerData: order,
    execArgv: [],
    trackUnmanagedFds: false,
  });
  // What a thread still says when nobody listens any more must not end the program.
  worker.on("error", () => {});
  return worker;
}

/** What a decoder of `node:zlib` has for programs that unpack synchronously; npm itself unpacks packages with it. */
interface SyncDecoder {
  _processChunk(bytes: Uint8Array, flush: number): Uint8Array | undefined;
  _handle: { close(): void };
  removeAllListeners(event: string): void;
}

/** Whether this Node has what the thread needs, which is no documented part of it. */
export const canUnzipInThread =
  typeof (Gunzip.prototype as unknown as Partial<SyncDecoder>)._processChunk === "function";

/**
 * The whole program of the thread. Only its text gets there: it must not use anything from outside itself, nor give
 * names to functions, which development tools would call a helper for.
 *
 * The decoder's documented interface is a stream, which goes through one more thread for every piece, and whose
 * garbage takes 32 MB in each thread; here one buffer is used over and over.
 */
function unzip(load: NodeJS.Require): void {
  const { parentPort, workerData } = load("node:worker_threads") as typeof import("node:worker_threads");
  const { createHash } = load("node:crypto") as typeof import("node:crypto");
  const { readSync } = load("node:fs") as typeof import("node:fs");
  const { createGunzip, constants } = load("node:zlib") as typeof import("node:zlib");
  const { fd, start, size, pieces, states } = workerData as Order;
  const length = pieces[0]?.length as number;
  const stored = createHash("sha256");
  const unpacked = createHash("sha256");
  const decoder = createGunzip({ chunkSize: length }) as unknown as SyncDecoder;
  const handle = decoder._handle;
  // The decoder closes itself behind each call; the end of the thread does that too.
  handle.close = () => {};
  // Zeros unpack to a thousand times as much, which must not be too much at once.
  const buffer = new Uint8Array(16_384);
  let packed = 0;
  let at = 0;
  let filled = 0;
  while (packed < size) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, size - packed), start + packed);
    if (read === 0) {
      parentPort?.postMessage({ kind: "cut short" });
      return;
    }
    packed += read;
    const bytes = buffer.subarray(0, read);
    stored.update(bytes);
    let out: Uint8Array;
    try {
      decoder._handle = handle;
      const flush = packed < size ? constants.Z_NO_FLUSH : constants.Z_FINISH;
      out = decoder._processChunk(bytes, flush) ?? new Uint8Array();
      decoder.removeAllListeners("error");
    } catch (error) {
      parentPort?.postMessage({ kind: "damaged", error });
      return;
    }
    unpacked.update(out);
    for (let from = 0; from < out.length; ) {
      // A new piece: not before the reader is done with what was in it.
      if (filled === 0) Atomics.wait(states, at, 1);
      const part = out.subarray(from, from + length - filled);
      pieces[at]?.set(part, filled);
      from += part.length;
      filled += part.length;
      if (filled < length) continue;
      Atomics.store(states, at, 1);
      parentPort?.postMessage({ kind: "piece", length: filled, packed });
      at = (at + 1) % pieces.length;
      filled = 0;
    }
  }
  if (filled > 0) parentPort?.postMessage({ kind: "piece", length: filled, packed });
  const digests = { stored: stored.digest("hex"), unpacked: unpacked.digest("hex") };
  parentPort?.postMessage({ kind: "end", ...digests });
}
