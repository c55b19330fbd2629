import { Readable } from "node:stream";
import * as zlib from "node:zlib";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { FileEntry } from "../../core/image/model.ts";
import type { Blob } from "./blob.ts";
import { readStart } from "./blobs.ts";
import { indexTar } from "./tar-file.ts";
import { readTarStream } from "./tar-stream.ts";

/** How many first bytes of a path are wanted; 0 for none. */
export type WantedHead = (path: string) => number;

/** More entries than this in one image are refused; large training images have 100,000. */
const MAX_ENTRIES = 2_000_000;

/** A layer that unpacks to more bytes than this is refused: 256 GiB, far above what SageMaker accepts. */
const MAX_UNPACKED = 256 * 1024 ** 3;

/** Bytes read of a compressed layer at a time. */
const CHUNK = 262_144;

/**
 * The entries of one layer. Its compression is told by its first bytes, never by a name; an uncompressed
 * layer's data is jumped over, a compressed one is unpacked as a stream that keeps nothing.
 *
 * @throws UserError for a damaged layer.
 */
export async function readLayer(blob: Blob, digest: string, wanted: WantedHead): Promise<FileEntry[]> {
  const unpacker = unpackerOf(await readStart(blob, 4), blob.name);
  const entries = unpacker === null ? await readPlain(blob, wanted) : await unpack(blob, unpacker, wanted);
  return entries.map((entry) => ({ ...entry, layer: digest }));
}

async function readPlain(blob: Blob, wanted: WantedHead): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const { entry, start } of indexTar(blob)) {
    const head = entry.type === "file" ? wanted(entry.path) : 0;
    const data = { ...blob, start, size: entry.size };
    entries.push(head === 0 ? entry : { ...entry, head: await readStart(data, head) });
    if (entries.length > MAX_ENTRIES) {
      throw new UserError(`${blob.name} has more than ${MAX_ENTRIES} entries.`, {
        help: "This is beyond what trainlint reads of one image.",
      });
    }
  }
  return entries;
}

async function unpack(
  blob: Blob,
  unpacker: NodeJS.ReadWriteStream,
  wanted: WantedHead,
): Promise<FileEntry[]> {
  const packed = Readable.from(chunksOf(blob));
  const unpacked = packed.on("error", (error) => unpacker.emit("error", error)).pipe(unpacker);
  try {
    return await readTarStream(Readable.from(bounded(unpacked, blob.name)), {
      name: blob.name,
      root: "/",
      head: wanted,
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${blob.name} can't be unpacked: ${(error as Error).message}.`, {
      help: "The layer is damaged or cut short; save the image again.",
      cause: error,
    });
  } finally {
    packed.destroy();
  }
}

/** Reads by position, so that several layers of one file can be read at the same time. */
async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; ) {
    const chunk = await readStart({ ...blob, start: blob.start + at, size: blob.size - at }, CHUNK);
    yield chunk;
    at += chunk.length;
  }
}

async function* bounded(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream) {
    if (typeof chunk === "string") continue;
    bytes += chunk.length;
    if (bytes > MAX_UNPACKED) {
      throw new UserError(`${name} unpacks to more than ${MAX_UNPACKED} bytes.`, {
        help: "This is beyond what trainlint reads of one layer.",
      });
    }
    yield chunk;
  }
}

function unpackerOf(start: Uint8Array, name: string): NodeJS.ReadWriteStream | null {
  const magic = [...start].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (magic.startsWith("1f8b")) return zlib.createGunzip({ chunkSize: 262_144 });
  if (magic !== "28b52ffd") return null;
  const create = (zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream }).createZstdDecompress;
  if (create === undefined) {
    throw new EnvironmentError(`${name} is compressed with zstd, which this Node can't unpack.`, {
      help: "Use Node 22.15 or later.",
    });
  }
  return create();
}
