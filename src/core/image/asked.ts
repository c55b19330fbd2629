import { absolutePath, isWithin, parentOf } from "../paths.ts";
import { FolderMemo } from "./folder-memo.ts";
import { type MergedLayers, mergeLayers, WHITEOUT } from "./layers.ts";
import { walkPath } from "./lookup.ts";
import type { FileEntry, FileIndex, FileQuery } from "./model.ts";

/** The part of an image that was asked for, and which of its files are read for their first bytes. */
export interface Asked {
  readonly index: FileIndex;
  /** Visible files, with how many of their first bytes are wanted. */
  readonly heads: ReadonlyMap<FileEntry, number>;
}

/**
 * Picks out of the layers of a whole image, oldest first, what the queries lead to: the paths with every link and
 * folder on the way, the trees, and the hidden entries of both. Every source then gives the same, also one that
 * can only be asked for some files.
 */
export function pickAsked(layers: readonly (readonly FileEntry[])[], asked: readonly FileQuery[]): Asked {
  const wanted = new Wanted();
  for (const query of asked) wanted.add(query, absolutePath("/", query.path));
  for (;;) {
    const merged = mergeLayers(layers, (path) => wanted.matters(path));
    let grown = false;
    for (const query of asked) {
      const { path } = walkPath(merged, query.path);
      // Only where a link leads is it known what else matters.
      if (path !== null && wanted.add(query, path)) grown = true;
    }
    if (!grown) return picked(merged, asked, wanted);
  }
}

function picked(merged: MergedLayers, asked: readonly FileQuery[], wanted: Wanted): Asked {
  const visible = new Map<string, FileEntry>();
  const heads = new Map<FileEntry, number>();
  const want = (entry: FileEntry, head: number): void => {
    visible.set(entry.path, entry);
    if (head > 0 && entry.type === "file") heads.set(entry, Math.max(head, heads.get(entry) ?? 0));
  };
  for (const query of asked) {
    const { steps, path } = walkPath(merged, query.path);
    for (const step of steps) want(step, 0);
    const found = path === null || query.kind === "tree" ? undefined : merged.visible.get(path);
    if (found !== undefined) want(found, query.head ?? 0);
  }
  for (const entry of merged.visible.values()) {
    const head = wanted.headInTree(entry.path);
    if (head !== null) want(entry, head);
  }
  const hidden = merged.hidden.filter(({ path }) => wanted.isAsked(path));
  return { index: { visible, hidden, asked }, heads };
}

/** The paths and folders that were asked for, as they are called and as links lead to them. */
class Wanted {
  private readonly paths = new Set<string>();
  /** All folders above them, and they themselves. */
  private readonly above = new Set<string>(["/"]);
  /** Folders with all below, and how many first bytes of each file. */
  private readonly trees = new Map<string, number>();
  private readonly folders = new FolderMemo((folder) => ({
    isAbove: this.above.has(folder),
    head: this.headInTree(folder),
  }));

  /** Whether that is new. */
  add({ kind, head }: FileQuery, path: string): boolean {
    const known = kind === "tree" ? this.trees.get(path) : this.paths.has(path) ? 0 : undefined;
    if (kind === "tree") this.trees.set(path, Math.max(head ?? 0, known ?? 0));
    else this.paths.add(path);
    if (known !== undefined) return false;
    for (let at = path; at !== "/"; at = parentOf(at)) this.above.add(at);
    this.folders.forget();
    return true;
  }

  /** Whether something that was asked for is, lies at, lies below or is hidden by this path. */
  matters(path: string): boolean {
    const { isAbove, head } = this.folders.of(path);
    return head !== null || (isAbove && (this.above.has(path) || path.includes(WHITEOUT)));
  }

  isAsked(path: string): boolean {
    return this.paths.has(path) || this.headInTree(path) !== null;
  }

  /** How many first bytes are wanted of this path because of its folder; `null` when it lies in none of the trees. */
  headInTree(path: string): number | null {
    const own = this.trees.get(path);
    const above = path === "/" ? null : this.folders.of(path).head;
    return own === undefined ? above : Math.max(own, above ?? 0);
  }
}

/** Which first bytes are wanted while an image is still being read, links followed as they come to light. */
export class WantedHeads {
  private readonly paths = new Map<string, number>();
  private readonly trees: FileQuery[] = [];

  constructor(queries: readonly FileQuery[]) {
    this.add(queries);
  }

  add(queries: readonly FileQuery[]): void {
    for (const query of queries) {
      const path = absolutePath("/", query.path);
      const head = query.head ?? 0;
      if (head === 0) continue;
      if (query.kind === "path") this.want(path, head);
      else if (this.trees.length < MOST_FOLLOWED) this.trees.push({ ...query, path });
    }
  }

  /** How many first bytes of the file at this path are wanted. */
  lengthFor(path: string): number {
    let length = this.paths.get(path) ?? 0;
    for (const tree of this.trees) {
      if ((tree.head ?? 0) > length && isWithin(path, tree.path)) length = tree.head ?? 0;
    }
    return length;
  }

  /** A link was seen: what is wanted behind it is wanted where it leads. */
  seeLink(entry: FileEntry): void {
    if (entry.linkTarget === null) return;
    const target = absolutePath(parentOf(entry.path), entry.linkTarget);
    const behind = [...this.trees, ...this.pathsWithin(entry.path)].filter(({ path }) =>
      isWithin(path, entry.path),
    );
    this.add(behind.map((query) => ({ ...query, path: target + query.path.slice(entry.path.length) })));
  }

  private pathsWithin(folder: string): FileQuery[] {
    const found: FileQuery[] = [];
    for (const [path, head] of this.paths)
      if (isWithin(path, folder)) found.push({ kind: "path", path, head });
    return found;
  }

  private want(path: string, length: number): void {
    const known = this.paths.get(path);
    if (known === undefined && this.paths.size >= MOST_FOLLOWED) return;
    this.paths.set(path, Math.max(length, known ?? 0));
  }
}

/** Where links lead is only a guess that saves a second reading, so it may stop at some number. */
const MOST_FOLLOWED = 2000;
