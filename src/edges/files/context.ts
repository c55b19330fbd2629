import { closeSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { BuildContext, ContextFile } from "../../core/dockerfile/model.ts";
import { dockerIgnore, trimSlashes } from "./docker-ignore.ts";

/** Most of a context file that is read, in bytes. */
const MOST_BYTES = 1024 * 1024;

/** Most files that one COPY source is listed with. */
const MOST_FILES = 10_000;

/**
 * The build context in `root`, read only where a model asks. What .dockerignore leaves out is not there, as for
 * the builder, and nothing outside of `root` is ever opened, whatever links or `..` say.
 */
export function buildContext(root: string, dockerfile: string | null): BuildContext {
  const base = lazy(() => realpathOrNull(root) ?? resolve(root));
  const ignored = lazy(() => dockerIgnore(base(), dockerfile));
  return {
    file(path) {
      const full = inside(base(), path);
      return full === null || ignored()(path) ? null : readContextFile(full);
    },
    list(path) {
      const full = inside(base(), path);
      return full === null ? null : filesBelow(full, trimSlashes(path), ignored());
    },
  };
}

/** Most Dockerfiles of a tree copy what is not there, or nothing at all. */
function lazy<T extends NonNullable<unknown>>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The real path of a context path; `null` where there is nothing, or where it leads out of the context. */
function inside(base: string, path: string): string | null {
  const full = join(base, path);
  // Asked first, since what is missing is found out many times faster so than by a real path that fails.
  if (isMissing(full)) return null;
  const real = realpathOrNull(full);
  if (real === null) return null;
  return real === base || real.startsWith(base + sep) ? real : null;
}

function isMissing(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return true;
  }
}

function realpathOrNull(path: string): string | null {
  try {
    // The other one asks for each folder of the path in JavaScript.
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function readContextFile(path: string): ContextFile | null {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return null;
    const mode = process.platform === "win32" ? null : stats.mode & 0o7777;
    return { text: decode(firstBytes(path, Math.min(stats.size, MOST_BYTES))), mode };
  } catch {
    return null;
  }
}

function firstBytes(path: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const handle = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(handle, bytes, 0, length, 0));
  } finally {
    closeSync(handle);
  }
}

function decode(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    // A character cut at the limit is not the file's fault, so the last bytes may be incomplete.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: bytes.length === MOST_BYTES,
    });
  } catch {
    return null;
  }
}

function filesBelow(full: string, path: string, ignored: (path: string) => boolean): string[] | null {
  try {
    if (!statSync(full).isDirectory()) return ignored(path) ? null : [path];
    const files: string[] = [];
    collect(full, path, ignored, files);
    return files;
  } catch {
    return null;
  }
}

function collect(folder: string, path: string, ignored: (path: string) => boolean, files: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (files.length >= MOST_FILES) return;
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) collect(join(folder, entry.name), below, ignored, files);
    else if (!ignored(below)) files.push(below);
  }
}
