import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { absolutePath, parentOf } from "../../core/paths.ts";
import type { RunFile } from "../../core/run/transcript.ts";
import { ask, statusOf } from "../engine/ask.ts";
import type { Container } from "../engine/dockerode-types.ts";

/** Bounds of one listing: a model may be huge, and its bytes come over the engine's socket. */
const MAX_FILES = 10_000;
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;
/** Of so many files the exact time is asked for. */
const MAX_TIMED = 40;

/** A file of a listing, with the time of its last change in seconds since 1970, where that was asked for. */
export interface ListedFile extends Omit<RunFile, "modified"> {
  readonly modified: number | null;
}

export interface Listing {
  readonly files: readonly ListedFile[];
  /** Why the listing is not whole; `null` when it is. */
  readonly cut: string | null;
}

/**
 * The regular files below `folder` of a container, running or not, with size and sha256. The folder is read
 * through the engine's archive endpoint, which works the same for a local, remote or Podman engine.
 */
export async function listFiles(container: Container, folder: string): Promise<Listing> {
  const files = new Map<string, Omit<ListedFile, "modified">>();
  let total = 0;
  let cut: string | null = null;
  // The content of the folder: what engines call the folder itself in the archive differs.
  const whole = await eachEntry(container, `${folder}/.`, async (header, body) => {
    const { name, type, size = 0, linkname } = header;
    if (type !== "file" && type !== "link") return true;
    const path = absolutePath(folder, name);
    total += size;
    if (files.size >= MAX_FILES) cut = `more than ${MAX_FILES} files`;
    else if (total > MAX_TOTAL_BYTES) cut = `more than ${MAX_TOTAL_BYTES} bytes`;
    if (cut !== null) return false;
    // A hard link is a second name of a file that came before it.
    const target = type === "link" ? files.get(absolutePath(folder, linkname ?? "")) : undefined;
    if (target !== undefined) files.set(path, { ...target, path });
    else if (type === "file") files.set(path, { path, size, sha256: await sha256(body) });
    return true;
  });
  if (!whole && cut === null) cut = "the engine broke the listing off";
  const timed = await Promise.all(
    [...files.values()].map(async (file, index) => ({
      ...file,
      modified: index < MAX_TIMED ? await modifiedAt(container, file.path) : null,
    })),
  );
  return { files: timed.toSorted((a, b) => (a.path < b.path ? -1 : 1)), cut };
}

/** When a file was last written, to the nanosecond, where an archive has whole seconds only. */
async function modifiedAt(container: Container, path: string): Promise<number | null> {
  const time = (await statOfPath(container, path))?.mtime;
  const milliseconds = Date.parse(time ?? "");
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

/** Whether there is anything at a path of a container. */
export async function isThere(container: Container, path: string): Promise<boolean> {
  return (await statOfPath(container, path)) !== null;
}

interface PathStat {
  readonly mtime?: string;
}

async function statOfPath(container: Container, path: string): Promise<PathStat | null> {
  try {
    const answer = (await ask(
      "look at a file",
      container.infoArchive({ path }),
    )) as unknown as IncomingMessage;
    // The answer has no body, but until it is read to its end it keeps its connection, and with it this process.
    answer.resume();
    const stat = answer.headers["x-docker-container-path-stat"];
    return typeof stat === "string" ? (JSON.parse(Buffer.from(stat, "base64").toString()) as PathStat) : {};
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return null;
  }
}

/** More links than that in a row are a loop; the kernel's own bound is 40. */
const MAX_LINKS = 40;

/** The beginning of a file, with its mode. */
export interface FileHead {
  readonly head: Buffer;
  readonly mode: number;
}

/** The first `limit` bytes of a file of a container, links followed; `null` when there is no such file. */
export async function readHead(container: Container, path: string, limit: number): Promise<FileHead | null> {
  let current = path;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const found = await readEntry(container, current, limit);
    if (found === null || "head" in found) return found;
    current = absolutePath(parentOf(current), found.target);
  }
  return null;
}

async function readEntry(
  container: Container,
  path: string,
  limit: number,
): Promise<FileHead | { readonly target: string } | null> {
  let found: FileHead | { readonly target: string } | null = null;
  await eachEntry(container, path, async ({ type, mode = 0, linkname }, body) => {
    if (type === "symlink" && typeof linkname === "string") found = { target: linkname };
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

type Visit = (header: Header, body: AsyncIterable<Uint8Array>) => Promise<boolean>;

/** Visits the entries of a path until `visit` returns false; whether the archive was whole. */
async function eachEntry(container: Container, path: string, visit: Visit): Promise<boolean> {
  let archive: Readable;
  try {
    archive = (await ask("read files", container.getArchive({ path }))) as Readable;
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return statusOf(error) === 404;
  }
  const entries = extract();
  const piped = pipeline(archive, entries).catch(() => undefined);
  try {
    for await (const entry of entries) {
      if (!(await visit(entry.header, entry as AsyncIterable<Uint8Array>))) return true;
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
