import { type Node, type ParseError, parseTree, printParseErrorCode, visit } from "jsonc-parser";
import { tooDeepAt } from "./depth.ts";
import type { JobNote } from "./model.ts";
import { type JobMember, type JobNode, MAX_DEPTH } from "./node.ts";
import { type Places, rangeIn } from "./places.ts";

/** What JSON text holds, or the first thing that makes it unreadable. */
export type JsonResult =
  | { readonly node: JobNode; readonly notes: readonly JobNote[] }
  | { readonly problem: string; readonly offset: number };

/** Reads JSON; comments and trailing commas are read past and noted, since the AWS CLI refuses them. */
export function readJson(text: string, places: Places): JsonResult {
  const deep = tooDeepAt(text);
  if (deep !== null) return { problem: "values nest too deep", offset: deep };
  const scan = scanTokens(text, places);
  if (scan.tooDeep !== null) {
    return { problem: `values nest more than ${MAX_DEPTH} levels deep`, offset: scan.tooDeep };
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (error !== undefined)
    return { problem: wordsOf(error, text), offset: Math.min(error.offset, text.length) };
  if (tree === undefined) return { problem: "there is no value", offset: 0 };
  const notes = [...scan.notes];
  return { node: nodeOf(tree, places, notes), notes };
}

interface Scan {
  readonly notes: readonly JobNote[];
  /** Offset of the bracket that nests too deep. */
  readonly tooDeep: number | null;
}

/** Looks for what the AWS CLI would refuse, and for nesting beyond what a request has. */
function scanTokens(text: string, places: Places): Scan {
  const notes: JobNote[] = [];
  let depth = 0;
  let tooDeep: number | null = null;
  let comma: number | null = null;
  const begin = (offset: number) => {
    comma = null;
    depth += 1;
    if (depth > MAX_DEPTH) tooDeep ??= offset;
  };
  const end = () => {
    depth -= 1;
    if (comma !== null) {
      notes.push({ kind: "trailing-comma", subject: ",", range: rangeIn(places, comma, comma + 1) });
    }
    comma = null;
  };
  visit(text, {
    onObjectBegin: begin,
    onArrayBegin: begin,
    onObjectEnd: end,
    onArrayEnd: end,
    onObjectProperty: () => {
      comma = null;
    },
    onLiteralValue: () => {
      comma = null;
    },
    onSeparator: (character, offset) => {
      comma = character === "," ? offset : null;
    },
    onComment: (offset, length) => {
      const subject = text.slice(offset, offset + Math.min(length, 40));
      notes.push({ kind: "comment", subject, range: rangeIn(places, offset, offset + length) });
    },
  });
  return { notes, tooDeep };
}

function nodeOf(tree: Node, places: Places, notes: JobNote[]): JobNode {
  const range = rangeIn(places, tree.offset, tree.offset + tree.length);
  if (tree.type === "object") {
    return { kind: "object", members: membersOf(tree, places, notes), range };
  }
  if (tree.type === "array") {
    return { kind: "array", items: (tree.children ?? []).map((item) => nodeOf(item, places, notes)), range };
  }
  return { kind: "scalar", value: tree.value as string | number | boolean | null, range };
}

function membersOf(tree: Node, places: Places, notes: JobNote[]): JobMember[] {
  const members: JobMember[] = [];
  const seen = new Set<string>();
  for (const property of tree.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    const keyRange = rangeIn(places, key.offset, key.offset + key.length);
    if (seen.has(name)) notes.push({ kind: "duplicate-key", subject: name, range: keyRange });
    seen.add(name);
    members.push({ name, keyRange, node: nodeOf(value, places, notes) });
  }
  return members;
}

/** A parser's code in words: `PropertyNameExpected` is "property name expected". */
function wordsOf(error: ParseError, text: string): string {
  const words = printParseErrorCode(error.error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
  const found = text.slice(error.offset, error.offset + Math.min(error.length, 20));
  return found.trim() === "" ? words : `${words}, found ${JSON.stringify(found)}`;
}
