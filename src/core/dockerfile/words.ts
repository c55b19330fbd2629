/** A word of an instruction's logical text: half-open offsets into it. */
export interface RawWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /[ \t\r\n\v\f]/;

/** Words separated by blanks outside quotes; quotes and escapes stay as written. */
export function splitWords(text: string, escapeChar: string, from = 0): RawWord[] {
  const words: RawWord[] = [];
  let at = from;
  while (at < text.length) {
    if (BLANK.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    at = wordEnd(text, at, escapeChar);
    words.push({ text: text.slice(start, at), start, end: at });
  }
  return words;
}

/** The offset behind the word that begins at `start`. An unclosed quote runs to the end. */
export function wordEnd(text: string, start: number, escapeChar: string): number {
  let at = start;
  while (at < text.length && !BLANK.test(text.charAt(at))) {
    const char = text.charAt(at);
    if (char === "'") at = closingSingle(text, at);
    else if (char === '"') at = closingDouble(text, at, escapeChar);
    else if (char === escapeChar) at += 2;
    else at += 1;
  }
  return Math.min(at, text.length);
}

function closingSingle(text: string, open: number): number {
  const close = text.indexOf("'", open + 1);
  return close === -1 ? text.length : close + 1;
}

function closingDouble(text: string, open: number, escapeChar: string): number {
  let at = open + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === escapeChar ? 2 : 1;
  return Math.min(at + 1, text.length);
}
