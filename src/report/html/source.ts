import type { Position } from "../../core/text.ts";
import { visible } from "../hygiene.ts";
import { html, type Markup } from "./markup.ts";

/** Lines around a region, and the most lines of the region itself. */
const AROUND = 2;
const MOST_LINES = 12;
const LONGEST_LINE = 400;

/** The source at a place, its region marked; `null` where the file has no such line. */
export function sourceExcerpt(text: string, start: Position, end: Position): Markup | null {
  // A line end at the end of the file begins no line.
  const lines = text.replace(/(\r\n|\n|\r)$/, "").split(/\r\n|\n|\r/);
  if (start.line > lines.length) return null;
  const first = Math.max(1, start.line - AROUND);
  const last = Math.min(lines.length, Math.min(end.line, start.line + MOST_LINES - 1) + AROUND);
  const width = String(last).length;
  const shown = lines.slice(first - 1, last).map((line, index) => {
    const number = first + index;
    const label = `${String(number).padStart(width)}  `;
    return html`<span class="number">${label}</span>${marked(line, number, start, end)}
`;
  });
  return html`<pre tabindex="0">${shown}</pre>`;
}

function marked(line: string, number: number, start: Position, end: Position): Markup {
  if (number < start.line || number > end.line) return html`${shown(line)}`;
  const from = number === start.line ? start.column - 1 : 0;
  const to = number === end.line ? Math.max(end.column - 1, from) : line.length;
  const [before, inside, after] = [line.slice(0, from), line.slice(from, to), line.slice(to)].map(shown);
  return inside === ""
    ? html`${shown(line)}`
    : html`${before ?? ""}<mark>${inside ?? ""}</mark>${after ?? ""}`;
}

function shown(text: string): string {
  const safe = visible(text).replace(/\t/g, "    ");
  return safe.length > LONGEST_LINE ? `${safe.slice(0, LONGEST_LINE - 1)}…` : safe;
}
