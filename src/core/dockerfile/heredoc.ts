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

const START = /^\d*<<(-?)\s*([^<]+)$/;

/** The here-documents that the words of a RUN, COPY or ADD open, as BuildKit's `ParseHeredoc` finds them. */
export function findHeredocs(words: readonly RawWord[], escapeChar: string): HeredocStart[] {
  return withBlanks(words).flatMap((word) => {
    const match = START.exec(word.text);
    if (match === null) return [];
    const raw = match[2] ?? "";
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
 * Reads the body from line index `from`; without a terminator it runs to the end of the file. `keepReturns`
 * leaves CRLF in the body: a file that COPY makes has the line endings of the Dockerfile.
 */
export function readHeredoc(
  lines: readonly Line[],
  from: number,
  start: HeredocStart,
  keepReturns: boolean,
): { content: SourceText; next: number } {
  const builder = new SourceBuilder();
  let index = from;
  for (; index < lines.length; index += 1) {
    const line = lines[index] as Line;
    const tabs = start.stripTabs ? (/^\t*/.exec(line.text)?.[0].length ?? 0) : 0;
    const text = line.text.slice(tabs);
    if (text === start.name) return { content: builder.build(), next: index + 1 };
    builder.add(`${text}${keepReturns && line.ending === "\r\n" ? "\r\n" : "\n"}`, {
      line: line.number,
      column: line.column + tabs,
    });
  }
  return { content: builder.build(), next: index };
}
