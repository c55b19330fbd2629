import type { Position, Range } from "../text.ts";

/** Where each code unit of a text stands in the file. */
export type Places = (offset: number) => Position;

/** The places of a whole file's text. */
export function placesOfText(text: string): Places {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The range of a stretch of the text, end exclusive. */
export function rangeIn(places: Places, start: number, end: number): Range {
  const first = places(start);
  if (end <= start) return { start: first, end: first };
  const last = places(end - 1);
  return { start: first, end: { line: last.line, column: last.column + 1 } };
}
