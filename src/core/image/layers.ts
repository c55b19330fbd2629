import { baseName, parentOf } from "../paths.ts";
import type { FileEntry } from "./model.ts";

/** What is visible in an image, and what it ships that a later layer hides. */
export interface MergedLayers {
  readonly visible: Map<string, FileEntry>;
  /** Newest first; folders left out. */
  readonly hidden: FileEntry[];
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** Notes of AUFS to itself, which engines skip. */
const AUFS = ".wh..wh.";

/**
 * Puts layers on top of each other, oldest first, by the rules of the OCI image layer specification: a
 * whiteout hides its path and all below, an opaque whiteout all that lower layers have below its folder,
 * and whatever is no folder hides what was below the path.
 */
export function mergeLayers(layers: readonly (readonly FileEntry[])[]): MergedLayers {
  const visible = new Map<string, FileEntry>();
  const hidden: FileEntry[] = [];
  const above = new Claims();
  for (const layer of [...layers].reverse()) {
    const claims = mergeLayer(layer, above, visible, hidden);
    above.add(claims);
  }
  return { visible, hidden };
}

/** What newer layers say about the paths of older ones. */
class Claims {
  /** Deleted: the path and all below. */
  readonly removed = new Set<string>();
  /** Something else stands there, or the folder was emptied: all below. */
  readonly covered = new Set<string>();
  /** Whether what lies in a folder is hidden; the folders of one layer are asked again and again. */
  private known = new Map<string, boolean>();

  add(claims: { readonly removed: readonly string[]; readonly covered: readonly string[] }): void {
    for (const path of claims.removed) this.removed.add(path);
    for (const path of claims.covered) this.covered.add(path);
    this.known = new Map();
  }

  hide(path: string): boolean {
    return this.removed.has(path) || this.hidesIn(parentOf(path));
  }

  private hidesIn(folder: string): boolean {
    const known = this.known.get(folder);
    if (known !== undefined) return known;
    const hidden =
      this.removed.has(folder) ||
      this.covered.has(folder) ||
      (folder !== "/" && this.hidesIn(parentOf(folder)));
    this.known.set(folder, hidden);
    return hidden;
  }
}

function mergeLayer(
  layer: readonly FileEntry[],
  above: Claims,
  visible: Map<string, FileEntry>,
  hidden: FileEntry[],
): { removed: string[]; covered: string[] } {
  const removed: string[] = [];
  const covered: string[] = [];
  const hiddenHere = new Set<string>();
  // From its end: a path that is twice in one archive counts as it is the last time, as when it is unpacked.
  for (let at = layer.length - 1; at >= 0; at -= 1) {
    const entry = layer[at] as FileEntry;
    const { path } = entry;
    const name = baseName(path);
    if (name.startsWith(WHITEOUT)) {
      const folder = parentOf(path);
      if (name === OPAQUE) covered.push(folder);
      else if (!name.startsWith(AUFS))
        removed.push(`${folder === "/" ? "" : folder}/${name.slice(WHITEOUT.length)}`);
      continue;
    }
    if (entry.type !== "directory") covered.push(path);
    const known = visible.get(path);
    if (known !== undefined ? known.layer === entry.layer : hiddenHere.has(path)) continue;
    if (known === undefined && !above.hide(path)) visible.set(path, entry);
    else if (entry.type !== "directory") {
      hidden.push(entry);
      hiddenHere.add(path);
    }
  }
  return { removed, covered };
}
