import { type Position, positionAt, type Range, type SourceText } from "../text.ts";

/** A stretch of one of the files that a request is written in. */
export interface Place extends Range {
  readonly path: string;
}

/** Where each code unit of a text stands. */
export interface Places {
  readonly path: string;
  readonly at: (offset: number) => Position;
}

/** The places of a whole file's text. */
export function placesOfText(text: string, path: string): Places {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    path,
    at: (offset) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
  };
}

/** The places of text that was put together from parts of a file. */
export function placesOfSource(source: SourceText, path: string): Places {
  return { path, at: (offset) => positionAt(source, offset) };
}

/** The place of a stretch of the text, end exclusive. */
export function placeIn(places: Places, start: number, end: number): Place {
  const first = places.at(start);
  if (end <= start) return { path: places.path, start: first, end: first };
  const last = places.at(end - 1);
  return { path: places.path, start: first, end: { line: last.line, column: last.column + 1 } };
}
