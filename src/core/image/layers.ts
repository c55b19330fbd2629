import { baseName, parentOf } from "../paths.ts";
import type { FileEntry } from "./model.ts";

/** What is visible in an image, and what it ships that a later layer hides. */
export interface MergedLayers {
  readonly visible: Map<string, FileEntry>;
  /** Newest first. */
  readonly hidden: FileEntry[];
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * Puts layers on top of each other, oldest first, by the rules of the OCI image layer specification: a
 * whiteout hides its path and all below, an opaque whiteout all that lower layers have below its folder,
 * and whatever is no folder hides what was below the path.
 */
export function mergeLayers(layers: readonly (readonly FileEntry[])[]): MergedLayers {
  const visible = new Map<string, FileEntry>();
  const hidden: FileEntry[] = [];
  /** Paths that some layer claimed from newer layers' point of view: what lower layers have there is hidden. */
  const removed = new Set<string>();
  const covered = new Set<string>();
  for (const layer of [...layers].reverse()) {
    const removedHere: string[] = [];
    const coveredHere: string[] = [];
    for (const entry of lastOfEachPath(layer)) {
      const name = baseName(entry.path);
      const folder = parentOf(entry.path);
      if (name === OPAQUE) {
        coveredHere.push(folder);
      } else if (name.startsWith(WHITEOUT)) {
        removedHere.push(`${folder === "/" ? "" : folder}/${name.slice(WHITEOUT.length)}`);
      } else if (visible.has(entry.path) || isHidden(entry.path, removed, covered)) {
        if (entry.type !== "directory") hidden.push(entry);
      } else {
        visible.set(entry.path, entry);
      }
      if (entry.type !== "directory" && !name.startsWith(WHITEOUT)) coveredHere.push(entry.path);
    }
    for (const path of removedHere) removed.add(path);
    for (const path of coveredHere) covered.add(path);
  }
  return { visible, hidden };
}

/** A path that is twice in one archive counts as it is the last time, as when the archive is unpacked. */
function lastOfEachPath(layer: readonly FileEntry[]): Iterable<FileEntry> {
  return new Map(layer.map((entry) => [entry.path, entry])).values();
}

function isHidden(path: string, removed: ReadonlySet<string>, covered: ReadonlySet<string>): boolean {
  if (removed.has(path)) return true;
  let folder = parentOf(path);
  for (;;) {
    if (removed.has(folder) || covered.has(folder)) return true;
    if (folder === "/") return false;
    folder = parentOf(folder);
  }
}
