import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
} from "yaml";
import { TOO_DEEP, tooDeepAt } from "../depth.ts";
import { GAP_REASON, hasGap, type JobText, type ReadResult, withHarmlessGaps } from "./job-text.ts";
import type { JobNote } from "./model.ts";
import { type JobMember, type JobNode, MAX_DEPTH } from "./node.ts";
import { type Place, placeIn } from "./places.ts";

/** How many values aliases may add; a request has a few hundred values at most. */
const MAX_VALUES = 100_000;

/** UTF-16 code units of YAML that are read: its parser takes seconds for some MiB. */
const MAX_YAML_LENGTH = 1024 * 1024;

/** Reads one YAML document; duplicate keys are read past (the last wins) and noted. */
export function readYaml(input: JobText): ReadResult {
  if (input.text.length > MAX_YAML_LENGTH) {
    return { problem: `it is larger than ${MAX_YAML_LENGTH} characters`, offset: 0 };
  }
  const text = withHarmlessGaps(input);
  const deep = tooDeepAt(text);
  if (deep !== null) return { problem: TOO_DEEP, offset: deep };
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  const [document, second] = documents as readonly Document.Parsed[];
  if (document === undefined) return { problem: "there is no value", offset: 0 };
  if (second !== undefined) {
    return { problem: "there is more than one document", offset: second.range[0] };
  }
  const [error] = document.errors;
  if (error !== undefined) {
    return {
      problem: (error.message.split("\n")[0] ?? "").replace(/ at line \d[\s\S]*/, ""),
      offset: error.pos[0],
    };
  }
  return new YamlReader(document, input).read();
}

class YamlReader {
  private readonly document: Document.Parsed;
  private readonly input: JobText;
  private readonly notes: JobNote[] = [];
  private values = 0;
  private problem: { problem: string; offset: number } | null = null;

  constructor(document: Document.Parsed, input: JobText) {
    this.document = document;
    this.input = input;
  }

  read(): ReadResult {
    const { contents } = this.document;
    if (contents === null) return { problem: "there is no value", offset: 0 };
    const node = this.node(contents, 0);
    return this.problem ?? { node, notes: this.notes };
  }

  private node(node: Node | null, depth: number): JobNode {
    const start = node?.range?.[0] ?? 0;
    const end = Math.min(node?.range?.[1] ?? start, this.input.text.length);
    const range = placeIn(this.input.places, start, end);
    this.values += 1;
    if (depth > MAX_DEPTH || this.values > MAX_VALUES) {
      const why =
        depth > MAX_DEPTH ? `values nest more than ${MAX_DEPTH} levels deep` : "there are too many values";
      this.problem ??= { problem: why, offset: start };
      return { kind: "unknown", why, range };
    }
    if (isAlias(node)) {
      const target = this.target(node);
      if (target === null) return { kind: "unknown", why: "an alias without an anchor", range };
      return { ...this.node(target, depth + 1), range };
    }
    if (isMap(node)) return { kind: "object", members: this.members(node.items, depth), range };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.node(item as Node | null, depth + 1));
      return { kind: "array", items, range };
    }
    if (hasGap(this.input.gaps, start, end)) return { kind: "unknown", why: GAP_REASON, range };
    return { kind: "scalar", value: isScalar(node) ? plainValue(node.value) : null, range };
  }

  private target(alias: Alias): Node | null {
    const target = alias.resolve(this.document) ?? null;
    if (target === null) {
      const offset = alias.range?.[0] ?? 0;
      this.problem ??= { problem: `the alias *${alias.source} has no anchor`, offset };
    }
    return target;
  }

  private members(pairs: readonly Pair[], depth: number): JobMember[] {
    const seen = new Set<string>();
    const members: JobMember[] = [];
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const at = (key as Node | null)?.range;
      const keyRange = placeIn(this.input.places, at?.[0] ?? 0, at?.[1] ?? 0);
      const node = value === null ? null : this.node(value as Node, depth + 1);
      if (name === "<<" && node !== null) {
        members.unshift(...merged(node));
        continue;
      }
      if (seen.has(name)) this.notes.push({ kind: "duplicate-key", subject: name, range: keyRange });
      seen.add(name);
      members.push({ name, keyRange, node: node ?? nullAt(keyRange) });
    }
    return members;
  }
}

/** What the merge key `<<` brings: the members of a mapping or of several, over which the map's own win. */
function merged(node: JobNode): readonly JobMember[] {
  if (node.kind === "object") return node.members;
  return node.kind === "array" ? [...node.items].reverse().flatMap(merged) : [];
}

function nullAt(range: Place): JobNode {
  return { kind: "scalar", value: null, range };
}

/** A scalar as JSON would have it. */
function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "bigint" ? Number(value) : String(value);
}
