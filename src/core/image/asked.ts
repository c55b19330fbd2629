import { absolutePath, isWithin, parentOf } from "../paths.ts";
import type { MergedLayers } from "./layers.ts";
import { walkPath } from "./lookup.ts";
import type { FileEntry, FileIndex, FileQuery } from "./model.ts";

/** The part of an image that was asked for, and which of its files are read for their first bytes. */
export interface Asked {
  readonly index: FileIndex;
  /** Visible files, with how many of their first bytes are wanted. */
  readonly heads: ReadonlyMap<FileEntry, number>;
}

/**
 * Picks out of a whole image what the queries lead to: the paths with every link and folder on the way, the
 * trees, and the hidden entries of both. Every source then gives the same, also one that can only be asked for
 * some files.
 */
export function pickAsked(merged: MergedLayers, asked: readonly FileQuery[]): Asked {
  const picked = new Map<string, FileEntry>();
  const heads = new Map<FileEntry, number>();
  const want = (entry: FileEntry, head: number): void => {
    picked.set(entry.path, entry);
    if (head > 0 && entry.type === "file") heads.set(entry, Math.max(head, heads.get(entry) ?? 0));
  };
  const paths = new Set<string>();
  const trees = new Trees();
  for (const query of asked) {
    const literal = absolutePath("/", query.path);
    const { steps, path } = walkPath(merged, literal);
    for (const step of steps) want(step, 0);
    if (query.kind === "path") {
      const found = path === null ? undefined : merged.visible.get(path);
      if (found !== undefined) want(found, query.head ?? 0);
      paths.add(literal).add(path ?? literal);
    } else for (const folder of [literal, path ?? literal]) trees.add(folder, query.head ?? 0);
  }
  for (const entry of merged.visible.values()) {
    const head = trees.headFor(entry.path);
    if (head !== null) want(entry, head);
  }
  const hidden = merged.hidden.filter(({ path }) => paths.has(path) || trees.headFor(path) !== null);
  return { index: { visible: picked, hidden, asked }, heads };
}

/** Folders that were asked for with all below them. */
class Trees {
  private readonly heads = new Map<string, number>();
  /** What holds for what lies in a folder: most entries share theirs with others. */
  private readonly known = new Map<string, number | null>();

  add(folder: string, head: number): void {
    this.heads.set(folder, Math.max(head, this.heads.get(folder) ?? 0));
    this.known.clear();
  }

  /** How many first bytes are wanted of this path; `null` when it lies in none of the trees. */
  headFor(path: string): number | null {
    const own = this.heads.get(path);
    const above = path === "/" ? null : this.inFolder(parentOf(path));
    return own === undefined ? above : Math.max(own, above ?? 0);
  }

  private inFolder(folder: string): number | null {
    const known = this.known.get(folder);
    if (known !== undefined) return known;
    const head = this.headFor(folder);
    this.known.set(folder, head);
    return head;
  }
}

/** Which first bytes are wanted while an image is still being read, links followed as they come to light. */
export class WantedHeads {
  private readonly paths = new Map<string, number>();
  private readonly trees: FileQuery[] = [];

  constructor(queries: readonly FileQuery[]) {
    for (const query of queries) {
      const path = absolutePath("/", query.path);
      if ((query.head ?? 0) === 0) continue;
      if (query.kind === "tree") this.trees.push({ ...query, path });
      else this.want(path, query.head ?? 0);
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
    for (const [path, length] of [...this.paths]) {
      if (isWithin(path, entry.path)) this.want(target + path.slice(entry.path.length), length);
    }
    for (const tree of [...this.trees]) {
      if (!isWithin(tree.path, entry.path) || this.trees.length >= MOST_FOLLOWED) continue;
      this.trees.push({ ...tree, path: target + tree.path.slice(entry.path.length) });
    }
  }

  private want(path: string, length: number): void {
    if (this.paths.size < MOST_FOLLOWED) this.paths.set(path, Math.max(length, this.paths.get(path) ?? 0));
  }
}

/** Where links lead is only a guess that saves a second reading, so it may stop at some number. */
const MOST_FOLLOWED = 2000;
