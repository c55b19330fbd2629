import type { Readable } from "node:stream";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { imageConfigOf, type RawImageConfig } from "../../core/image/config.ts";
import type { FileEntry, FileIndex, FileQuery, ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { combined, combineQueries, deepest, MAX_ROUNDS, nextQueries } from "../../core/image/needs.ts";
import { absolutePath, parentOf } from "../../core/paths.ts";
import { readTarStream } from "../archive/tar-stream.ts";
import type { Engine } from "./connect.ts";

/** Marks containers that are never started and only exist to read files from. */
const LABEL = "dev.trainlint.reader";

/** How many links are followed from one path that was asked for. */
const MAX_LINKS = 40;

/**
 * An image of an engine, as far as the needs go: its configuration; and, when files are needed, the named
 * paths and folders through the archive endpoint of a container that is never started.
 *
 * @throws UserError when the engine has no such image, EnvironmentError when the engine fails.
 */
export async function readEngineImage(
  engine: Engine,
  name: string,
  needs: readonly ImageNeeds[],
  signal?: AbortSignal,
): Promise<ImageModel> {
  const image = engine.client.getImage(name);
  const inspected = await image.inspect().catch((error: unknown) => {
    if (statusOf(error) !== 404) throw engineError(engine, error);
    throw new UserError(`${kindName(engine)} has no image "${name}".`, {
      help: "Build or load it first; `docker images` lists what is there.",
      cause: error,
    });
  });
  const config = imageConfigOf(inspected.Config as RawImageConfig | undefined);
  const depth = deepest(needs);
  const asked = combineQueries(needs, config);
  const files =
    depth === "config" || asked.length === 0
      ? { visible: new Map(), hidden: [], asked }
      : await readFiles(engine, inspected.Id, asked, (index) => nextQueries(needs, config, index), signal);
  const digest = inspected.RepoDigests?.[0]?.split("@")[1];
  const variant = (inspected as { Variant?: string }).Variant;
  return {
    kind: "image",
    name,
    source: engine.kind,
    id: inspected.Id.includes(":") ? inspected.Id : `sha256:${inspected.Id}`,
    manifest: digest === undefined ? null : { digest, mediaType: "" },
    layers: (inspected.RootFS?.Layers ?? []).map((layer) => ({ digest: layer, mediaType: null, size: null })),
    platform: {
      os: inspected.Os,
      architecture: inspected.Architecture,
      variant: variant === undefined || variant === "" ? null : variant,
    },
    config,
    history: [],
    depth: depth === "layers" ? "files" : depth,
    files,
  };
}

async function readFiles(
  engine: Engine,
  id: string,
  first: readonly FileQuery[],
  next: (index: FileIndex) => readonly FileQuery[],
  signal: AbortSignal | undefined,
): Promise<FileIndex> {
  const container = await engine.client
    .createContainer({
      Image: id,
      Entrypoint: ["/trainlint-never-starts-this"],
      Cmd: [],
      NetworkDisabled: true,
      Labels: { [LABEL]: String(process.pid) },
    })
    .catch((error: unknown) => {
      throw engineError(engine, error);
    });
  try {
    const reader = new ContainerFiles(container, signal);
    let index: FileIndex = { visible: reader.entries, hidden: [], asked: [] };
    let queries = first;
    for (let round = 0; queries.length > 0 && round < MAX_ROUNDS; round += 1) {
      for (const query of queries) await reader.ask(query);
      index = { ...index, asked: combined([...index.asked, ...queries]) };
      queries = next(index);
    }
    return index;
  } catch (error) {
    throw error instanceof UserError || error instanceof EnvironmentError
      ? error
      : engineError(engine, error);
  } finally {
    await container.remove({ force: true, v: true }).catch(() => undefined);
  }
}

interface ArchiveSource {
  getArchive(options: { path: string }): Promise<NodeJS.ReadableStream>;
}

/** Reads paths of a container and remembers what it has seen. */
class ContainerFiles {
  readonly entries = new Map<string, FileEntry>();
  private readonly missing = new Set<string>();
  private readonly container: ArchiveSource;
  private readonly signal: AbortSignal | undefined;

  constructor(container: ArchiveSource, signal: AbortSignal | undefined) {
    this.container = container;
    this.signal = signal;
  }

  async ask(query: FileQuery): Promise<void> {
    if (query.kind === "path") await this.follow(absolutePath("/", query.path), query.head ?? 0, 0);
    else await this.tree(absolutePath("/", query.path), query.head ?? 0);
  }

  /** Fetches a path part by part, so that links in the middle of it are seen as links. */
  private async follow(path: string, head: number, links: number): Promise<void> {
    const parent = parentOf(path);
    if (parent !== path && parent !== "/") await this.folder(parent, links);
    const real = this.throughLinks(path);
    if (real !== path && links < MAX_LINKS) {
      await this.follow(real, head, links + 1);
      return;
    }
    const entry = await this.fetch(path, head);
    if (entry?.type === "symlink" && entry.linkTarget !== null && links < MAX_LINKS) {
      await this.follow(absolutePath(parent, entry.linkTarget), head, links + 1);
    }
  }

  /** Makes sure that links among the folders above are known. */
  private async folder(path: string, links: number): Promise<void> {
    if (this.entries.has(path) || this.missing.has(path) || this.throughLinks(path) !== path) return;
    const parent = parentOf(path);
    if (parent !== path && parent !== "/") await this.folder(parent, links);
    const stat = await this.stat(path);
    if (stat === null) this.missing.add(path);
    else this.entries.set(path, stat);
    if (stat?.type === "symlink" && stat.linkTarget !== null && links < MAX_LINKS) {
      await this.folder(absolutePath(parent, stat.linkTarget), links + 1);
    }
  }

  /** The path with the first link among its folders replaced. */
  private throughLinks(path: string): string {
    const parts = path.split("/").filter(Boolean);
    for (let at = 1; at < parts.length; at += 1) {
      const folder = `/${parts.slice(0, at).join("/")}`;
      const entry = this.entries.get(folder);
      if (entry?.type === "symlink" && entry.linkTarget !== null) {
        return absolutePath(absolutePath(parentOf(folder), entry.linkTarget), parts.slice(at).join("/"));
      }
    }
    return path;
  }

  private async fetch(path: string, head: number): Promise<FileEntry | null> {
    const known = this.entries.get(path);
    if (
      known !== undefined &&
      (head === 0 || known.type !== "file" || (known.head?.length ?? 0) >= Math.min(head, known.size))
    ) {
      return known;
    }
    if (this.missing.has(path)) return null;
    const stat = await this.stat(path);
    if (stat === null) {
      this.missing.add(path);
      return null;
    }
    if (stat.type === "file" && head > 0) {
      const [entry] = await this.archive(path, head);
      if (entry !== undefined) {
        this.entries.set(path, entry);
        return entry;
      }
    }
    this.entries.set(path, stat);
    return stat;
  }

  private async tree(path: string, head: number): Promise<void> {
    await this.follow(path, 0, 0);
    let real = path;
    for (let links = 0; links < MAX_LINKS; links += 1) {
      const entry = this.entries.get(real);
      const next =
        entry?.type === "symlink" && entry.linkTarget !== null
          ? absolutePath(parentOf(real), entry.linkTarget)
          : this.throughLinks(real);
      if (next === real) break;
      real = next;
    }
    if (this.entries.get(real)?.type !== "directory") return;
    for (const entry of await this.archive(real, head)) {
      const known = this.entries.get(entry.path);
      if (known?.head == null) this.entries.set(entry.path, entry);
    }
  }

  /** The entries of the archive of one path; `[]` when it is not there. */
  private async archive(path: string, head: number): Promise<FileEntry[]> {
    this.signal?.throwIfAborted();
    try {
      const stream = (await this.container.getArchive({ path })) as Readable;
      return await readTarStream(stream, { name: path, root: parentOf(path), head });
    } catch (error) {
      if (statusOf(error) === 404) return [];
      throw error;
    }
  }

  /** One entry alone: the first header of the path's archive, the rest is not read. */
  private async stat(path: string): Promise<FileEntry | null> {
    this.signal?.throwIfAborted();
    try {
      const stream = (await this.container.getArchive({ path })) as Readable;
      const [entry] = await readTarStream(stream, {
        name: path,
        root: parentOf(path),
        head: 0,
        firstOnly: true,
      });
      return entry ?? null;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

function engineError(engine: Engine, error: unknown): EnvironmentError {
  const reason = error instanceof Error ? error.message : String(error);
  return new EnvironmentError(`The engine at ${engine.address} failed: ${reason}.`, { cause: error });
}

function kindName(engine: Engine): string {
  return engine.kind === "podman" ? "Podman" : "Docker";
}
