import { execFile } from "node:child_process";
import { constants, createReadStream, openSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { pause } from "./clock.ts";
import type { SmokeChannel, SmokeOptions } from "./options.ts";
import { ownedFolder } from "./owner.ts";

/** How often it is tried whether somebody reads a FIFO; seconds. */
const READER_EVERY = 0.02;

/**
 * The channels in Pipe mode: a folder with FIFOs `CHANNEL_0`, `CHANNEL_1`, ..., each of which gives the content of
 * all files of the channel, one behind the other. The next one is there once the one before has found a reader.
 * The folder is the run's own and lies on this machine, so the engine must, too.
 */
export class Pipes {
  readonly folder: string;
  readonly #channels: readonly SmokeChannel[];
  readonly #closed = new AbortController();
  readonly #remove: () => Promise<void>;
  #feeds: readonly Promise<void>[] = [];

  private constructor(
    folder: { readonly path: string; readonly remove: () => Promise<void> },
    channels: readonly SmokeChannel[],
  ) {
    this.folder = folder.path;
    this.#remove = folder.remove;
    this.#channels = channels;
  }

  /**
   * `null` when no channel is in Pipe mode.
   * @throws UserError when the engine is not on this machine.
   */
  static async prepare({ channels = [], engine }: SmokeOptions): Promise<Pipes | null> {
    const piped = channels.filter(({ inputMode }) => inputMode === "Pipe");
    const first = piped[0];
    if (first === undefined) return null;
    if (process.platform !== "linux" || !engine.address.startsWith("unix:")) {
      throw new UserError(
        `The channel "${first.name}" has the input mode Pipe, which takes an engine on this machine.`,
        { help: "Run it on Linux with a local engine, or with the mode File or FastFile." },
      );
    }
    // The other channels are mounted into the folder, which takes a place for each.
    const others = channels.filter((channel) => !piped.includes(channel)).map(({ name }) => name);
    const folder = await ownedFolder(others);
    const pipes = new Pipes(folder, piped);
    try {
      for (const { name } of piped) await makeFifo(join(folder.path, `${name}_0`));
    } catch (error) {
      await folder.remove();
      throw error;
    }
    pipes.#feeds = piped.map((channel) => pipes.#feed(channel).catch(() => undefined));
    return pipes;
  }

  /** Ends the feeding and removes the folder. */
  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#feeds);
    await this.#remove();
  }

  get names(): readonly string[] {
    return this.#channels.map(({ name }) => name);
  }

  async #feed({ name, directory }: SmokeChannel): Promise<void> {
    const { signal } = this.#closed;
    for (let epoch = 0; !signal.aborted; epoch += 1) {
      const writer = await openForReader(join(this.folder, `${name}_${epoch}`), signal);
      if (writer === null) return;
      await makeFifo(join(this.folder, `${name}_${epoch + 1}`));
      // A reader that has had enough closes its end; that ends the epoch and is no fault.
      await pipeline(Readable.from(contentOf(directory)), writer, { signal }).catch(() => undefined);
    }
  }
}

async function makeFifo(path: string): Promise<void> {
  try {
    await promisify(execFile)("mkfifo", ["-m", "644", path]);
  } catch (cause) {
    throw new EnvironmentError(`A FIFO for a channel in Pipe mode can't be made: ${String(cause)}`, {
      cause,
    });
  }
}

/** A stream into the FIFO, as soon as somebody reads it; `null` when the run ends before. */
async function openForReader(path: string, signal: AbortSignal): Promise<Socket | null> {
  while (!signal.aborted) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return new Socket({ fd, readable: false, writable: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      await pause(READER_EVERY, signal);
    }
  }
  return null;
}

/** The bytes of all files at or below `path`, in the order of their names. */
async function* contentOf(path: string): AsyncGenerator<Buffer> {
  const kind = await stat(path);
  if (kind.isDirectory()) {
    for (const name of (await readdir(path)).toSorted()) yield* contentOf(join(path, name));
  } else if (kind.isFile()) yield* createReadStream(path) as AsyncIterable<Buffer>;
}
