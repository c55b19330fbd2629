import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { UserError } from "../../core/errors.ts";
import { isDockerfileName } from "./names.ts";
import { fileError, readTextFileIfThere } from "./read.ts";

/** Folders that never hold a project's own Dockerfiles. */
const NEVER_SEARCHED: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** A .gitignore in force, with the folder that its patterns count from. */
interface IgnoreFile {
  readonly folder: string;
  readonly patterns: Ignore;
}

/**
 * The files that `words` name, as paths relative to `cwd` (absolute outside of it), sorted, each once.
 * A file is taken as it is; a folder is searched for Dockerfiles; a word with `*`, `?` or `[` that names no file
 * is a pattern. In folders and patterns .gitignore counts. Throws a `UserError` for a word that names nothing.
 */
export async function discover(words: readonly string[], cwd: string): Promise<string[]> {
  const found = new Set<string>();
  for (const word of words) {
    for (const path of await filesOf(word, cwd)) found.add(shortPath(path, cwd));
  }
  return [...found];
}

/** The path as it is shown: relative to `cwd` where it lies below, else absolute. */
export function shortPath(path: string, cwd: string): string {
  const below = relative(cwd, resolve(cwd, path));
  const outside = below === "" || below.startsWith(`..${sep}`) || below === ".." || isAbsolute(below);
  return (outside ? resolve(cwd, path) : below).split(sep).join("/");
}

async function filesOf(word: string, cwd: string): Promise<string[]> {
  const path = resolve(cwd, word);
  const kind = await kindOf(path);
  if (kind === "file") return [path];
  if (kind === "folder") {
    const files = await search(path, (name) => isDockerfileName(name));
    if (files.length > 0) return files;
    throw new UserError(`There is no Dockerfile in ${word === "." ? "this folder" : word}.`, {
      help: "Name the file, or go to the folder that holds it: `trainlint path/to/Dockerfile`.",
    });
  }
  if (/[*?[]/.test(word)) return await filesOfPattern(word, cwd);
  throw new UserError("There is no such file or folder.", { place: { path: word } });
}

async function filesOfPattern(pattern: string, cwd: string): Promise<string[]> {
  const slashed = pattern.split(sep).join("/");
  const fixed = slashed.slice(0, slashed.search(/[*?[]/));
  const root = resolve(cwd, fixed.slice(0, fixed.lastIndexOf("/") + 1));
  const rest = slashed.slice(fixed.lastIndexOf("/") + 1);
  const matcher = ignore().add(`/${rest}`);
  const matches = (_name: string, path: string): boolean => matcher.ignores(relativeTo(root, path));
  const files = (await kindOf(root)) === "folder" ? await search(root, matches) : [];
  if (files.length === 0) throw new UserError(`No file matches ${pattern}.`);
  return files;
}

type Accepts = (name: string, path: string) => boolean;

async function search(folder: string, accepts: Accepts): Promise<string[]> {
  const found: string[] = [];
  await searchFolder(folder, accepts, await ignoreFilesAbove(folder), found);
  return found.sort();
}

async function searchFolder(
  folder: string,
  accepts: Accepts,
  above: readonly IgnoreFile[],
  found: string[],
): Promise<void> {
  const ignoreFiles = [...above, ...(await ignoreFileIn(folder))];
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (isIgnored(path, entry.isDirectory(), ignoreFiles)) continue;
    if (entry.isDirectory()) {
      if (!NEVER_SEARCHED.has(entry.name)) await searchFolder(path, accepts, ignoreFiles, found);
    } else if (entry.isFile() && accepts(entry.name, path)) {
      found.push(path);
    }
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** The .gitignore files between the root of the working tree and `folder`, outermost first. */
async function ignoreFilesAbove(folder: string): Promise<IgnoreFile[]> {
  const parents: string[] = [];
  for (let at = folder; (await kindOf(join(at, ".git"))) === null; at = dirname(at)) {
    if (dirname(at) === at) return [];
    parents.unshift(dirname(at));
  }
  const files = await Promise.all(parents.map(ignoreFileIn));
  return files.flat();
}

async function ignoreFileIn(folder: string): Promise<IgnoreFile[]> {
  const text = await readTextFileIfThere(join(folder, ".gitignore"));
  return text === null ? [] : [{ folder, patterns: ignore().add(text) }];
}

/** The innermost .gitignore that says anything about the path decides. */
function isIgnored(path: string, isFolder: boolean, files: readonly IgnoreFile[]): boolean {
  for (const { folder, patterns } of [...files].reverse()) {
    const verdict = patterns.test(relativeTo(folder, path) + (isFolder ? "/" : ""));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** Whether the patterns of a configuration file leave `path` out; `folder` is the folder of that file. */
export function isExcluded(path: string, patterns: readonly string[], folder: string): boolean {
  if (patterns.length === 0) return false;
  const below = relativeTo(folder, path);
  return (
    !below.startsWith("../") &&
    below !== "" &&
    ignore()
      .add([...patterns])
      .ignores(below)
  );
}

function relativeTo(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}

async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    const stats = await stat(path);
    return stats.isDirectory() ? "folder" : "file";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") throw fileError(error, path);
    return null;
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await kindOf(path)) === "folder";
}

export async function isFile(path: string): Promise<boolean> {
  return (await kindOf(path)) === "file";
}
