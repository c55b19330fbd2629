import { linesOf } from "../../core/text.ts";
import type { FilePlace } from "../place.ts";

/** Source of a region, and of the whole lines around it. */
export interface Snippet {
  readonly region: string;
  readonly context: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Lines in front of and behind a region that are shown with it. */
const AROUND = 2;
/** The most lines of a region, and the most characters of a text, that are shown: a report is no copy of the file. */
const MOST_LINES = 20;
const MOST_CHARACTERS = 2000;

/** The source at `place`; `null` where the file has no such line. */
export function snippetOf(text: string, place: FilePlace): Snippet | null {
  const lines = linesOf(text);
  if (place.line > lines.length) return null;
  const end = Math.min(place.endLine, place.line + MOST_LINES - 1, lines.length);
  const firstLine = Math.max(1, place.line - AROUND);
  const lastLine = Math.min(lines.length, end + AROUND);
  return {
    region: cut(regionText(lines, place, end)),
    context: cut(lines.slice(firstLine - 1, lastLine).join("\n")),
    firstLine,
    lastLine,
  };
}

function regionText(lines: readonly string[], place: FilePlace, end: number): string {
  const part = lines.slice(place.line - 1, end);
  if (place.endLine === place.line && place.endColumn <= place.column)
    return part.map((line) => line.slice(place.column - 1)).join("\n");
  return part
    .map((line, index) => {
      const number = place.line + index;
      const to = number === place.endLine ? place.endColumn - 1 : line.length;
      return line.slice(number === place.line ? place.column - 1 : 0, to);
    })
    .join("\n");
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}
