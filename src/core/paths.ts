/** An absolute, normalized POSIX path: `relative` as seen from `base`, no trailing slash but for `/` itself. */
export function absolutePath(base: string, relative: string): string {
  const joined = relative.startsWith("/") ? relative : `${base}/${relative}`;
  if (isNormalized(joined)) return joined;
  const parts: string[] = [];
  for (const part of joined.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** What most paths are; a name that begins with a dot does not count, although it could. */
function isNormalized(path: string): boolean {
  return path.startsWith("/") && !path.endsWith("/") && !path.includes("//") && !path.includes("/.");
}

/** Whether `path` is `folder` or lies below it; both absolute and normalized. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** `path` without the slashes at its end; `/` becomes the empty string. */
export function withoutTrailingSlashes(path: string): string {
  return withoutEnd(path, "/");
}

/** `text` without those of its last characters that are among `characters`. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** A URL, or the path in one, up to its query or fragment. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#][\s\S]*/, "");
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder a path lies in. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
