import { absolutePath, isWithin, parentOf } from "../paths.ts";
import { LIMITS } from "./limits.ts";
import type { FileEntry, FileIndex, ImageConfig, ImageModel } from "./model.ts";

/** The file a path leads to, and the links on the way. */
export interface Resolved {
  readonly entry: FileEntry;
  /** Every path that was a link, first to last. */
  readonly links: readonly FileEntry[];
}

/** Follows symbolic links in every part of `path`; `null` when it leads nowhere or in a circle. */
export function resolvePath(index: Pick<FileIndex, "visible">, path: string): Resolved | null {
  const { steps, path: real } = walkPath(index, path);
  const entry = real === null ? undefined : index.visible.get(real);
  return entry === undefined ? null : { entry, links: steps.filter(({ type }) => type === "symlink") };
}

/** Every entry on the way of `path`, links followed, and the path that it leads to: `null` for a circle. */
export function walkPath(
  index: Pick<FileIndex, "visible">,
  path: string,
): { readonly steps: readonly FileEntry[]; readonly path: string | null } {
  const steps: FileEntry[] = [];
  let rest = path.split("/");
  let at = "/";
  let links = 0;
  while (rest.length > 0) {
    const [part = "", ...after] = rest;
    rest = after;
    if (part === "..") at = parentOf(at);
    if (part === "" || part === "." || part === "..") continue;
    const next = at === "/" ? `/${part}` : `${at}/${part}`;
    const found = index.visible.get(next);
    if (found !== undefined) steps.push(found);
    if (found?.type !== "symlink" || found.linkTarget === null) {
      at = next;
      continue;
    }
    links += 1;
    if (links > LIMITS["link-depth"].value) return { steps, path: null };
    if (found.linkTarget.startsWith("/")) at = "/";
    rest = [...found.linkTarget.split("/"), ...after];
  }
  return { steps, path: at };
}

/** Whether a path is certainly not in the image, rather than not read. Absolute, or as seen from `/`. */
export function isMissing(index: FileIndex, path: string): boolean {
  const absolute = absolutePath("/", path);
  const asked = index.asked.some((query) => {
    const folder = absolutePath("/", query.path);
    return query.kind === "tree" ? isWithin(absolute, folder) : folder === absolute;
  });
  return asked && resolvePath(index, absolute) === null;
}

/**
 * Everything visible below `folder`, the folder itself left out, in order of path. Where the folder is behind
 * links, that is what lies where they lead.
 */
export function filesUnder(index: FileIndex, folder: string): FileEntry[] {
  const real = walkPath(index, folder).path ?? folder;
  return [...index.visible.values()]
    .filter((entry) => entry.path !== real && isWithin(entry.path, real))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The folders of PATH, as the container's first process sees them. */
export function pathFolders(config: ImageConfig): string[] {
  const path =
    environmentOf(config).get("PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return path.split(":").map((folder) => absolutePath(config.WorkingDir || "/", folder));
}

/** `Env` as a map; the last value of a name wins. */
export function environmentOf(config: ImageConfig): Map<string, string> {
  return new Map(
    config.Env.map((entry) => {
      const equals = entry.indexOf("=");
      return equals === -1 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

/** Where a command of this name (or path) is found, with or without execute permission. */
export function findCommand(
  image: Pick<ImageModel, "config" | "files">,
  name: string,
): { executable: Resolved | null; notExecutable: Resolved | null } {
  const candidates = name.includes("/")
    ? [absolutePath(image.config.WorkingDir || "/", name)]
    : pathFolders(image.config).map((folder) => absolutePath(folder, name));
  let notExecutable: Resolved | null = null;
  for (const candidate of candidates) {
    const resolved = resolvePath(image.files, candidate);
    if (resolved === null || (resolved.entry.type !== "file" && resolved.entry.type !== "hardlink")) continue;
    if ((resolved.entry.mode & 0o111) !== 0) return { executable: resolved, notExecutable };
    notExecutable ??= resolved;
  }
  return { executable: null, notExecutable };
}

/** The start of a file as text, one character a byte; `null` where it was not asked for or is binary. */
export function headText(entry: FileEntry): string | null {
  return entry.head === null || entry.head.includes(0) ? null : latin1(entry.head);
}

/** Whether the start of a file holds this ASCII text. */
export function headIncludes(entry: FileEntry, text: string): boolean {
  return entry.head !== null && latin1(entry.head).includes(text);
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
