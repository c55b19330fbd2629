import type { Readable } from "node:stream";
import { WantedHeads } from "../../core/image/asked.ts";
import { LIMITS } from "../../core/image/limits.ts";
import type { FileEntry, FileQuery } from "../../core/image/model.ts";
import { absolutePath, isWithin, parentOf } from "../../core/paths.ts";
import { EntryCollector, EntryCount } from "../archive/collect.ts";
import { readTarChunks } from "../archive/tar-chunks.ts";
import { tarReader } from "../archive/tar-reader.ts";
import { statusOf } from "./ask.ts";

/** The part of a container that files are read through. */
export interface ArchiveSource {
  getArchive(options: { path: string }): Promise<NodeJS.ReadableStream>;
  infoArchive(options: { path: string }): Promise<unknown>;
}

/** Reads paths and folders of a container through the engine's archive endpoint, and remembers what it has seen. */
export class ContainerFiles {
  readonly entries = new Map<string, FileEntry>();
  private readonly missing = new Set<string>();
  /** Folders that were read with all below, and how many first bytes of each file. */
  private readonly trees = new Map<string, number>();
  private readonly count = new EntryCount();
  private readonly container: ArchiveSource;
  private readonly signal: AbortSignal | undefined;

  private readonly followsLinks: boolean;

  /** `followsLinks`: the engine's archive endpoint never shows a link itself, as Podman's. */
  constructor(container: ArchiveSource, followsLinks: boolean, signal: AbortSignal | undefined) {
    this.container = container;
    this.followsLinks = followsLinks;
    this.signal = signal;
  }

  async ask(query: FileQuery): Promise<void> {
    const path = absolutePath("/", query.path);
    const head = query.head ?? 0;
    if (query.kind === "path") await this.follow(path, head);
    else await this.tree(path, head);
  }

  /**
   * Goes along a path part by part, so that every link on the way is seen as one; answers where it leads, or
   * `null` when that is nowhere.
   */
  private async follow(path: string, head: number): Promise<FileEntry | null> {
    let rest = path.split("/").filter((part) => part !== "");
    let at = "/";
    let found: FileEntry | null = null;
    for (let links = 0; rest.length > 0; ) {
      const [part = "", ...after] = rest;
      const next = absolutePath(at, part);
      rest = after;
      if (part === "..") {
        at = next;
        continue;
      }
      found = await this.fetch(next, rest.length === 0 ? head : 0);
      if (found === null) return null;
      if (found.type !== "symlink" || found.linkTarget === null) {
        at = next;
        continue;
      }
      links += 1;
      if (links > LIMITS["link-depth"].value) return null;
      if (found.linkTarget.startsWith("/")) at = "/";
      rest = [...found.linkTarget.split("/").filter((step) => step !== "" && step !== "."), ...after];
      found = null;
    }
    return found;
  }

  /** One entry alone, with its first bytes if it is a file; no link is followed. */
  async fetch(path: string, head: number): Promise<FileEntry | null> {
    if (this.missing.has(path)) return null;
    const known = this.entries.get(path);
    if (known !== undefined && hasHead(known, head)) return known;
    const link = this.followsLinks ? await this.link(path) : null;
    const [entry] = link !== null ? [link] : await this.archive(path, head, true);
    if (entry === undefined) this.missing.add(path);
    else this.entries.set(path, entry);
    return entry ?? null;
  }

  /** A link as Podman tells of it: with where it leads in the end, other links on the way left out. */
  private async link(path: string): Promise<FileEntry | null> {
    const answer = await this.found(() => this.container.infoArchive({ path }));
    const headers = (answer as { headers?: { [name: string]: string } } | null)?.headers ?? {};
    const stat = headers["x-docker-container-path-stat"];
    if (stat === undefined) return null;
    const { mode, linkTarget } = JSON.parse(Buffer.from(stat, "base64").toString()) as PathStat;
    if ((mode & GO_SYMLINK) === 0) return null;
    return {
      path,
      type: "symlink",
      size: 0,
      mode: 0o777,
      uid: 0,
      gid: 0,
      linkTarget,
      layer: null,
      head: null,
    };
  }

  private async tree(path: string, head: number): Promise<void> {
    const folder = await this.follow(path, 0);
    if (folder?.type !== "directory") return;
    const known = [...this.trees].some(([tree, read]) => isWithin(folder.path, tree) && read >= head);
    if (known) return;
    for (const entry of await this.archive(folder.path, head, false)) {
      const before = this.entries.get(entry.path);
      if (before === undefined || (before.head === null && entry.head !== null)) {
        this.entries.set(entry.path, entry);
      }
    }
    this.trees.set(folder.path, head);
  }

  /** The entries of the archive of one path, or only its first; `[]` when the path is not there. */
  private async archive(path: string, head: number, firstOnly: boolean): Promise<FileEntry[]> {
    const stream = (await this.found(() => this.container.getArchive({ path }))) as Readable | null;
    if (stream === null) return [];
    const wanted = head === 0 ? null : new WantedHeads([{ kind: "tree", path, head }]);
    const entries = new EntryCollector(path, this.count, wanted, parentOf(path));
    const isEnough = (): boolean => {
      const [first] = entries.entries;
      return first !== undefined && (head === 0 || first.type !== "file" || first.head !== null);
    };
    await readTarChunks(stream, tarReader(path, entries), path, firstOnly ? isEnough : undefined);
    stream.destroy();
    entries.finish(null);
    return entries.entries;
  }

  /** The engine's answer; `null` when there is nothing at the path. */
  private async found<T>(ask: () => Promise<T>): Promise<T | null> {
    this.signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      const status = statusOf(error);
      // A HEAD request brings no words.
      if (status === 404 || (status === 500 && (NOWHERE.test(String(error)) || !/- \S/.test(String(error)))))
        return null;
      throw error;
    }
  }
}

/** The part of what the engine says of a path that is used; `mode` as Go has it. */
interface PathStat {
  readonly mode: number;
  readonly linkTarget: string;
}

const GO_SYMLINK = 0x800_0000;

/** How engines say that a path leads nowhere: through a file, or in a circle of links. */
const NOWHERE = /not a directory|too many (?:links|levels of symbolic links)/;

function hasHead(entry: FileEntry, head: number): boolean {
  if (head === 0 || entry.type !== "file") return true;
  return entry.head !== null && entry.head.length >= Math.min(head, entry.size);
}
