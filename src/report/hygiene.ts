import type { Report } from "./report.ts";

/**
 * The one place that makes text from a guest (file names, labels, ENV, log lines, Dockerfile text) safe for a
 * terminal and for a CI log. Two dangers: control characters that a terminal obeys, and lines that a CI runner
 * takes as commands.
 */

/** C0 without tab and newline, DEL, C1, bidi controls and marks, line separators, zero-width characters. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** What most text is made of; seen at once, without the tables that the other expressions need. */
const PLAIN = /^[\x20-\x7e]*$/;

/** A surrogate without its partner: no terminal shows it, and UTF-8 has no bytes for it. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` with every control or invisible character written as `<U+001B>`; tabs and newlines stay. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, codePointName).replace(LONE_SURROGATE, codeUnitName);
}

/** `text` with U+FFFD for surrogates that have no partner, which no encoding can carry. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, "\ufffd");
}

/** `visible`, and on one line: tabs and newlines are written out as `\t` and `\n`. */
export function visibleLine(text: string): string {
  return PLAIN.test(text) ? text : visible(text).replace(/\t/g, "\\t").replace(/\n/g, "\\n");
}

function codePointName(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}

function codeUnitName(unit: string): string {
  return `<U+${unit.charCodeAt(0).toString(16).toUpperCase()}>`;
}

const COMMAND_AT_LINE_START = /^((?:[^\S\n\r\u2028\u2029]|\u001b\[[0-9;]*m)*):(?=:)/gm;
const COMMAND_ANYWHERE = /##(?=\[|vso\[)/g;

/**
 * `output` with nothing left that a CI runner takes as a command: GitHub reads `::name::` at the start of a line
 * and `##[name]` anywhere, Azure reads `##vso[...]`. A blank in between keeps it readable.
 */
export function withoutWorkflowCommands(output: string): string {
  return output.replace(COMMAND_AT_LINE_START, "$1: ").replace(COMMAND_ANYWHERE, "# #");
}

/** JSON text that is safe to print: what `JSON.stringify` leaves raw is escaped, without loss. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, unicodeEscape).replace(COMMAND_ANYWHERE, "\\u0023#");
}

function unicodeEscape(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }

  return escaped;
}

/** The report with every string made visible; `texts` stay raw, since columns count in them. */
export function visibleReport(report: Report): Report {
  const { texts, ...rest } = report;
  return { ...(visibleDeep(rest) as Omit<Report, "texts">), texts: visibleKeys(texts) };
}

/** What has nothing to hide is the same object: nearly all of a report. */
function visibleDeep(value: unknown): unknown {
  if (typeof value === "string") return visibleLine(value);
  if (Array.isArray(value)) return value.every(isVisible) ? value : value.map(visibleDeep);
  if (value === null || typeof value !== "object" || isVisible(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [visibleLine(key), visibleDeep(member)]);
  return Object.fromEntries(entries);
}

function isVisible(value: unknown): boolean {
  if (typeof value === "string") return PLAIN.test(value);
  if (Array.isArray(value)) return value.every(isVisible);
  if (value === null || typeof value !== "object") return true;
  for (const key in value) {
    if (!PLAIN.test(key) || !isVisible((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

function visibleKeys(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...texts].map(([path, text]) => [visibleLine(path), text]));
}
