import type { Range, SourceText } from "../text.ts";
import { rangeAt } from "../text.ts";

/** How the builder reads the arguments of ENTRYPOINT, CMD, RUN, SHELL, VOLUME, COPY and ADD. */
export type ExecForm =
  | { readonly form: "exec"; readonly elements: readonly string[]; readonly ranges: readonly Range[] }
  | { readonly form: "shell"; readonly broken: { readonly reason: string; readonly range: Range } | null };

/**
 * BuildKit's `parseJSON`: the arguments are in exec form when they are a JSON array of strings, and in shell
 * form else, silently. `broken` says why a text that begins with `[` is not such an array.
 */
export function execForm(source: SourceText): ExecForm {
  if (!source.text.startsWith("[")) return { form: "shell", broken: null };
  const array = parseArray(source.text);
  if ("reason" in array) {
    const end = Math.min(Math.max(array.end, array.at + 1), source.text.length);
    return { form: "shell", broken: { reason: array.reason, range: rangeAt(source, array.at, end) } };
  }
  return {
    form: "exec",
    elements: array.elements.map((element) => element.value),
    ranges: array.elements.map((element) => rangeAt(source, element.start, element.end)),
  };
}

interface Element {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

interface Broken {
  readonly reason: string;
  readonly at: number;
  readonly end: number;
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BLANKS = /[ \t\r\n]*/y;
const TOKEN = /[^\s,\]]+/y;

function parseArray(text: string): { elements: Element[] } | Broken {
  const elements: Element[] = [];
  let at = skipBlanks(text, 1);
  if (text.charAt(at) === "]") return closed(text, at, elements);
  for (;;) {
    STRING.lastIndex = at;
    const match = STRING.exec(text);
    if (match === null) return notAString(text, at);
    elements.push({ value: JSON.parse(match[0]) as string, start: at, end: STRING.lastIndex });
    at = skipBlanks(text, STRING.lastIndex);
    const char = text.charAt(at);
    if (char === "]") return closed(text, at, elements);
    if (char !== ",") {
      if (char === "") return { reason: "the closing bracket is missing", at: 0, end: 1 };
      return { reason: "a comma is missing between two elements", at, end: tokenEnd(text, at) };
    }
    const comma = at;
    at = skipBlanks(text, at + 1);
    if (text.charAt(at) === "]")
      return { reason: "there is a comma before the closing bracket", at: comma, end: comma + 1 };
  }
}

/** Builders since 2024 take text behind the bracket for shell form; older ones pass over it. */
function closed(text: string, bracket: number, elements: Element[]): { elements: Element[] } | Broken {
  const rest = skipBlanks(text, bracket + 1);
  if (rest === text.length) return { elements };
  const comment = text.charAt(rest) === "#";
  const what = comment
    ? "a comment on the same line is part of it"
    : "there is text behind the closing bracket";
  return { reason: what, at: rest, end: text.length };
}

function notAString(text: string, at: number): Broken {
  const char = text.charAt(at);
  const end = tokenEnd(text, at);
  if (char === "") return { reason: "the closing bracket is missing", at: 0, end: 1 };
  if (char === "'") return { reason: "single quotes are not JSON; use double quotes", at, end };
  if (/[\u2018\u2019\u201c\u201d\u00ab\u00bb]/.test(char)) {
    return { reason: "typographic quotes are not JSON; use plain double quotes", at, end };
  }
  if (char === '"') {
    const close = text.indexOf('"', at + 1);
    if (close === -1) return { reason: "a string is not closed", at, end };
    return { reason: "a string holds an escape or character that JSON does not allow", at, end: close + 1 };
  }
  if (/^(?:-?\d|true|false|null|[[{])/.test(text.slice(at, at + 5))) {
    return { reason: "every element must be a string in double quotes", at, end };
  }
  if (char === ",") return { reason: "an element is missing before a comma", at, end: at + 1 };
  return { reason: "a word is not in double quotes", at, end };
}

function tokenEnd(text: string, at: number): number {
  TOKEN.lastIndex = at;
  return TOKEN.exec(text) === null ? at + 1 : TOKEN.lastIndex;
}

function skipBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.exec(text);
  return BLANKS.lastIndex;
}
