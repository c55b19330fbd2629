import { availableParallelism } from "node:os";
import { pickAsked, WantedHeads } from "../../core/image/asked.ts";
import type { FileEntry, FileIndex, FileQuery } from "../../core/image/model.ts";
import { combined, MAX_ROUNDS } from "../../core/image/needs.ts";
import { EntryCount, type LayerContents } from "./collect.ts";
import type { LayerIdentity, LayerSource } from "./layer.ts";

/** A layer and what it must be. */
export interface Layer extends LayerIdentity {
  readonly source: LayerSource;
}

/** How layers are read. */
export interface ReadLayersOptions {
  readonly signal?: AbortSignal;
  /** Layers that are read at the same time. */
  readonly parallel?: number;
  /** Called whenever a layer was read. */
  readonly progress?: (read: number, layers: number) => void;
}

/**
 * Uncompressed layers whose digests are verified, in bytes for the whole image, smallest first: reading what
 * could be jumped over must not cost more than a blink.
 */
const VERIFIED_ANYWAY = 16 * 1024 ** 2;

/** What to look at next on the strength of what was read; empty when that is all. */
export type NextQueries = (index: FileIndex) => readonly FileQuery[];

/** Reads all layers, oldest first, and answers what the queries ask of the image, and what they lead on to. */
export async function readLayers(
  layers: readonly Layer[],
  first: readonly FileQuery[],
  next: NextQueries,
  options: ReadLayersOptions = {},
): Promise<FileIndex> {
  const nothing: FileIndex = { visible: new Map(), hidden: [], asked: [] };
  if (first.length === 0) return nothing;
  const wanted = new WantedHeads(first);
  const contents = await readContents(layers, wanted, options, (read) =>
    lookAhead(read, first, next, wanted),
  );
  const entries = contents.map((layer) => layer.entries);
  let index = nothing;
  let queries = first;
  for (let round = 0; queries.length > 0 && round < MAX_ROUNDS; round += 1) {
    const picked = pickAsked(entries, combined([...index.asked, ...queries]));
    await readHeads(picked.heads, layers, contents, options);
    index = picked.index;
    queries = next(index);
  }
  return index;
}

/** How often what is known of an image so far may lead on. */
const LOOK_AHEAD_ROUNDS = 3;

/**
 * What the newer layers already tell will be wanted of the older ones: a script at the top names an interpreter
 * further down. Layers that only go from start to end then need not be read once more for it.
 */
function lookAhead(
  read: readonly LayerContents[],
  first: readonly FileQuery[],
  next: NextQueries,
  wanted: WantedHeads,
): void {
  const entries = read.map((layer) => layer.entries);
  let asked = first;
  for (let round = 0; round < LOOK_AHEAD_ROUNDS; round += 1) {
    const { index } = pickAsked(entries, asked);
    const more = next(index);
    wanted.add(more);
    for (const entry of index.visible.values()) if (entry.type === "symlink") wanted.seeLink(entry);
    if (more.length === 0) return;
    asked = combined([...asked, ...more]);
  }
}

/** The entries of each layer, for whoever wants no first bytes. */
export async function readNames(
  layers: readonly Layer[],
  options: ReadLayersOptions = {},
): Promise<readonly FileEntry[][]> {
  const contents = await readContents(layers, null, options);
  return contents.map(({ entries }) => [...entries]);
}

/** `seen` is told what was read so far whenever a layer that only goes from start to end was read. */
async function readContents(
  layers: readonly Layer[],
  wanted: WantedHeads | null,
  options: ReadLayersOptions,
  seen: (read: readonly LayerContents[]) => void = () => {},
): Promise<LayerContents[]> {
  const count = new EntryCount();
  const whole = verifiedAnyway(layers);
  const contents: LayerContents[] = [];
  let read = 0;
  // Newest first: what was built last tells most about what the rules want to know.
  const positions = [...layers.keys()].reverse();
  await eachLimited(positions, parallel(options), options.signal, async (position, signal) => {
    const layer = layers[position] as Layer;
    const { source, diffId, blobDigest } = layer;
    contents[position] = await source.read({
      diffId,
      blobDigest,
      count,
      wanted,
      whole: whole.has(layer),
      signal,
    });
    read += 1;
    options.progress?.(read, layers.length);
    if (!source.seekable && read < layers.length) seen(contents.filter(Boolean));
  });
  return contents;
}

function verifiedAnyway(layers: readonly Layer[]): Set<Layer> {
  const chosen = new Set<Layer>();
  let left = VERIFIED_ANYWAY;
  for (const layer of [...layers].sort((a, b) => (a.source.size ?? 0) - (b.source.size ?? 0))) {
    left -= layer.source.size ?? 0;
    if (left < 0) break;
    chosen.add(layer);
  }
  return chosen;
}

/** Adds the first bytes that are still missing: by their place, or by reading a layer once more. */
async function readHeads(
  heads: ReadonlyMap<FileEntry, number>,
  layers: readonly Layer[],
  contents: readonly LayerContents[],
  options: ReadLayersOptions,
): Promise<void> {
  const positions = new Map(layers.map(({ diffId }, position) => [diffId, position]));
  const again = new Map<number, Map<FileEntry, number>>();
  for (const [entry, length] of heads) {
    const position = positions.get(entry.layer ?? "");
    if (position === undefined || isWhole(entry, length)) continue;
    const { source } = layers[position] as Layer;
    if (source.seekable) setHead(entry, source.readHead(contents[position] as LayerContents, entry, length));
    else again.set(position, (again.get(position) ?? new Map<FileEntry, number>()).set(entry, length));
  }
  await eachLimited([...again], parallel(options), options.signal, ([position, files], signal) =>
    readHeadsOfLayer(layers[position] as Layer, files, signal),
  );
}

async function readHeadsOfLayer(
  { source, diffId, blobDigest }: Layer,
  files: ReadonlyMap<FileEntry, number>,
  signal: AbortSignal,
): Promise<void> {
  // A hard link has no data of its own: what is read is the file that it stands for.
  const dataPath = (entry: FileEntry): string => entry.linkTarget ?? entry.path;
  const queries = [...files].map(
    ([entry, head]): FileQuery => ({ kind: "path", path: dataPath(entry), head }),
  );
  const { entries } = await source.read({
    diffId,
    blobDigest,
    count: new EntryCount(),
    wanted: new WantedHeads(queries),
    enoughHeads: new Set(queries.map(({ path }) => path)).size,
    signal,
  });
  const found = new Map(entries.map((entry) => [entry.path, entry.head]));
  for (const [entry] of files) setHead(entry, found.get(dataPath(entry)) ?? null);
}

/** Entries are made here and nobody else has them yet, so they may still change. */
function setHead(entry: FileEntry, head: Uint8Array | null): void {
  if (head !== null) (entry as { head: Uint8Array | null }).head = head;
}

function isWhole(entry: FileEntry, length: number): boolean {
  return entry.head !== null && entry.head.length >= Math.min(length, entry.size);
}

/** Decoders work in threads of their own; more than there are processors only take memory. */
function parallel(options: ReadLayersOptions): number {
  return options.parallel ?? Math.min(4, availableParallelism());
}

/**
 * Does `work` for every item, some at the same time. The first failure stops the others, and is thrown when all
 * have ended.
 */
async function eachLimited<T>(
  items: readonly T[],
  limit: number,
  outer: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const stop = new AbortController();
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      const at = next++;
      try {
        await work(items[at] as T, signal);
      } catch (error) {
        failures.push(error);
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  outer?.throwIfAborted();
}
