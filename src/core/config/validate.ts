import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair, type YAMLMap } from "yaml";
import { type InputPlace, UserError } from "../errors.ts";
import type { Schema } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

/** A parsed YAML (or JSON) file with the way back to lines. */
export interface YamlSource {
  readonly path: string;
  readonly lines: LineCounter;
}

/** Throws a `UserError` at the first place where `contents` is not what `schema` says. */
export function validate(contents: Node | null, schema: Schema, source: YamlSource): void {
  new Validator(schema, source).check(contents, schema, "");
}

/** The place of a node, 1-based. */
export function placeOf(node: Node | null, source: YamlSource): InputPlace {
  const { line, col } = source.lines.linePos(node?.range?.[0] ?? 0);
  return { path: source.path, line, column: col };
}

class Validator {
  private readonly root: Schema;
  private readonly source: YamlSource;

  constructor(root: Schema, source: YamlSource) {
    this.root = root;
    this.source = source;
  }

  /** `name` is how messages call the node: the key that it stands under. */
  check(node: Node | null, written: Schema, name: string): void {
    const schema = this.resolved(written);
    if (isAlias(node)) {
      throw new UserError("Aliases are not read here.", {
        place: placeOf(node, this.source),
        help: `Write the value itself in place of \`*${node.source}\`.`,
      });
    }
    if (schema.anyOf !== undefined) this.check(node, alternative(node, schema.anyOf), name);
    else if (schema.enum !== undefined) this.checkEnum(node, schema.enum, name);
    else if (schema.type === "object") this.checkMap(node, schema, name);
    else if (schema.type === "array") this.checkList(node, schema, name);
    else this.checkScalar(node, schema.type, name);
  }

  private resolved(schema: Schema): Schema {
    const name = schema.$ref?.replace("#/$defs/", "");
    return name === undefined ? schema : (this.root.$defs?.[name] ?? schema);
  }

  private checkEnum(node: Node | null, values: readonly unknown[], name: string): void {
    const value = isScalar(node) ? node.value : undefined;
    if (values.includes(value)) return;
    const words = values.map(String);
    // What YAML 1.1 took for false.
    const meant = value === false && values.includes("off") ? "Did you mean `off`?" : undefined;
    throw new UserError(`${quoted(name)} must be one of ${words.join(", ")}.`, {
      place: placeOf(node, this.source),
      ...helpOf(meant ?? didYouMean(String(value), words)),
    });
  }

  private checkList(node: Node | null, schema: Schema, name: string): void {
    if (!isSeq(node)) throw this.wrong(node, name, "a list");
    for (const [index, item] of node.items.entries()) {
      this.check(item as Node, schema.items ?? {}, `${name}[${index}]`);
    }
  }

  private checkScalar(node: Node | null, type: Schema["type"], name: string): void {
    const value = isScalar(node) ? node.value : undefined;
    switch (type) {
      case "string":
        if (typeof value !== "string") throw this.wrong(node, name, "text", quotesHelp(node));
        return;
      case "boolean":
        if (typeof value !== "boolean") throw this.wrong(node, name, "true or false");
        return;
      case "integer":
        if (!Number.isInteger(value)) throw this.wrong(node, name, "a whole number");
        return;
      case "number":
        if (typeof value !== "number") throw this.wrong(node, name, "a number");
        return;
    }
  }

  private checkMap(node: Node | null, schema: Schema, name: string): void {
    if (!isMap(node)) throw this.wrong(node, name, "a mapping of keys to values");
    const pairs = node.items as YAMLMap<Node, Node | null>["items"];
    for (const pair of pairs) this.checkMember(pair, schema, name);
    const missing = schema.required?.find((key) => !node.has(key));
    if (missing !== undefined) throw this.wrong(node, `${name}.${missing}`, "given");
  }

  private checkMember(pair: Pair<Node, Node | null>, schema: Schema, name: string): void {
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    const known = schema.properties ?? {};
    const member = Object.hasOwn(known, key) ? known[key] : schema.additionalProperties;
    if (member === undefined || member === false) {
      throw new UserError(`Unknown key \`${key}\`${name === "" ? "" : ` in \`${name}\``}.`, {
        place: placeOf(pair.key, this.source),
        help: didYouMean(key, Object.keys(known)) ?? knownKeys(Object.keys(known)),
      });
    }
    // `rules:` with every line below it commented out says nothing.
    const { type } = this.resolved(member);
    const mayBeEmpty = (type === "object" || type === "array") && schema.required?.includes(key) !== true;
    if (mayBeEmpty && isEmpty(pair.value)) return;
    this.check(pair.value, member, key);
  }

  private wrong(node: Node | null, name: string, expected: string, help?: string): UserError {
    return new UserError(`${quoted(name)} must be ${expected}.`, {
      place: placeOf(node, this.source),
      ...helpOf(help),
    });
  }
}

/** Of "a level, or an object with a level", the one whose shape the node has. */
function alternative(node: Node | null, schemas: readonly Schema[]): Schema {
  return schemas.find((schema) => hasKindOf(node, schema)) ?? schemas[0] ?? {};
}

function hasKindOf(node: Node | null, { type, enum: values }: Schema): boolean {
  if (isMap(node)) return type === "object";
  if (isSeq(node)) return type === "array";
  const kind = isScalar(node) ? typeof node.value : undefined;
  if (values !== undefined) return kind === "string";
  return type === kind || (type === "integer" && kind === "number");
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

/** A number where text is meant loses its form: 3.10 becomes 3.1. */
function quotesHelp(node: Node | null): string | undefined {
  if (!isScalar(node) || node.value === null || node.source === undefined) return undefined;
  return `Put it in quotes: "${node.source}".`;
}

const MOST_KEYS_NAMED = 12;

function knownKeys(keys: readonly string[]): string {
  if (keys.length === 0) return "Nothing can be set here.";
  const named = keys.length > MOST_KEYS_NAMED ? [...keys.slice(0, MOST_KEYS_NAMED), "..."] : keys;
  return `Known here: ${named.join(", ")}.`;
}

function quoted(name: string): string {
  return name === "" ? "The configuration" : `\`${name}\``;
}

function helpOf(help: string | undefined): { help?: string } {
  return help === undefined ? {} : { help };
}
