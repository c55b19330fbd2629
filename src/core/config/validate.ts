import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair, type YAMLMap } from "yaml";
import { type InputPlace, UserError } from "../errors.ts";
import type { Schema } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

/** A parsed YAML (or JSON) file with the way back to lines. */
export interface YamlSource {
  readonly path: string;
  readonly lines: LineCounter;
}

/** Throws a `UserError` at the first place where `node` is not what `schema` says. */
export function validate(node: Node | null, schema: Schema, source: YamlSource, name = ""): void {
  if (schema.anyOf !== undefined) {
    validate(node, alternative(node, schema.anyOf), source, name);
    return;
  }
  if (schema.enum !== undefined) {
    validateEnum(node, schema.enum, source, name);
    return;
  }
  switch (schema.type) {
    case "object":
      validateMap(node, schema, source, name);
      return;
    case "array":
      if (!isSeq(node)) throw wrong(node, source, name, "a list");
      for (const item of node.items) validate(item as Node, schema.items ?? {}, source, name);
      return;
    case "string":
    case "boolean":
      if (!isScalar(node) || typeof node.value !== schema.type) {
        throw wrong(node, source, name, schema.type === "string" ? "text" : "true or false");
      }
      return;
    case "integer":
    case "number": {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value !== "number" || (schema.type === "integer" && !Number.isInteger(value))) {
        throw wrong(node, source, name, schema.type === "integer" ? "a whole number" : "a number");
      }
      return;
    }
    case undefined:
      return;
  }
}

/** The place of a node, 1-based. */
export function placeOf(node: Node | null, source: YamlSource): InputPlace {
  const { line, col } = source.lines.linePos(node?.range?.[0] ?? 0);
  return { path: source.path, line, column: col };
}

/** Of "a level, or an object with a level", the one whose shape the node has. */
function alternative(node: Node | null, schemas: readonly Schema[]): Schema {
  const wanted = isMap(node) ? "object" : isSeq(node) ? "array" : undefined;
  return schemas.find((schema) => schema.type === wanted) ?? schemas[0] ?? {};
}

function validateEnum(node: Node | null, values: readonly unknown[], source: YamlSource, name: string): void {
  const value = isScalar(node) ? node.value : undefined;
  if (values.includes(value)) return;
  const words = values.map(String);
  throw new UserError(`${quoted(name)} must be one of ${words.join(", ")}.`, {
    place: placeOf(node, source),
    ...helpOf(didYouMean(String(value), words)),
  });
}

function validateMap(node: Node | null, schema: Schema, source: YamlSource, name: string): void {
  if (!isMap(node)) throw wrong(node, source, name, "a mapping of keys to values");
  for (const pair of node.items as YAMLMap<Node, Node | null>["items"]) {
    validateMember(pair, schema, source, name);
  }
}

function validateMember(
  pair: Pair<Node, Node | null>,
  schema: Schema,
  source: YamlSource,
  name: string,
): void {
  const key = isScalar(pair.key) ? String(pair.key.value) : "";
  const known = schema.properties ?? {};
  const member = Object.hasOwn(known, key) ? known[key] : schema.additionalProperties;
  if (member === undefined || member === false) {
    throw new UserError(`Unknown key \`${key}\`${name === "" ? "" : ` in \`${name}\``}.`, {
      place: placeOf(pair.key, source),
      help: didYouMean(key, Object.keys(known)) ?? knownKeys(Object.keys(known)),
    });
  }
  validate(pair.value, member, source, key);
}

const MOST_KEYS_NAMED = 12;

function knownKeys(keys: readonly string[]): string {
  if (keys.length === 0) return "Nothing can be set here.";
  const named = keys.length > MOST_KEYS_NAMED ? [...keys.slice(0, MOST_KEYS_NAMED), "..."] : keys;
  return `Known here: ${named.join(", ")}.`;
}

function wrong(node: Node | null, source: YamlSource, name: string, expected: string): UserError {
  return new UserError(`${quoted(name)} must be ${expected}.`, { place: placeOf(node, source) });
}

function quoted(name: string): string {
  return name === "" ? "The configuration" : `\`${name}\``;
}

function helpOf(help: string | undefined): { help?: string } {
  return help === undefined ? {} : { help };
}
