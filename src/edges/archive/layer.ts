import { createHash, type Hash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import type { WantedHeads } from "../../core/image/asked.ts";
import type { FileEntry } from "../../core/image/model.ts";
import { storedBytesFor } from "../../core/image/sparse.ts";
import { type Blob, partOf, readStart } from "./blob.ts";
import { ChunkReader, type Chunks, chunksOf } from "./chunks.ts";
import { EntryCollector, type EntryCount, headOf, type LayerContents } from "./collect.ts";
import { MAGIC_LENGTH, type Packing, packingOf } from "./packing.ts";
import { readTarChunks } from "./tar-chunks.ts";
import { readTarFile } from "./tar-file.ts";
import { tarReader } from "./tar-reader.ts";
import { unpacked } from "./unpacked.ts";
import type { UnzipThread } from "./unzip-thread.ts";

/** What a layer must be, and how it is called in findings. */
export interface LayerIdentity {
  /** Digest of the unpacked layer, as the configuration lists it: the layer's name from any source. */
  readonly diffId: string;
  /** Digest of the layer as it is stored, where a manifest tells. */
  readonly blobDigest: string | null;
}

/** How a layer is read. */
export interface LayerRequest extends LayerIdentity {
  readonly count: EntryCount;
  /** First bytes to keep on the way; `null` for none. */
  readonly wanted: WantedHeads | null;
  /** Stop once so many wanted heads were seen, instead of reading and verifying the whole layer. */
  readonly enoughHeads?: number;
  /** Read and verify the whole layer, also where its data could be jumped over. */
  readonly whole?: boolean;
  readonly signal?: AbortSignal;
}

/** Packed bytes from which on a thread of its own pays: starting one takes as long as unpacking some megabytes. */
const THREAD_FROM = 8 * 1024 ** 2;

/** A layer that can be read as often as needed. */
export interface LayerSource {
  /** Bytes as stored; `null` where that is not known. */
  readonly size: number | null;
  /** Whether the data of files can be jumped over, and read afterwards by its place. */
  readonly seekable: boolean;
  read(request: LayerRequest): Promise<LayerContents>;
  /** The first bytes of one of the entries; only where the layer is seekable. */
  readHead(contents: LayerContents, entry: FileEntry, length: number): Uint8Array | null;
}

/** A layer that is a part of a file on disk. */
export class FileLayer implements LayerSource {
  readonly size: number;
  readonly seekable: boolean;
  private readonly blob: Blob;
  private readonly packing: Packing;

  constructor(blob: Blob) {
    this.blob = blob;
    this.size = blob.size;
    this.packing = packingOf(readStart(blob, MAGIC_LENGTH), blob.name);
    this.seekable = this.packing === "none";
  }

  async read(request: LayerRequest): Promise<LayerContents> {
    const { blob, packing } = this;
    const isLarge = packing === "gzip" && blob.size >= THREAD_FROM;
    const thread = isLarge && request.enoughHeads === undefined ? await threadFor(blob) : null;
    if (thread !== null) return readInThread(thread, blob, request);
    if (packing !== "none") return readStream(chunksOf(blob), blob.name, request);
    if (request.whole === true) await verifyWhole(blob, request);
    const contents = new EntryCollector(blob.name, request.count);
    await readTarFile(blob, tarReader(blob.name, contents), request.signal);
    contents.finish(request.diffId);
    return contents;
  }

  readHead(contents: LayerContents, entry: FileEntry, length: number): Uint8Array | null {
    const { at, stored, sparse } = contents.placeOf(entry);
    const bytes = sparse === null ? Math.min(length, stored) : storedBytesFor(sparse, length, stored);
    return headOf(readStart(partOf(this.blob, at, stored), bytes), sparse, length);
  }
}

/** A layer that comes from its start to its end, each time it is read. */
export class StreamLayer implements LayerSource {
  readonly size: number | null;
  readonly seekable = false;
  private readonly name: string;
  private readonly open: () => Chunks;

  constructor(name: string, size: number | null, open: () => Chunks) {
    this.name = name;
    this.size = size;
    this.open = open;
  }

  async read(request: LayerRequest): Promise<LayerContents> {
    return readStream(this.open(), this.name, request);
  }

  readHead(): null {
    return null;
  }
}

async function readStream(chunks: Chunks, name: string, request: LayerRequest): Promise<LayerContents> {
  const { enoughHeads } = request;
  if (enoughHeads !== undefined) return readHeadsAgain(chunks, name, request, enoughHeads);
  return verified(await readUnverified(chunks, name, request), request, name);
}

/** What was read of a layer, before it is known to be the right one. */
export interface UnverifiedLayer {
  readonly contents: EntryCollector;
  /** Of the bytes as stored. */
  readonly blobDigest: string;
  /** Of the unpacked bytes. */
  readonly diffId: string;
}

/** Reads a layer from its start to its end and tells its digests. */
export async function readUnverified(
  chunks: Chunks,
  name: string,
  request: Pick<LayerRequest, "count" | "wanted" | "signal">,
): Promise<UnverifiedLayer> {
  const contents = new EntryCollector(name, request.count, request.wanted);
  const { start, chunks: all } = await peek(interruptible(chunks, request.signal), MAGIC_LENGTH);
  const packing = packingOf(start, name);
  const whole = createHash("sha256");
  const stored = packing === "none" ? null : createHash("sha256");
  const bytes = unpacked(stored === null ? all : hashed(all, stored), packing, name);
  await readTarChunks(hashed(bytes, whole), tarReader(name, contents), name);
  const diffId = digestOf(whole);
  return { contents, diffId, blobDigest: stored === null ? diffId : digestOf(stored) };
}

/** A thread that unpacks this layer; `null` where Node has not what that takes. */
async function threadFor(blob: Blob): Promise<UnzipThread | null> {
  const { canUnzipInThread, UnzipThread } = await import("./unzip-thread.ts");
  return canUnzipInThread ? new UnzipThread(blob) : null;
}

async function readInThread(
  thread: UnzipThread,
  { name }: Blob,
  request: LayerRequest,
): Promise<LayerContents> {
  const contents = new EntryCollector(name, request.count, request.wanted);
  await readTarChunks(interruptible(thread.pieces(), request.signal), tarReader(name, contents), name);
  const { stored, unpacked: whole } = thread.digests;
  return verified({ contents, blobDigest: `sha256:${stored}`, diffId: `sha256:${whole}` }, request, name);
}

/** @throws UserError when it is not the layer that was asked for. */
export function verified(layer: UnverifiedLayer, wanted: LayerIdentity, name: string): LayerContents {
  if (wanted.blobDigest !== null) checkDigest(layer.blobDigest, wanted.blobDigest, name);
  checkDigest(layer.diffId, wanted.diffId, name);
  layer.contents.finish(wanted.diffId);
  return layer.contents;
}

/** Looks up first bytes in a layer that was verified before, and stops when it has them all. */
export async function readHeadsAgain(
  chunks: Chunks,
  name: string,
  request: LayerRequest,
  enough: number,
): Promise<LayerContents> {
  const contents = new EntryCollector(name, request.count, request.wanted);
  const { start, chunks: all } = await peek(interruptible(chunks, request.signal), MAGIC_LENGTH);
  const bytes = unpacked(all, packingOf(start, name), name);
  await readTarChunks(bytes, tarReader(name, contents), name, () => contents.headsRead >= enough);
  contents.finish(request.diffId);
  return contents;
}

async function verifyWhole(blob: Blob, { diffId, blobDigest }: LayerIdentity): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOf(blob)) hash.update(chunk);
  const found = digestOf(hash);
  if (blobDigest !== null) checkDigest(found, blobDigest, blob.name);
  checkDigest(found, diffId, blob.name);
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest("hex")}`;
}

/** @throws UserError when a layer is not what its manifest or configuration says. */
function checkDigest(found: string, digest: string, name: string): void {
  if (found === digest) return;
  throw new UserError(`${name} is not the layer that it should be: its digest is ${found}, not ${digest}.`, {
    help: "The image is damaged, or its layers are in the wrong order; save or push it again.",
  });
}

/** The same bytes, each passed on to the hash. */
async function* hashed(chunks: Chunks, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function* interruptible(chunks: Chunks, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

/** The first bytes, and all bytes with them. */
export async function peek(chunks: Chunks, length: number): Promise<{ start: Uint8Array; chunks: Chunks }> {
  const reader = new ChunkReader(chunks);
  const start = await reader.read(length);
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield start;
      yield* reader.take(Number.POSITIVE_INFINITY, () => {});
    } finally {
      await reader.close();
    }
  }
  return { start, chunks: all() };
}
