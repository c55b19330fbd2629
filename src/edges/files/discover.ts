import { isAbsolute, relative, resolve, sep } from "node:path";
import { UserError } from "../../core/errors.ts";
import { kindOf } from "./kind.ts";
import { isDockerfileName, isOtherFileName } from "./names.ts";
import { search } from "./search.ts";

/**
 * The files that `words` name, as paths relative to `cwd` (absolute outside of it), each once.
 * A file is taken as it is, whatever its name; a folder is searched for Dockerfiles; a word that names nothing and
 * holds `*`, `?`, `[` or `{` is a glob pattern. In folders and patterns .gitignore counts.
 * Throws a `UserError` for a word that names nothing.
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
  const full = resolve(cwd, path);
  // What most files are; working out the way to others takes many times longer.
  if (full.startsWith(cwd + sep)) return slashed(full.slice(cwd.length + 1));
  const below = relative(cwd, full);
  const outside = below === "" || below.startsWith(`..${sep}`) || below === ".." || isAbsolute(below);
  return slashed(outside ? full : below);
}

async function filesOf(word: string, cwd: string): Promise<string[]> {
  const path = resolve(cwd, word);
  const kind = await kindOf(path);
  if (kind === "file") return [path];
  if (kind === "folder") {
    const files = await search(path, isDockerfileName);
    if (files.length > 0) return files;
    throw new UserError(`There is no Dockerfile in ${word === "." ? "this folder" : word}.`, {
      help: "Name the file, or go to the folder that holds it: `trainlint path/to/Dockerfile`.",
    });
  }
  if (/[*?[{]/.test(word)) return await filesOfPattern(word, cwd);
  throw new UserError("There is no such file or folder.", { place: { path: word } });
}

async function filesOfPattern(pattern: string, cwd: string): Promise<string[]> {
  const { default: picomatch } = await import("picomatch");
  const { base, glob } = picomatch.scan(slashed(pattern));
  const root = resolve(cwd, base);
  const matches = picomatch(glob, { dot: true });
  const accepts = (name: string, path: string): boolean => {
    const below = slashed(relative(root, path));
    return isNamedBy(glob, below, matches) || (isDockerfileName(name) && isBelow(below, matches));
  };
  const files = (await kindOf(root)) === "folder" ? await search(root, accepts) : [];
  if (files.length === 0) throw new UserError(`No file matches ${pattern}.`);
  return files;
}

/**
 * Whether a pattern means this file, whatever its name. One that ends in `*` or `**` names folders, not files, and
 * `Dockerfile*` does not mean `Dockerfile.md`, while `*.md` does.
 */
function isNamedBy(glob: string, path: string, matches: (path: string) => boolean): boolean {
  if (/(^|\/)\*+$/.test(glob) || (isOtherFileName(path) && !isOtherFileName(glob))) return false;
  return matches(path);
}

/** Whether the pattern matches the path or a folder above it. */
function isBelow(path: string, matches: (path: string) => boolean): boolean {
  const parts = path.split("/");
  return parts.some((_, index) => matches(parts.slice(0, index + 1).join("/")));
}

function slashed(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}
