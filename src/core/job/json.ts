import { type Node, type ParseError, parseTree, printParseErrorCode, visit } from "jsonc-parser";
import { TOO_DEEP, tooDeepAt } from "../depth.ts";
import { GAP_REASON, hasGap, type JobText, type ReadResult } from "./job-text.ts";
import { type LenientText, lenient } from "./lenient.ts";
import type { JobNote } from "./model.ts";
import { type JobMember, type JobNode, MAX_DEPTH, type Partial } from "./node.ts";
import { placeIn } from "./places.ts";

/** Reads JSON; comments, trailing commas and repeated keys are read past and noted, since the AWS CLI refuses them. */
export function readJson(given: JobText): ReadResult {
  const marked = given.text.startsWith("\uFEFF");
  // Of the same length, so that every place stays where it is.
  const input = marked ? { ...given, text: ` ${given.text.slice(1)}` } : given;
  const deep = tooDeepAt(input.text);
  if (deep !== null) return { problem: TOO_DEEP, offset: deep };
  const readable = lenient(input);
  const scan = scanTokens(readable, input);
  if (scan.tooDeep !== null) {
    return { problem: `values nest more than ${MAX_DEPTH} levels deep`, offset: scan.tooDeep };
  }
  const { text } = readable;
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (error !== undefined)
    return { problem: wordsOf(error, text), offset: Math.min(error.offset, text.length) };
  if (tree === undefined) return { problem: "there is no value", offset: 0 };
  const reader = new NodeReader(input, readable);
  const node = reader.node(tree);
  return {
    node,
    notes: [...(marked ? [byteOrderMark(given)] : []), ...readable.notes, ...scan.notes, ...reader.notes],
  };
}

function byteOrderMark({ places }: JobText): JobNote {
  return { kind: "byte-order-mark", subject: "", range: placeIn(places, 0, 1) };
}

interface Scan {
  readonly notes: readonly JobNote[];
  /** Offset of the bracket that nests too deep. */
  readonly tooDeep: number | null;
}

/** Looks for what the AWS CLI would refuse, and for nesting beyond what a request has. */
function scanTokens({ text, elisions }: LenientText, { places }: JobText): Scan {
  const notes: JobNote[] = [];
  let depth = 0;
  let tooDeep: number | null = null;
  let comma: number | null = null;
  const begin = (offset: number) => {
    comma = null;
    depth += 1;
    if (depth > MAX_DEPTH) tooDeep ??= offset;
  };
  const end = (offset: number) => {
    depth -= 1;
    const trailing = comma;
    // In front of `...` a comma is as it should be.
    if (trailing !== null && !elisions.some((elision) => elision > trailing && elision < offset)) {
      notes.push({ kind: "trailing-comma", subject: ",", range: placeIn(places, trailing, trailing + 1) });
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
      notes.push({ kind: "comment", subject, range: placeIn(places, offset, offset + length) });
    },
  });
  return { notes, tooDeep };
}

class NodeReader {
  readonly notes: JobNote[] = [];
  private readonly input: JobText;
  private readonly unknown: ReadonlyMap<number, string>;
  private readonly placeholders: ReadonlyMap<number, string>;
  /** Those that no value around them has taken yet. */
  private readonly elisions: Set<number>;

  constructor(input: JobText, { unknown, placeholders, elisions }: LenientText) {
    this.input = input;
    this.unknown = unknown;
    this.placeholders = placeholders;
    this.elisions = new Set(elisions);
  }

  node(tree: Node): JobNode {
    const end = tree.offset + tree.length;
    const range = placeIn(this.input.places, tree.offset, end);
    if (tree.type === "object") {
      const members = this.members(tree);
      return { kind: "object", members, range, ...this.partial(tree) };
    }
    if (tree.type === "array") {
      const items = (tree.children ?? []).map((item) => this.node(item));
      return { kind: "array", items, range, ...this.partial(tree) };
    }
    const why =
      this.unknown.get(tree.offset) ?? (hasGap(this.input.gaps, tree.offset, end) ? GAP_REASON : null);
    const placeholder = this.placeholders.get(tree.offset);
    if (placeholder !== undefined) return { kind: "unknown", why: why ?? "", range, placeholder };
    if (why !== null) return { kind: "unknown", why, range };
    return { kind: "scalar", value: tree.value as string | number | boolean | null, range };
  }

  /** Whether an elision stands in this value (inner values have taken theirs before), or a key is not known. */
  private partial(tree: Node): { partial?: Partial } {
    const inside = [...this.elisions].filter(
      (offset) => offset > tree.offset && offset < tree.offset + tree.length,
    );
    for (const offset of inside) this.elisions.delete(offset);
    const [first] = inside;
    if (first !== undefined) return { partial: { elision: placeIn(this.input.places, first, first + 3) } };
    return (tree.children ?? []).some((child) => this.hasOpenKey(child))
      ? { partial: { elision: null } }
      : {};
  }

  private hasOpenKey(property: Node): boolean {
    const [key] = property.type === "property" ? (property.children ?? []) : [];
    return key !== undefined && hasGap(this.input.gaps, key.offset, key.offset + key.length);
  }

  private members(tree: Node): JobMember[] {
    const members: JobMember[] = [];
    const seen = new Set<string>();
    for (const property of tree.children ?? []) {
      const [key, value] = property.children ?? [];
      if (key === undefined || value === undefined || this.hasOpenKey(property)) continue;
      const name = String(key.value);
      const keyRange = placeIn(this.input.places, key.offset, key.offset + key.length);
      if (seen.has(name)) this.notes.push({ kind: "duplicate-key", subject: name, range: keyRange });
      seen.add(name);
      members.push({ name, keyRange, node: this.node(value) });
    }
    return members;
  }
}

/** A parser's code in words: `PropertyNameExpected` is "property name expected". */
function wordsOf(error: ParseError, text: string): string {
  const words = printParseErrorCode(error.error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
  const found = text.slice(error.offset, error.offset + Math.min(error.length, 20));
  return found.trim() === "" ? words : `${words}, found ${JSON.stringify(found)}`;
}
