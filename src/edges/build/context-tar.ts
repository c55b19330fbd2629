import { createReadStream, type Dirent, type Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { UserError } from "../../core/errors.ts";
import { dockerIgnore } from "../files/docker-ignore.ts";

/** A build context as the engine takes it. */
export interface PackedContext {
  /** Tar. */
  readonly stream: Readable;
  /** The Dockerfile's path in it. */
  readonly dockerfile: string;
}

/** The name of a Dockerfile that lies outside of its context; `.dockerignore` leaves it out of what COPY sees. */
const OUTSIDE = ".trainlint.Dockerfile";

/**
 * Packs the folder `root` as `docker build` does: without what `.dockerignore` leaves out, but with the Dockerfile,
 * links as links, and everything owned by root.
 * @throws UserError when the context is no folder.
 */
export async function packContext(root: string, dockerfile: string): Promise<PackedContext> {
  const stats = await lstat(root).catch(() => null);
  if (stats?.isDirectory() !== true) {
    throw new UserError("The build context is no folder.", { place: { path: root } });
  }
  const inner = relative(root, dockerfile).split(sep).join("/");
  const outside = inner.startsWith("../") || inner === "..";
  const archive = pack();
  const entries = outside ? withOutside(root, dockerfile) : contextEntries(root, dockerfile, inner);
  fill(archive, entries).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return { stream: Readable.from(archive), dockerfile: outside ? OUTSIDE : inner };
}

/** What goes into the tar: a file of the disk, or text of our own. */
type ContextEntry =
  | { readonly path: string; readonly full: string; readonly stats: Stats }
  | { readonly path: string; readonly text: string };

async function* withOutside(root: string, dockerfile: string): AsyncGenerator<ContextEntry> {
  yield { path: OUTSIDE, text: await readFile(dockerfile, "utf8") };
  const ignored = await readFile(join(root, ".dockerignore"), "utf8").catch(() => "");
  for await (const entry of contextEntries(root, dockerfile, null)) {
    if (entry.path !== ".dockerignore") yield entry;
  }
  yield { path: ".dockerignore", text: `${ignored}\n${OUTSIDE}\n.dockerignore\n` };
}

/** Everything that is not left out; the Dockerfile and `.dockerignore` are needed by the builder in any case. */
async function* contextEntries(
  root: string,
  dockerfile: string,
  inner: string | null,
): AsyncGenerator<ContextEntry> {
  const isIgnored = dockerIgnore(root, dockerfile);
  const always = new Set([inner ?? "", ".dockerignore", `${inner}.dockerignore`]);
  async function* below(folder: string): AsyncGenerator<ContextEntry> {
    for (const { name } of await sorted(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const full = join(root, path);
      const stats = await lstat(full);
      if (always.has(path) || !isIgnored(path)) yield { path, full, stats };
      // A pattern with `!` may take back what lies in a folder that is left out.
      if (stats.isDirectory()) yield* below(path);
    }
  }
  yield* below("");
}

async function sorted(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function fill(archive: Pack, entries: AsyncIterable<ContextEntry>): Promise<void> {
  for await (const entry of entries) await add(archive, entry);
}

async function add(archive: Pack, entry: ContextEntry): Promise<void> {
  const name = entry.path;
  if ("text" in entry) {
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name, mode: 0o644 }, entry.text, (error) => (error ? reject(error) : resolve()));
    });
    return;
  }
  const { full, stats } = entry;
  const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isDirectory()) archive.entry({ ...header, type: "directory" });
  else if (stats.isSymbolicLink())
    archive.entry({ ...header, type: "symlink", linkname: await readlink(full) });
  else if (stats.isFile()) {
    const sink = archive.entry({ ...header, type: "file", size: stats.size });
    if (stats.size === 0) sink.end(null);
    // A file that grows meanwhile is taken as it was when it was looked at.
    else await pipeline(createReadStream(full, { end: stats.size - 1 }), sink);
  }
}
