import type { TextEdit } from "./finding.ts";
import type { Position, Range } from "./text.ts";

/** The offset (0-based, UTF-16 code units) of a position; positions behind the end are the end. */
export function offsetOf(text: string, { line, column }: Position): number {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const end = text.indexOf("\n", start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, text.length);
}

/** The text of a range. */
export function textOf(text: string, { start, end }: Range): string {
  return text.slice(offsetOf(text, start), offsetOf(text, end));
}

/** `text` with all edits made at once. Throws when two of them overlap, which is a bug of whoever made them. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const placed = edits
    .map(({ range, replacement }) => ({
      start: offsetOf(text, range.start),
      end: offsetOf(text, range.end),
      replacement,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, replacement } of placed) {
    if (start < at) throw new Error("The edits of a fix overlap.");
    parts.push(text.slice(at, start), replacement);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}
