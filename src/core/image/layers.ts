import { baseName, parentOf } from "../paths.ts";
import { FolderMemo } from "./folder-memo.ts";
import type { FileEntry } from "./model.ts";

/** What is visible in an image, and what it ships that a later layer hides. */
export interface MergedLayers {
  readonly visible: Map<string, FileEntry>;
  /** Newest first; folders left out. */
  readonly hidden: FileEntry[];
}

export const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** Notes of AUFS to itself, which engines skip. */
const AUFS = ".wh..wh.";

/**
 * Puts layers on top of each other, oldest first, by the rules of the OCI image layer specification: a
 * whiteout hides its path and all below, an opaque whiteout all that lower layers have below its folder,
 * and whatever is no folder hides what was below the path. Entries whose path does not `matter` are left out;
 * all folders above one that does must matter too, and whiteouts in them.
 */
export function mergeLayers(
  layers: readonly (readonly FileEntry[])[],
  matters: (path: string) => boolean = () => true,
): MergedLayers {
  const merging = new Merging(matters);
  for (const layer of [...layers].reverse()) merging.addBelow(layer);
  return { visible: merging.visible, hidden: merging.hidden };
}

/** The layers that were put together so far, as the next older one sees them. */
class Merging {
  readonly visible = new Map<string, FileEntry>();
  readonly hidden: FileEntry[] = [];
  /** Deleted: the path and all below. */
  private readonly removed = new Set<string>();
  /** Emptied folders, and hidden files that once stood in the way: all below. */
  private readonly covered = new Set<string>();
  private readonly folders = new FolderMemo((folder) => this.hidesBelow(folder));
  private readonly matters: (path: string) => boolean;

  constructor(matters: (path: string) => boolean) {
    this.matters = matters;
  }

  addBelow(layer: readonly FileEntry[]): void {
    const removed: string[] = [];
    const covered: string[] = [];
    const hiddenHere = new Set<string>();
    // From its end: a path that is twice in one archive counts as it is the last time, as when it is unpacked.
    for (let at = layer.length - 1; at >= 0; at -= 1) {
      const entry = layer[at] as FileEntry;
      const { path } = entry;
      if (!this.matters(path)) continue;
      if (path.includes(MARK)) {
        const name = baseName(path);
        if (name === OPAQUE) covered.push(parentOf(path));
        else if (name.startsWith(WHITEOUT) && !name.startsWith(AUFS)) removed.push(deletedBy(path));
        if (name.startsWith(WHITEOUT)) continue;
      }
      const known = this.visible.get(path);
      if (known !== undefined ? known.layer === entry.layer : hiddenHere.has(path)) continue;
      if (known === undefined && !this.folders.of(path) && !this.removed.has(path)) {
        this.visible.set(path, entry);
      } else if (entry.type !== "directory") {
        this.hidden.push(entry);
        hiddenHere.add(path);
        covered.push(path);
      }
    }
    for (const path of removed) this.removed.add(path);
    for (const path of covered) this.covered.add(path);
    this.folders.forget();
  }

  /** Whether a newer layer hides all that lies below this folder. */
  private hidesBelow(folder: string): boolean {
    if (this.removed.has(folder) || this.covered.has(folder)) return true;
    const known = this.visible.get(folder);
    if (known !== undefined && known.type !== "directory") return true;
    return folder !== "/" && this.folders.of(folder);
  }
}

/** What is in the path of every whiteout, and of hardly anything else. */
const MARK = `/${WHITEOUT}`;

/** The path that a whiteout stands for. */
function deletedBy(whiteout: string): string {
  const folder = parentOf(whiteout);
  return `${folder === "/" ? "" : folder}/${baseName(whiteout).slice(WHITEOUT.length)}`;
}
