import { GAP_REASON, type Gap, hasGap, type JobText, withHarmlessGaps } from "./job-text.ts";
import type { JobNote } from "./model.ts";
import { placeIn } from "./places.ts";

/** JSON as people write it, made readable for a JSON parser without moving a character. */
export interface LenientText {
  readonly text: string;
  /** `#` comments; the parser itself knows the other two kinds. */
  readonly notes: readonly JobNote[];
  /** Offsets of values that stand for something unknown, and why. */
  readonly unknown: ReadonlyMap<number, string>;
  /** Offsets of values that are still to be filled in, and the words that say so. */
  readonly placeholders: ReadonlyMap<number, string>;
  /** Offsets of `...` in the place of members or items. */
  readonly elisions: readonly number[];
}

/** Elisions that are told; an example has a handful. */
const MAX_ELISIONS = 1000;

const ELISION = /\.\.\.|\u2026/y;

/** What stands in the place of a value without quotes: `<count>`, `${COUNT}`, or a type's name as in request syntax. */
const BARE =
  /<[\p{L}_][^<>"\n]{0,80}>|\$\{[\w.]{1,80}\}|\$\w{1,80}|\{\{[^{}"\n]{1,80}\}\}|(?:number|boolean|string|integer|long|float|double|timestamp)\b/uy;

/**
 * Blanks out what is no JSON and still has a meaning for the reader: `#` comments, `...` for what an example
 * leaves out, and variables of a script that stand where a value is expected.
 */
export function lenient(input: JobText): LenientText {
  const reader = new LenientReader(input);
  return reader.read();
}

class LenientReader {
  private readonly input: JobText;
  private readonly source: string;
  private readonly chars: string[];
  private readonly notes: JobNote[] = [];
  private readonly unknown = new Map<number, string>();
  private readonly placeholders = new Map<number, string>();
  private readonly elisions: number[] = [];
  private readonly gaps: ReadonlyMap<number, Gap>;
  private at = 0;
  /** The last character that is neither blank nor comment, outside of strings. */
  private last = "";

  constructor(input: JobText) {
    this.input = input;
    this.gaps = new Map(input.gaps.map((gap) => [gap.start, gap]));
    this.source = withHarmlessGaps(input);
    this.chars = [...Array(this.source.length).keys()].map((index) => this.source.charAt(index));
  }

  read(): LenientText {
    while (this.at < this.source.length) this.step();
    const { notes, unknown, placeholders, elisions } = this;
    return { text: this.chars.join(""), notes, unknown, placeholders, elisions };
  }

  private step(): void {
    const gap = this.gapHere();
    if (gap !== undefined) {
      this.standIn(gap, GAP_REASON);
      return;
    }
    const char = this.source.charAt(this.at);
    if (char === '"') this.skip(/"(?:[^"\\]|\\[\s\S])*"?/y, '"');
    else if (this.source.startsWith("//", this.at)) this.skip(/[^\n]*/y, null);
    else if (this.source.startsWith("/*", this.at)) this.skip(/\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/y, null);
    else if (char === "#") this.comment();
    else if (!this.elision() && !this.bare()) {
      if (!/\s/.test(char)) this.last = char;
      this.at += 1;
    }
  }

  private gapHere(): Gap | undefined {
    return this.gaps.get(this.at);
  }

  /** Puts a number where the gap stands, which the parser reads and nobody believes. */
  private standIn({ start, end }: Gap, why: string): void {
    this.blank(start, end);
    this.chars[start] = "0";
    this.unknown.set(start, why);
    this.last = "0";
    this.at = end;
  }

  private skip(pattern: RegExp, last: string | null): void {
    pattern.lastIndex = this.at;
    this.at += Math.max(1, pattern.exec(this.source)?.[0].length ?? 1);
    if (last !== null) this.last = last;
  }

  private comment(): void {
    const start = this.at;
    this.skip(/[^\n]*/y, null);
    const subject = this.source.slice(start, Math.min(this.at, start + 40)).trimEnd();
    this.notes.push({ kind: "comment", subject, range: placeIn(this.input.places, start, this.at) });
    this.blank(start, this.at);
  }

  /** `...` in the place of a value, members or items, with the comma behind it. */
  private elision(): boolean {
    ELISION.lastIndex = this.at;
    const found = ELISION.exec(this.source)?.[0];
    if (found === undefined || hasGap(this.input.gaps, this.at, this.at + found.length)) return false;
    const start = this.at;
    if (this.last === ":") {
      this.standIn({ start, end: start + found.length }, "it is left out");
      return true;
    }
    const comma = /\s*,/y;
    comma.lastIndex = start + found.length;
    const end = start + found.length + (comma.exec(this.source)?.[0].length ?? 0);
    if (this.elisions.length < MAX_ELISIONS) this.elisions.push(start);
    this.blank(start, end);
    this.at = end;
    return true;
  }

  /** A placeholder without quotes where a value is expected. */
  private bare(): boolean {
    if (!/[:[,]/.test(this.last)) return false;
    BARE.lastIndex = this.at;
    const found = BARE.exec(this.source)?.[0];
    if (found === undefined) return false;
    this.placeholders.set(this.at, found);
    this.standIn({ start: this.at, end: this.at + found.length }, "it is still to be filled in");
    return true;
  }

  private blank(start: number, end: number): void {
    for (let at = start; at < end; at += 1) if (this.chars[at] !== "\n") this.chars[at] = " ";
  }
}
