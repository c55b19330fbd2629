import { fstatSync, writeSync } from "node:fs";
import { EnvironmentError } from "../core/errors.ts";

/**
 * Standard output or standard error. Node's own stream is opened for a terminal, whose width and colours it knows, and
 * for a reader that is too slow; loading it costs a start some milliseconds, so a file or a pipe is written to directly.
 */
export class OutputStream {
  readonly #descriptor: number;
  readonly #open: () => NodeJS.WriteStream;
  #opened: NodeJS.WriteStream | null = null;
  readonly #isDirect: boolean;

  /** `descriptor` is what `open` opens: 1 for standard output, 2 for standard error. */
  constructor(descriptor: 1 | 2, open: () => NodeJS.WriteStream) {
    this.#descriptor = descriptor;
    this.#open = open;
    this.#isDirect = isNoTerminal(descriptor);
  }

  get isTTY(): boolean {
    return !this.#isDirect && this.#stream.isTTY === true;
  }

  /** Of the terminal; 0 where there is none. */
  get columns(): number {
    return this.isTTY ? this.#stream.columns : 0;
  }

  /** Bits of the terminal's colours. */
  getColorDepth(): number {
    return this.isTTY ? this.#stream.getColorDepth() : 1;
  }

  /** Throws an `EnvironmentError` where a file can't take it. That nobody reads any more (`| head`) is no error. */
  write(text: string): void {
    const isOpen = this.#opened !== null;
    const rest = this.#isDirect && !isOpen ? writeDirectly(this.#descriptor, Buffer.from(text)) : text;
    if (rest.length > 0) this.#stream.write(rest);
  }

  /** Resolves when everything that was written has gone out. */
  async flushed(): Promise<void> {
    const stream = this.#opened;
    if (stream !== null) await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }

  get #stream(): NodeJS.WriteStream {
    if (this.#opened === null) {
      this.#opened = this.#open();
      this.#opened.on("error", ignoreClosedPipe);
    }
    return this.#opened;
  }
}

/** Linux's number for /dev/null and its like. */
const MEMORY_DEVICES = 1;

/** True where it certainly is none: loading what knows for sure is what costs. */
function isNoTerminal(descriptor: number): boolean {
  if (process.platform === "win32") return false;
  try {
    const stats = fstatSync(descriptor);
    return !stats.isCharacterDevice() || (process.platform === "linux" && stats.rdev >> 8 === MEMORY_DEVICES);
  } catch {
    return false;
  }
}

/** Writes until all is written or the reader does not keep up; answers what is left. */
function writeDirectly(descriptor: number, data: Buffer): Buffer {
  let rest = data;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    return rest;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return rest;
    // Nobody reads any more, or there is nowhere left to say that something is wrong.
    if (code === "EPIPE" || descriptor === 2) return Buffer.alloc(0);
    throw new EnvironmentError(`What trainlint prints could not be written: ${message}`, { cause: error });
  }
}

/** A reader that has seen enough (`| head`) is no error, and changes no exit code. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
