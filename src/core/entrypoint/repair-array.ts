import type { PlainWord } from "../dockerfile/shell/single-command.ts";

/** The elements that a broken JSON array was meant to have. */
export interface RepairedArray {
  readonly words: readonly PlainWord[];
  /**
   * Only quotes, commas and a comment had to be changed; else words were read that nobody quoted, that no bracket
   * ends, or in which a variable was meant.
   */
  readonly certain: boolean;
  /** What stands behind the array as a comment, which has to be on a line of its own; with its `#`. */
  readonly comment: string | null;
}

/** A string in quotes of any kind, without backslashes, in which everyone may mean something else. */
const QUOTED =
  /'([^'\\]*)'|[\u2018\u2019]([^\u2018\u2019\\]*)[\u2018\u2019]|[\u201c\u201d]([^\u201c\u201d\\]*)[\u201c\u201d]/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BARE = /[^\s,[\]'"\\\u2018\u2019\u201c\u201d]+/y;

/** Reads what begins as an array, and is none, as its writer most likely meant it; `null` where that is open. */
export function repairArray(text: string): RepairedArray | null {
  const words: PlainWord[] = [];
  let certain = true;
  let at = skipBlanks(text, 1);
  while (text.charAt(at) !== "]") {
    const element = elementAt(text, at);
    if (element === null) return null;
    words.push(element.word);
    certain &&= element.quoted && !/[$`]/.test(element.word.value);
    at = skipBlanks(text, element.word.end);
    if (text.charAt(at) === ",") at = skipBlanks(text, at + 1);
    else if (at >= text.length) return { words, certain: false, comment: null };
    // `'it''s'` is one word in some languages and two here.
    else if (text.charAt(at) !== "]" && at === element.word.end) certain = false;
  }
  const rest = text.slice(at + 1).trim();
  if (words.length === 0 || (rest !== "" && !rest.startsWith("#"))) return null;
  return { words, certain, comment: rest === "" ? null : rest };
}

function elementAt(text: string, at: number): { word: PlainWord; quoted: boolean } | null {
  const string = matchAt(STRING, text, at);
  if (string !== null) return { word: wordOf(JSON.parse(string[0]) as string, at, string[0]), quoted: true };
  const quoted = matchAt(QUOTED, text, at);
  if (quoted !== null) {
    const value = quoted[1] ?? quoted[2] ?? quoted[3] ?? "";
    return { word: wordOf(value, at, quoted[0]), quoted: true };
  }
  const bare = matchAt(BARE, text, at);
  return bare === null ? null : { word: wordOf(bare[0], at, bare[0]), quoted: false };
}

function wordOf(value: string, start: number, written: string): PlainWord {
  return { value, start, end: start + written.length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (/\s/.test(text.charAt(next))) next += 1;
  return next;
}
