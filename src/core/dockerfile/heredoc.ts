import type { SourceText } from "../text.ts";
import { type Line, SourceBuilder } from "./lines.ts";
import type { RawWord } from "./words.ts";

/** A `<<NAME` word that opens a here-document. */
export interface HeredocStart {
  readonly word: RawWord;
  readonly name: string;
  readonly expand: boolean;
  /** `<<-`: leading tabs are dropped, also in front of the terminator. */
  readonly stripTabs: boolean;
}

const START = /^\d*<<(-?)([^<]*)$/;

/** The here-documents that the words of a RUN, COPY or ADD open, as BuildKit's `ParseHeredoc` finds them. */
export function findHeredocs(words: readonly RawWord[], escapeChar: string): HeredocStart[] {
  return withBlanks(words).flatMap((word) => {
    const match = START.exec(word.text);
    const raw = match?.[2] ?? "";
    if (match === null || raw === "") return [];
    const name = unquote(raw, escapeChar);
    return [{ word, name, expand: name === raw, stripTabs: match[1] === "-" }];
  });
}

/** `<< NAME`: blanks between the arrows and the name belong to the word. */
function withBlanks(words: readonly RawWord[]): RawWord[] {
  return words.map((word, index) => {
    const next = words[index + 1];
    if (next === undefined || !/^\d*<<$/.test(word.text)) return word;
    return { text: `${word.text}${next.text}`, start: word.start, end: next.end };
  });
}

function unquote(raw: string, escapeChar: string): string {
  let name = "";
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    if (char === escapeChar) {
      at += 1;
      name += raw.charAt(at);
    } else if (char !== "'" && char !== '"') name += char;
  }
  return name;
}

/**
 * Reads the body from line index `from`. Where no line is the terminator, which the builder refuses, one with
 * blanks around it is taken, or else the end of the file. `keepReturns` leaves CRLF in the body: a file that COPY
 * makes has the line endings of the Dockerfile.
 */
export function readHeredoc(
  lines: readonly Line[],
  from: number,
  start: HeredocStart,
  keepReturns: boolean,
): { content: SourceText; next: number; terminated: boolean } {
  const withoutTabs = (line: Line): string => (start.stripTabs ? line.text.replace(/^\t+/, "") : line.text);
  const exact = endFrom(lines, from, (line) => withoutTabs(line) === start.name);
  const end = exact ?? endFrom(lines, from, (line) => line.text.trim() === start.name);
  const builder = new SourceBuilder();
  for (const line of lines.slice(from, end ?? lines.length)) {
    const text = withoutTabs(line);
    const column = line.column + line.text.length - text.length;
    const ending = keepReturns && line.ending === "\r\n" ? "\r\n" : "\n";
    builder.add(`${text}${ending}`, { line: line.number, column });
  }
  const next = end === null ? lines.length : end + 1;
  return { content: builder.build(), next, terminated: exact !== null };
}

function endFrom(lines: readonly Line[], from: number, ends: (line: Line) => boolean): number | null {
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index];
    if (line !== undefined && ends(line)) return index;
  }
  return null;
}
