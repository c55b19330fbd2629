import measure from "string-width";
import { linesOf, type Range } from "../core/text.ts";
import { visible } from "./hygiene.ts";

/** A source line with the run of columns to underline, both as a terminal shows them. */
export interface Excerpt {
  readonly line: number;
  /** The line with tabs expanded and control characters made visible. */
  readonly text: string;
  /** Terminal columns in front of the caret, and under it (at least one). */
  readonly indent: number;
  readonly length: number;
  /** The last line of the range, when it goes on after this line. */
  readonly goesOnTo: number | null;
}

const TAB = "    ";
const CUT = "…";

/** The first line of `range` in `text`, cut around the range where it is wider than `width` columns. */
export function excerptOf(text: string, range: Range, width: number): Excerpt | null {
  const line = linesOf(text)[range.start.line - 1];
  if (line === undefined) return null;
  const from = Math.min(Math.max(range.start.column - 1, 0), line.length);
  const to = endOnLine(line, range, from);
  const before = shown(line.slice(0, from));
  const marked = shown(line.slice(from, to));
  const after = shown(line.slice(to));
  const cut = cutAround(before, marked, after, Math.max(width, 20));
  return {
    line: range.start.line,
    text: cut.text,
    indent: cut.indent,
    length: Math.max(1, cut.length),
    goesOnTo: range.end.line > range.start.line ? range.end.line : null,
  };
}

/** An end on the same line is exclusive; a range that goes on is marked up to its last non-blank character. */
function endOnLine(line: string, range: Range, from: number): number {
  if (range.end.line > range.start.line) return Math.max(from, line.trimEnd().length);
  return Math.max(from, Math.min(range.end.column - 1, line.length));
}

/** Terminal columns of `text`; most lines are plain ASCII, where each character has one. */
function stringWidth(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : measure(text);
}

function shown(text: string): string {
  return visible(text).replace(/\t/g, TAB);
}

function cutAround(
  before: string,
  marked: string,
  after: string,
  width: number,
): { text: string; indent: number; length: number } {
  const whole = before + marked + after;
  if (stringWidth(whole) <= width) {
    return { text: whole, indent: stringWidth(before), length: stringWidth(marked) };
  }
  const roomBefore = Math.floor(width / 3);
  const left = stringWidth(before) <= roomBefore ? before : CUT + takeEnd(before, roomBefore - 1);
  const middle = takeStart(marked, width - stringWidth(left) - 1);
  const room = width - stringWidth(left) - stringWidth(middle);
  const right = middle === marked ? takeStart(after, room) : CUT;
  return { text: left + middle + right, indent: stringWidth(left), length: stringWidth(middle) };
}

function takeStart(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const taken = takeWhile([...text], width - 1);
  return taken.join("") + CUT;
}

function takeEnd(text: string, width: number): string {
  return takeWhile([...text].reverse(), width)
    .reverse()
    .join("");
}

function takeWhile(characters: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const character of characters) {
    const columns = stringWidth(character);
    if (used + columns > width) break;
    used += columns;
    taken.push(character);
  }
  return taken;
}
