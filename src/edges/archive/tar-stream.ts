import type { Readable } from "node:stream";
import { UserError } from "../../core/errors.ts";
import type { FileEntry } from "../../core/image/model.ts";
import { TAR_BLOCK, type TarEntry, TarReader } from "../../core/image/tar.ts";
import { absolutePath } from "../../core/paths.ts";

/** An image with more entries in the folders asked for is refused; large training images have 100,000. */
const MAX_ENTRIES = 2_000_000;

/**
 * The entries of a tar stream. Data is skipped but for the first `head` bytes of each file, given as one number or by path.
 * `firstOnly` leaves everything behind the first header unread. `root` is the folder of the image that the archive's names are relative to.
 *
 * @throws UserError for an archive that is damaged or beyond the bounds.
 */
export async function readTarStream(
  stream: Readable,
  options: {
    name: string;
    root: string;
    head: number | ((path: string) => number);
    firstOnly?: boolean;
  },
): Promise<FileEntry[]> {
  const bytes = new ByteReader(stream, options.name);
  const reader = new TarReader(options.name);
  const entries: FileEntry[] = [];
  for (;;) {
    const block = await bytes.read(TAR_BLOCK);
    const header = block === null ? null : reader.header(block);
    if (header === null) break;
    if ("extension" in header) {
      reader.extend(header.extension, (await bytes.read(header.size)) ?? new Uint8Array());
      await bytes.skip(padding(header.size));
      continue;
    }
    const wanted =
      typeof options.head === "number"
        ? options.head
        : options.head(absolutePath(options.root, header.name.replace(/^\/+/, "")));
    const take = header.type === "file" ? Math.min(header.size, wanted) : 0;
    const head = take === 0 ? null : await bytes.read(take);
    if (header.type !== "other") {
      entries.push(entryOf(header, options.root, wanted > 0 ? (head ?? new Uint8Array()) : null));
    }
    if (options.firstOnly === true) break;
    await bytes.skip(header.size - take + padding(header.size));
    if (entries.length > MAX_ENTRIES) {
      throw new UserError(`${options.name} has more than ${MAX_ENTRIES} entries.`, {
        help: "This is beyond what trainlint reads of one image.",
      });
    }
  }
  stream.destroy();
  return entries;
}

/** Bytes between the end of an entry's data and the next header. */
export function padding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

/** The entry of an image, with `root` as the folder that the archive's names are relative to. */
export function entryOf(header: TarEntry, root: string, head: Uint8Array | null): FileEntry {
  const type = header.type === "other" ? "file" : header.type;
  const link = header.linkName;
  return {
    path: absolutePath(root, header.name.replace(/^\/+/, "")),
    type,
    size: header.size,
    mode: header.mode,
    uid: header.uid,
    gid: header.gid,
    linkTarget: link === null ? null : type === "hardlink" ? absolutePath(root, link) : link,
    layer: null,
    head: type === "file" ? head : null,
  };
}

/** Reads exact amounts from a stream and skips without keeping. */
class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly name: string;
  private current: Uint8Array = new Uint8Array();

  constructor(stream: Readable, name: string) {
    this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.name = name;
  }

  /** `length` bytes, or `null` when the stream has ended before the first of them. */
  async read(length: number): Promise<Uint8Array | null> {
    const result = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.current.length === 0 && !(await this.next())) {
        if (filled === 0) return null;
        throw this.truncated();
      }
      const part = this.current.subarray(0, length - filled);
      result.set(part, filled);
      filled += part.length;
      this.current = this.current.subarray(part.length);
    }
    return result;
  }

  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      if (this.current.length === 0 && !(await this.next())) throw this.truncated();
      const part = Math.min(left, this.current.length);
      this.current = this.current.subarray(part);
      left -= part;
    }
  }

  private async next(): Promise<boolean> {
    const result = await this.chunks.next();
    if (result.done === true) return false;
    this.current = result.value;
    return true;
  }

  private truncated(): UserError {
    return new UserError(`${this.name} ends in the middle of an entry.`, {
      help: "The archive is cut short; write it again.",
    });
  }
}
