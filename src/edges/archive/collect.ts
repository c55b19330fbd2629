import type { WantedHeads } from "../../core/image/asked.ts";
import { fileEntry, resolveHardLinks } from "../../core/image/entry.ts";
import { LIMITS, LimitError } from "../../core/image/limits.ts";
import type { FileEntry } from "../../core/image/model.ts";
import { type Sparse, storedBytesFor, unfoldSparse } from "../../core/image/sparse.ts";
import type { TarEntry, TarVisitor } from "../../core/image/tar.ts";

/** How many entries the layers of one image have had so far. */
export class EntryCount {
  private count = 0;

  /** @throws LimitError when there are too many. */
  add(archive: string): void {
    this.count += 1;
    if (this.count > LIMITS.entries.value) throw new LimitError("entries", `${archive} has more entries`);
  }
}

/** Where the data of an entry lies in its layer. */
export interface DataPlace {
  /** Bytes from the start of the unpacked layer. */
  readonly at: number;
  readonly stored: number;
  readonly sparse: Sparse | null;
}

/** What a layer was found to hold. */
export interface LayerContents {
  readonly entries: readonly FileEntry[];
  /** The place of the data of one of the entries; of an entry that has none, nothing useful. */
  placeOf(entry: FileEntry): DataPlace;
}

/** Takes the entries of one layer or archive, and the first bytes of those that are wanted. */
export class EntryCollector implements TarVisitor, LayerContents {
  readonly entries: FileEntry[] = [];
  /** Wanted files whose first bytes have been read. */
  headsRead = 0;

  private readonly name: string;
  private readonly count: EntryCount;
  private readonly root: string;
  private readonly wanted: WantedHeads | null;
  private readonly places: number[] = [];
  /** How much is wanted of the entry whose head comes next. */
  private length = 0;
  private readonly sparse = new Map<number, { readonly sparse: Sparse; readonly stored: number }>();

  /** `root` is the folder of the image that the archive's names are relative to. */
  constructor(name: string, count: EntryCount, wanted: WantedHeads | null = null, root = "/") {
    this.name = name;
    this.count = count;
    this.wanted = wanted;
    this.root = root;
  }

  entry(found: TarEntry, dataAt: number): number {
    // Kinds of entry that tar does not define, such as the name of a volume: not files of the image.
    if (found.type === "other") return 0;
    this.count.add(this.name);
    const entry = fileEntry(found, this.root, null, this.name);
    const at = this.entries.push(entry) - 1;
    this.places.push(dataAt);
    if (found.sparse !== null) this.sparse.set(at, { sparse: found.sparse, stored: found.stored });
    if (this.wanted === null) return 0;
    if (entry.type === "symlink") this.wanted.seeLink(entry);
    const length = entry.type === "file" ? this.wanted.lengthFor(entry.path) : 0;
    if (length === 0) return 0;
    this.length = length;
    const stored = found.sparse === null ? length : storedBytesFor(found.sparse, length, found.stored);
    if (Math.min(stored, found.stored) === 0) this.head(new Uint8Array());
    return stored;
  }

  head(bytes: Uint8Array): void {
    const at = this.entries.length - 1;
    const entry = this.entries[at] as FileEntry;
    const sparse = this.sparse.get(at)?.sparse;
    this.entries[at] = { ...entry, head: headOf(bytes, sparse ?? null, this.length) };
    this.headsRead += 1;
  }

  /** The archive has ended: its entries belong to this layer, and hard links can be told. */
  finish(layer: string | null): void {
    for (const entry of this.entries) (entry as { layer: string | null }).layer = layer;
    resolveHardLinks(this.entries, this.name, (link, target) => {
      this.places[link] = this.places[target] ?? 0;
      const sparse = this.sparse.get(target);
      if (sparse !== undefined) this.sparse.set(link, sparse);
    });
  }

  placeOf(entry: FileEntry): DataPlace {
    const at = this.entries.indexOf(entry);
    const sparse = this.sparse.get(at);
    return { at: this.places[at] ?? 0, stored: sparse?.stored ?? entry.size, sparse: sparse?.sparse ?? null };
  }
}

/** The first bytes of a file, copied, of its first stored bytes. */
export function headOf(stored: Uint8Array, sparse: Sparse | null, length: number): Uint8Array | null {
  return sparse === null ? stored.slice(0, length) : unfoldSparse(sparse, stored, length);
}
