/** A word of an instruction's logical text: half-open offsets into it. */
export interface RawWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Words separated by blanks outside quotes; quotes and escapes stay as written. */
export function splitWords(text: string, escapeChar: string, from = 0): RawWord[] {
  const words: RawWord[] = [];
  for (let word = wordFrom(text, escapeChar, from); word !== null; ) {
    words.push(word);
    word = wordFrom(text, escapeChar, word.end);
  }
  return words;
}

/** The first word at or behind the offset `from`; `null` where only blanks follow. */
export function wordFrom(text: string, escapeChar: string, from: number): RawWord | null {
  const start = wordStart(text, from);
  if (start >= text.length) return null;
  const end = wordEnd(text, start, escapeChar);
  return { text: text.slice(start, end), start, end };
}

/** Where the first word at or behind the offset `from` begins; the length of the text where only blanks follow. */
export function wordStart(text: string, from: number): number {
  let start = from;
  while (start < text.length && isBlank(text, start)) start += 1;
  return start;
}

/** Space, tab, line feed, vertical tab, form feed or carriage return. */
function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** The offset behind the word that begins at `start`. An unclosed quote runs to the end. */
export function wordEnd(text: string, start: number, escapeChar: string): number {
  let at = start;
  while (at < text.length && !isBlank(text, at)) {
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
