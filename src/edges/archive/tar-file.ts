import { UserError } from "../../core/errors.ts";
import type { FileEntry } from "../../core/image/model.ts";
import { TAR_BLOCK, TarReader } from "../../core/image/tar.ts";
import type { Blob } from "./blob.ts";
import { entryOf, padding } from "./tar-stream.ts";

/** One entry of a tar file and where its data starts, in bytes from the start of the file. */
export interface PlacedEntry {
  readonly entry: FileEntry;
  readonly path: string;
  readonly start: number;
}

/** Bytes read at a time: many small files lie in one window, and a large file's data is jumped over. */
const WINDOW = 65_536;

/** The entries of an uncompressed tar, by reading its headers and jumping over the data. */
export async function* indexTar(blob: Blob): AsyncGenerator<PlacedEntry> {
  const reader = new TarReader(blob.name);
  const window = new Window(blob);
  let at = 0;
  while (at < blob.size) {
    const header = reader.header(await window.read(at, TAR_BLOCK));
    if (header === null) return;
    at += TAR_BLOCK;
    if (at + header.size > blob.size) throw cutShort(blob);
    if ("extension" in header) reader.extend(header.extension, await window.read(at, header.size));
    else if (header.type !== "other") {
      const entry = entryOf(header, "/", null);
      yield { entry, path: entry.path, start: blob.start + at };
    }
    at += header.size + padding(header.size);
  }
}

class Window {
  private readonly blob: Blob;
  private bytes: Uint8Array = new Uint8Array();
  private from = 0;

  constructor(blob: Blob) {
    this.blob = blob;
  }

  /** `length` bytes at `at`, counted from the start of the blob. */
  async read(at: number, length: number): Promise<Uint8Array> {
    if (at + length > this.blob.size) throw cutShort(this.blob);
    if (at < this.from || at + length > this.from + this.bytes.length) {
      const wanted = new Uint8Array(Math.min(Math.max(WINDOW, length), this.blob.size - at));
      const { bytesRead } = await this.blob.file.read(wanted, 0, wanted.length, this.blob.start + at);
      if (bytesRead < length) throw cutShort(this.blob);
      this.bytes = wanted.subarray(0, bytesRead);
      this.from = at;
    }
    return this.bytes.subarray(at - this.from, at - this.from + length);
  }
}

function cutShort(blob: Blob): UserError {
  return new UserError(`${blob.name} ends in the middle of an entry.`, {
    help: "The archive is cut short; save the image again.",
  });
}
