import type { SourceText } from "../text.ts";
import { splitWords } from "./words.ts";

/** `name=value` of ENV, LABEL or ARG, both still quoted and unexpanded. */
export interface Assignment {
  readonly name: string;
  /** `null` for an ARG without `=`. */
  readonly value: string | null;
}

/**
 * The assignments of ENV and LABEL: `a=b c="d e"`, or the old `name the rest of the line` form, which the
 * builder uses when the first word has no `=`.
 */
export function assignmentsOf(source: SourceText, escapeChar: string): Assignment[] {
  const words = splitWords(source.text, escapeChar);
  const first = words[0];
  if (first === undefined) return [];
  if (!first.text.includes("=")) {
    return [{ name: first.text, value: source.text.slice(first.end).trim() }];
  }
  return words.map((word) => nameAndValue(word.text));
}

/** The assignments of ARG; a name alone has no default. */
export function argumentsOf(source: SourceText, escapeChar: string): Assignment[] {
  return splitWords(source.text, escapeChar).map((word) => nameAndValue(word.text));
}

function nameAndValue(word: string): Assignment {
  const equals = word.indexOf("=");
  return equals === -1
    ? { name: word, value: null }
    : { name: word.slice(0, equals), value: word.slice(equals + 1) };
}
