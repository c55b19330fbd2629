import type { JobNote } from "./model.ts";
import type { JobNode } from "./node.ts";
import { type Places, placesOfText } from "./places.ts";

/** A stretch of text that stands for something that is not known here: a variable, a command's output. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

/** Text that holds a request or a part of one. */
export interface JobText {
  readonly text: string;
  readonly places: Places;
  /** Sorted, and apart from each other. */
  readonly gaps: readonly Gap[];
}

/** What a text holds, or the first thing that makes it unreadable. */
export type ReadResult =
  | { readonly node: JobNode; readonly notes: readonly JobNote[] }
  | { readonly problem: string; readonly offset: number };

/** Why a value that holds a gap is not known. */
export const GAP_REASON = "it rests on a variable or a command";

/** A whole file. */
export function wholeFile(text: string, path: string): JobText {
  return { text, places: placesOfText(text, path), gaps: [] };
}

/** Whether a gap overlaps a stretch of the text. */
export function hasGap(gaps: readonly Gap[], start: number, end: number): boolean {
  return gaps.some((gap) => gap.start < end && gap.end > start);
}

/** The text with every gap made harmless: no quote, bracket or comma in it speaks to a parser. Same length. */
export function withHarmlessGaps({ text, gaps }: JobText): string {
  let harmless = "";
  let at = 0;
  for (const { start, end } of gaps) {
    harmless += text.slice(at, start) + text.slice(start, end).replace(/[^\w$]/g, "_");
    at = end;
  }
  return harmless + text.slice(at);
}
