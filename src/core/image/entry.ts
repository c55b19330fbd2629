import { UserError } from "../errors.ts";
import { absolutePath } from "../paths.ts";
import { LIMITS, LimitError } from "./limits.ts";
import type { FileEntry } from "./model.ts";
import type { TarEntry } from "./tar.ts";

/**
 * The path in the image that a name of an archive stands for; `root` is the folder that names are relative to.
 * A leading slash means nothing, as in all readers of tar.
 *
 * @throws UserError when the name leads out of the image by `..`: no engine unpacks such an archive.
 */
export function pathInImage(name: string, root: string, archive: string): string {
  if (root === "/" && isPlain(name)) return name.endsWith("/") ? `/${name.slice(0, -1)}` : `/${name}`;
  let depth = root.split("/").filter((part) => part !== "").length;
  for (const part of name.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) {
      throw new UserError(`${archive} has an entry that leads out of the image: ${name.slice(0, 200)}.`, {
        help: "No engine unpacks such an archive: it is damaged, or made to do harm.",
      });
    }
  }
  return absolutePath(root, name.replace(/^\/+/, ""));
}

/** Surely without empty parts, `.` and `..`: by far most names are. */
function isPlain(name: string): boolean {
  const first = name.charCodeAt(0);
  return first !== SLASH && first !== DOT && name !== "" && !name.includes("//") && !name.includes("/.");
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** The entry of an image that an entry of an archive stands for. */
export function fileEntry(entry: TarEntry, root: string, layer: string | null, archive: string): FileEntry {
  const { type, linkName } = entry;
  return {
    path: pathInImage(entry.name, root, archive),
    type: type === "other" ? "file" : type,
    size: entry.size,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    linkTarget:
      linkName === null ? null : type === "hardlink" ? pathInImage(linkName, root, archive) : linkName,
    layer,
    head: null,
  };
}

/**
 * Makes every hard link what its other name is, so that nobody who reads the entries must know of them. The
 * other name stands in the same layer; one that does not is left as it is. `changed` gets the index of each such
 * entry and that of the entry whose data it shares.
 *
 * @throws LimitError for links that run in a circle or too far.
 */
export function resolveHardLinks(
  entries: FileEntry[],
  archive: string,
  changed: (link: number, target: number) => void,
): void {
  const links: number[] = [];
  for (let at = 0; at < entries.length; at += 1) if (entries[at]?.type === "hardlink") links.push(at);
  if (links.length === 0) return;
  const byPath = new Map(entries.map((entry, at) => [entry.path, at]));
  for (const at of links) {
    const link = entries[at] as FileEntry;
    let target = byPath.get(link.linkTarget ?? "");
    for (let steps = 0; target !== undefined && entries[target]?.type === "hardlink"; steps += 1) {
      if (steps > LIMITS["link-depth"].value) {
        throw new LimitError(
          "link-depth",
          `${archive} has hard links that lead to one another without an end`,
        );
      }
      target = byPath.get(entries[target]?.linkTarget ?? "");
    }
    const file = target === undefined ? undefined : entries[target];
    if (file === undefined || target === undefined) continue;
    entries[at] = { ...file, path: link.path, linkTarget: file.linkTarget ?? file.path };
    changed(at, target);
  }
}
