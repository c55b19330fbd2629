import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { RunOutput } from "../../core/run/transcript.ts";

/** Who is told what comes in. */
export interface OutputListener {
  readonly onBytes: () => void;
  readonly onLine: (line: string) => void;
}

/** Keeps the end of a stream, bounded, however much the container prints; counts what it printed in all. */
export class OutputTail extends Writable {
  readonly #lines: string[] = [];
  readonly #decoder = new StringDecoder("utf8");
  readonly #maxLines: number;
  readonly #maxBytes: number;
  readonly #listener: OutputListener;
  #rest = "";
  #size = 0;
  #bytes = 0;
  #bytesAtStop: number | null = null;

  constructor(maxLines: number, maxBytes: number, listener: OutputListener) {
    super();
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
    this.#listener = listener;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#bytes += chunk.length;
    this.#listener.onBytes();
    const parts = (this.#rest + this.#decoder.write(chunk)).split("\n");
    // A line without an end is kept up to the bound: its beginning says more than its end.
    this.#rest = (parts.pop() ?? "").slice(0, this.#maxBytes);
    for (const line of parts) this.#push(line.replace(/\r$/, ""));
    done();
  }

  #push(line: string): void {
    const kept = line.slice(0, this.#maxBytes);
    this.#lines.push(kept);
    this.#size += kept.length;
    while (this.#lines.length > this.#maxLines || this.#size > this.#maxBytes) {
      this.#size -= this.#lines.shift()?.length ?? 0;
      if (this.#lines.length === 0) break;
    }
    this.#listener.onLine(kept);
  }

  /** From here on bytes count as printed after SIGTERM. */
  markStop(): void {
    this.#bytesAtStop = this.#bytes;
  }

  /** Whether what is kept has a line that matches. */
  says(pattern: RegExp): boolean {
    return this.#lines.some((line) => pattern.test(line)) || pattern.test(this.#rest);
  }

  result(): RunOutput {
    const rest = this.#rest === "" ? [] : [this.#rest];
    return {
      tail: [...this.#lines, ...rest].slice(-this.#maxLines),
      bytes: this.#bytes,
      bytesAfterStop: this.#bytesAtStop === null ? 0 : this.#bytes - this.#bytesAtStop,
    };
  }
}
