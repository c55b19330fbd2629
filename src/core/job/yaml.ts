import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
} from "yaml";
import { tooDeepAt } from "./depth.ts";
import type { JobNote } from "./model.ts";
import { type JobMember, type JobNode, MAX_DEPTH } from "./node.ts";
import { type Places, rangeIn } from "./places.ts";

/** What YAML text holds, or the first thing that makes it unreadable. */
export type YamlResult =
  | { readonly node: JobNode; readonly notes: readonly JobNote[] }
  | { readonly problem: string; readonly offset: number };

/** How many values aliases may add; a request has a few hundred values at most. */
const MAX_VALUES = 100_000;

/** Reads one YAML document; duplicate keys are read past (the last wins) and noted. */
export function readYaml(text: string, places: Places): YamlResult {
  const deep = tooDeepAt(text);
  if (deep !== null) return { problem: "values nest too deep", offset: deep };
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  const [document, second] = documents as readonly Document.Parsed[];
  if (document === undefined) return { problem: "there is no value", offset: 0 };
  if (second !== undefined) {
    return { problem: "there is more than one document", offset: second.range[0] };
  }
  const [error] = document.errors;
  if (error !== undefined) {
    return {
      problem: (error.message.split("\n")[0] ?? "").replace(/ at line \d+.*$/, ""),
      offset: error.pos[0],
    };
  }
  return new YamlReader(document, places, text.length).read();
}

class YamlReader {
  private readonly document: Document.Parsed;
  private readonly places: Places;
  private readonly end: number;
  private readonly notes: JobNote[] = [];
  private values = 0;
  private problem: { problem: string; offset: number } | null = null;

  constructor(document: Document.Parsed, places: Places, end: number) {
    this.document = document;
    this.places = places;
    this.end = end;
  }

  read(): YamlResult {
    const { contents } = this.document;
    if (contents === null) return { problem: "there is no value", offset: 0 };
    const node = this.node(contents, 0);
    return this.problem ?? { node, notes: this.notes };
  }

  private node(node: Node | null, depth: number): JobNode {
    const start = node?.range?.[0] ?? 0;
    const range = rangeIn(this.places, start, Math.min(node?.range?.[1] ?? start, this.end));
    this.values += 1;
    if (depth > MAX_DEPTH || this.values > MAX_VALUES) {
      const why =
        depth > MAX_DEPTH ? `values nest more than ${MAX_DEPTH} levels deep` : "there are too many values";
      this.problem ??= { problem: why, offset: start };
      return { kind: "unknown", why, range };
    }
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined) {
        this.problem ??= { problem: `the alias *${node.source} has no anchor`, offset: start };
        return { kind: "unknown", why: "an alias without an anchor", range };
      }
      return { ...this.node(target, depth + 1), range };
    }
    if (isMap(node)) return { kind: "object", members: this.members(node.items, depth), range };
    if (isSeq(node)) {
      return {
        kind: "array",
        items: node.items.map((item) => this.node(item as Node | null, depth + 1)),
        range,
      };
    }
    return { kind: "scalar", value: isScalar(node) ? plainValue(node.value) : null, range };
  }

  private members(pairs: readonly Pair[], depth: number): JobMember[] {
    const seen = new Set<string>();
    return pairs.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      const at = (key as Node | null)?.range;
      const keyRange = rangeIn(this.places, at?.[0] ?? 0, at?.[1] ?? 0);
      if (seen.has(name)) this.notes.push({ kind: "duplicate-key", subject: name, range: keyRange });
      seen.add(name);
      const node = value === null ? null : (value as Node);
      return { name, keyRange, node: node === null ? nullAt(keyRange) : this.node(node, depth + 1) };
    });
  }
}

function nullAt(range: JobNode["range"]): JobNode {
  return { kind: "scalar", value: null, range };
}

/** A scalar as JSON would have it. */
function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "bigint" ? Number(value) : String(value);
}
