import { closest } from "../closest.ts";
import { isObject, type Json } from "../json.ts";
import type { JobModel } from "./model.ts";
import { pointerOf } from "./pointer.ts";
import type { Shape } from "./shape.ts";
import { CONTAINER_JOB_MEMBERS, requestShape, shapeOf, wholePattern } from "./shapes.ts";

/** A way in which a value breaks the API's model. Lengths are in characters or entries. */
export type Violation = { readonly pointer: string } & (
  | { readonly kind: "missing"; readonly member: string }
  | { readonly kind: "unknown-member"; readonly member: string; readonly suggestion: string | null }
  | { readonly kind: "type"; readonly expected: string; readonly found: string }
  | {
      readonly kind: "enum";
      readonly value: string;
      readonly suggestion: string | null;
      readonly allowed: readonly string[];
    }
  | {
      readonly kind: "pattern";
      readonly value: string;
      readonly pattern: string;
      readonly of: "value" | "key";
    }
  | {
      readonly kind: "range";
      readonly what: "value";
      readonly value: number;
      readonly min: number | null;
      readonly max: number | null;
    }
  | {
      readonly kind: "length";
      readonly what: "characters" | "entries" | "items";
      readonly of: "value" | "key";
      readonly length: number;
      readonly min: number | null;
      readonly max: number | null;
    }
);

/** Strings without a maximum in the model are matched against their pattern up to this length only. */
const MAX_MATCHED = 10_000;

/** Checks the whole request against the model; values that are not known here and placeholders are passed over. */
export function* checkShapes(job: JobModel): Generator<Violation> {
  const open: Open = {
    values: new Set([...job.unknown.keys(), ...job.placeholders.map(({ pointer }) => pointer)]),
    objects: job.open,
  };
  const root = requestShape();
  const serverless = Object.hasOwn(job.request, "ServerlessJobConfig");
  const required = [...(root.required ?? []), ...(serverless ? [] : CONTAINER_JOB_MEMBERS)];
  yield* checkStructure(job.request, { ...root, required }, "", open);
}

/** Pointers of values that are not known, and of objects that may hold more than is known. */
interface Open {
  readonly values: ReadonlySet<string>;
  readonly objects: ReadonlySet<string>;
}

function* checkValue(value: Json, shape: Shape, pointer: string, open: Open): Generator<Violation> {
  if (open.values.has(pointer)) return;
  switch (shape.type) {
    case "structure":
      if (isObject(value)) yield* checkStructure(value, shape, pointer, open);
      else yield wrongType(pointer, "an object", value);
      return;
    case "map":
      if (isObject(value)) yield* checkMap(value, shape, pointer, open);
      else yield wrongType(pointer, "an object", value);
      return;
    case "list":
      if (Array.isArray(value)) yield* checkList(value, shape, pointer, open);
      else yield wrongType(pointer, "a list", value);
      return;
    case "string":
      if (typeof value === "string") yield* checkString(value, shape, pointer, "value");
      else yield wrongType(pointer, "a string", value);
      return;
    case "boolean":
      if (typeof value !== "boolean") yield wrongType(pointer, "true or false", value);
      return;
    case "integer":
    case "long":
      if (typeof value !== "number" || !Number.isInteger(value))
        yield wrongType(pointer, "a whole number", value);
      else if (outside(value, shape))
        yield { pointer, kind: "range", what: "value", value, ...limits(shape) };
      return;
  }
}

function* checkStructure(
  value: { readonly [name: string]: Json },
  shape: Shape,
  pointer: string,
  open: Open,
): Generator<Violation> {
  const members = shape.members ?? {};
  const meant = new Set<string | null>();
  for (const [member, item] of Object.entries(value)) {
    const at = pointer + pointerOf(member);
    const name = Object.hasOwn(members, member) ? members[member] : undefined;
    if (name === undefined) {
      const suggestion = closest(
        member,
        Object.keys(members).filter((known) => !Object.hasOwn(value, known)),
      );
      meant.add(suggestion);
      yield { pointer: at, kind: "unknown-member", member, suggestion };
    } else yield* checkValue(item, shapeOf(name), at, open);
  }
  if (open.objects.has(pointer)) return;
  for (const member of shape.required ?? []) {
    // A member under a wrong name is not missing as well.
    if (!Object.hasOwn(value, member) && !meant.has(member)) yield { pointer, kind: "missing", member };
  }
}

function* checkMap(
  value: { readonly [name: string]: Json },
  shape: Shape,
  pointer: string,
  open: Open,
): Generator<Violation> {
  const entries = Object.entries(value);
  yield* checkLength(entries.length, "entries", shape, pointer, "value");
  for (const [key, item] of entries) {
    const at = pointer + pointerOf(key);
    if (shape.key !== undefined) yield* checkString(key, shapeOf(shape.key), at, "key");
    if (shape.value !== undefined) yield* checkValue(item, shapeOf(shape.value), at, open);
  }
}

function* checkList(value: readonly Json[], shape: Shape, pointer: string, open: Open): Generator<Violation> {
  yield* checkLength(value.length, "items", shape, pointer, "value");
  if (shape.member === undefined) return;
  const member = shapeOf(shape.member);
  for (const [index, item] of value.entries())
    yield* checkValue(item, member, pointer + pointerOf(index), open);
}

function* checkString(
  value: string,
  shape: Shape,
  pointer: string,
  of: "value" | "key",
): Generator<Violation> {
  if (shape.enum !== undefined) {
    if (!shape.enum.includes(value)) {
      yield { pointer, kind: "enum", value, suggestion: closest(value, shape.enum), allowed: shape.enum };
    }
    return;
  }
  const length = [...value].length;
  const before = checkLength(length, "characters", shape, pointer, of);
  const tooLong = before.next();
  if (tooLong.done !== true) {
    yield tooLong.value;
    return;
  }
  if (shape.pattern === undefined || value.length > MAX_MATCHED) return;
  if (!wholePattern(shape.pattern).test(value))
    yield { pointer, kind: "pattern", value, pattern: shape.pattern, of };
}

function* checkLength(
  length: number,
  what: "characters" | "entries" | "items",
  shape: Shape,
  pointer: string,
  of: "value" | "key",
): Generator<Violation> {
  if (outside(length, shape)) yield { pointer, kind: "length", what, of, length, ...limits(shape) };
}

function outside(value: number, shape: Shape): boolean {
  return value < (shape.min ?? Number.NEGATIVE_INFINITY) || value > (shape.max ?? Number.POSITIVE_INFINITY);
}

function limits(shape: Shape): { min: number | null; max: number | null } {
  return { min: shape.min ?? null, max: shape.max ?? null };
}

function wrongType(pointer: string, expected: string, value: Json): Violation {
  return { pointer, kind: "type", expected, found: describe(value) };
}

function describe(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return `the string ${JSON.stringify(shorten(value))}`;
  return typeof value === "number" ? `the number ${value}` : `${value}`;
}

/** A value as a message shows it. */
export function shorten(value: string): string {
  return value.length > 60 ? `${value.slice(0, 57)}...` : value;
}
