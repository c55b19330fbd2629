import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { absolutePath, parentOf } from "../../core/paths.ts";
import type { RunFile } from "../../core/run/transcript.ts";
import { ask, statusOf } from "./ask.ts";
import type { SmokeEngine } from "./options.ts";

/** Bounds of one listing: a model may be huge, and its bytes come over the engine's socket. */
const MAX_FILES = 10_000;
const MAX_HASHED_BYTES = 256 * 1024 * 1024;
const MAX_TOTAL_BYTES = 1024 * 1024 * 1024;

export interface Listing {
  readonly files: readonly RunFile[];
  /** Why the listing is not whole; `null` when it is. */
  readonly cut: string | null;
}

/**
 * The regular files below `folder` of a container, running or not, with size and sha256. The folder is read
 * through the engine's archive endpoint, which works the same for a local, remote or Podman engine.
 */
export async function listFiles(engine: SmokeEngine, containerId: string, folder: string): Promise<Listing> {
  const files: RunFile[] = [];
  let total = 0;
  let cut: string | null = null;
  const prefix = parentOf(folder);
  const whole = await eachEntry(engine, containerId, folder, async (path, type, size, body) => {
    if (type !== "file") return true;
    total += size;
    if (files.length >= MAX_FILES) cut = `more than ${MAX_FILES} files`;
    else if (total > MAX_TOTAL_BYTES) cut = `more than ${MAX_TOTAL_BYTES} bytes`;
    if (cut !== null) return false;
    files.push({
      path: `${prefix === "/" ? "" : prefix}/${path}`,
      size,
      sha256: size > MAX_HASHED_BYTES ? null : await sha256(body),
    });
    return true;
  });
  if (!whole && cut === null) cut = "the engine broke the listing off";
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), cut };
}

/** More links than that in a row are a loop; the kernel's own bound is 40. */
const MAX_LINKS = 40;

/** The first `limit` bytes of a file of a container, links followed; `null` when there is no such file. */
export async function readHead(
  engine: SmokeEngine,
  containerId: string,
  path: string,
  limit: number,
): Promise<{ readonly head: Buffer; readonly mode: number } | null> {
  let current = path;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const found = await readEntry(engine, containerId, current, limit);
    if (found === null || "head" in found) return found;
    current = absolutePath(parentOf(current), found.target);
  }
  return null;
}

type Entry = { readonly head: Buffer; readonly mode: number } | { readonly target: string };

async function readEntry(
  engine: SmokeEngine,
  containerId: string,
  path: string,
  limit: number,
): Promise<Entry | null> {
  let found: Entry | null = null;
  await eachEntry(engine, containerId, path, async (_path, type, _size, body, mode, link) => {
    if (type === "symlink" && link !== null) found = { target: link };
    if (type !== "file") return false;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= limit) break;
    }
    found = { head: Buffer.concat(chunks).subarray(0, limit), mode };
    return false;
  });
  return found;
}

type Visit = (
  path: string,
  type: string,
  size: number,
  body: AsyncIterable<Uint8Array>,
  mode: number,
  link: string | null,
) => Promise<boolean>;

/** Visits the entries of a path until `visit` returns false; whether the archive was whole. */
async function eachEntry(
  engine: SmokeEngine,
  containerId: string,
  path: string,
  visit: Visit,
): Promise<boolean> {
  let archive: Readable;
  try {
    const container = engine.client.getContainer(containerId);
    archive = (await ask("read files", container.getArchive({ path }))) as Readable;
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return statusOf(error) === 404;
  }
  const entries = extract();
  const piped = pipeline(archive, entries).catch(() => undefined);
  try {
    for await (const entry of entries) {
      const { name, type, size, mode, linkname } = entry.header;
      const go = await visit(
        name,
        type ?? "file",
        size ?? 0,
        entry as AsyncIterable<Uint8Array>,
        mode ?? 0,
        linkname ?? null,
      );
      if (!go) return true;
      entry.resume();
    }
    return true;
  } catch {
    return false;
  } finally {
    archive.destroy();
    entries.destroy();
    await piped;
  }
}

async function sha256(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return hash.digest("hex");
}
