import type { Dirent } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { type IgnoreRules, isIgnored, rulesAbove, rulesIn } from "./gitignore.ts";
import { fileError } from "./read.ts";

/** Folders that never hold a project's own Dockerfiles: of version control, and of installed packages. */
const NEVER_SEARCHED: ReadonlySet<string> = new Set(
  ".git .hg .svn .tox .venv node_modules site-packages".split(" "),
);

/** Whether a file is looked for, by its name and its absolute path. */
export type Accepts = (name: string, path: string) => boolean;

/** Regular files, and links that may lead to one. */
interface Found {
  readonly files: string[];
  readonly links: string[];
}

/**
 * The files below `folder` that are looked for and that .gitignore does not leave out, sorted. Links to folders
 * are not followed, so that none is searched twice; a link to a file counts where the file itself is not found.
 */
export async function search(folder: string, accepts: Accepts): Promise<string[]> {
  const found: Found = { files: [], links: [] };
  await searchFolder(folder, await entriesOf(folder), accepts, await rulesAbove(folder), found);
  return [...found.files, ...(await linkedFiles(found))].sort();
}

async function searchFolder(
  folder: string,
  entries: readonly Dirent[],
  accepts: Accepts,
  above: IgnoreRules,
  found: Found,
): Promise<void> {
  const rules = await rulesIn(folder, above);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (isIgnored(path, entry.isDirectory(), rules)) continue;
    if (entry.isDirectory()) {
      if (NEVER_SEARCHED.has(entry.name)) continue;
      const below = await entriesIfReadable(path);
      if (below !== null) await searchFolder(path, below, accepts, rules, found);
    } else if (accepts(entry.name, path)) {
      if (entry.isFile()) found.files.push(path);
      else if (entry.isSymbolicLink()) found.links.push(path);
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

/** A folder that this user may not read (a database's files) holds no Dockerfile that this user could build. */
async function entriesIfReadable(folder: string): Promise<Dirent[] | null> {
  try {
    // Entries may be listed that may not be opened.
    await access(folder, constants.R_OK | constants.X_OK);
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "ENOENT") return null;
    throw fileError(error, folder);
  }
}

async function linkedFiles({ files, links }: Found): Promise<string[]> {
  if (links.length === 0) return [];
  const seen = new Set(await Promise.all(files.map((file) => realpath(file))));
  const linked: string[] = [];
  for (const link of links.sort()) {
    const target = await fileBehind(link);
    if (target === null || seen.has(target)) continue;
    seen.add(target);
    linked.push(link);
  }
  return linked;
}

/** The regular file that a link leads to; `null` for a folder, a broken link or a circle. */
async function fileBehind(link: string): Promise<string | null> {
  try {
    return (await stat(link)).isFile() ? await realpath(link) : null;
  } catch {
    return null;
  }
}
