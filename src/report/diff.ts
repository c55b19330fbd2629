import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";

/** A text file before and after. */
export interface FileChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The change as `git apply` and `patch -p1` take it, byte for byte; "" where nothing changes. */
export function unifiedDiff({ path, before, after }: FileChange): string {
  if (before === after) return "";
  const [from, to] = path.startsWith("/") ? [path, path] : [`a/${path}`, `b/${path}`];
  return formatPatch(structuredPatch(from, to, before, after), FILE_HEADERS_ONLY);
}
