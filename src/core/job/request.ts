import type { JobLocation } from "../finding.ts";
import { isObject, type Json } from "../json.ts";
import type { Violation } from "./check-shapes.ts";
import type { JobModel } from "./model.ts";
import type { Place } from "./places.ts";
import { pointerOf } from "./pointer.ts";

type Path = readonly (string | number)[];

/** The value at a path of the request; `undefined` where there is none. */
export function valueAt(job: JobModel, ...path: Path): Json | undefined {
  let value: Json | undefined = job.request;
  for (const part of path) {
    if (typeof part === "number") value = Array.isArray(value) ? (value as readonly Json[])[part] : undefined;
    else value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** Whether the request has a member there, whatever its value. */
export function has(job: JobModel, ...path: Path): boolean {
  return valueAt(job, ...path) !== undefined;
}

/** Whether the value rests on a variable, a file that is not at hand, or is a placeholder. */
export function isOpen(job: JobModel, ...path: Path): boolean {
  const pointer = pointerOf(...path);
  return job.unknown.has(pointer) || job.placeholders.some((placeholder) => placeholder.pointer === pointer);
}

/**
 * Whether the request certainly has no member there: nothing around it is left open by a variable, a file that is
 * not at hand, or the `...` of an example.
 */
export function lacks(job: JobModel, ...path: Path): boolean {
  if (has(job, ...path)) return false;
  return path.every((_, length) => {
    const around = path.slice(0, length);
    return !job.open.has(pointerOf(...around)) && !isOpen(job, ...around);
  });
}

/** The string at a path; `null` when there is none, it is of another type, or not known here. */
export function stringAt(job: JobModel, ...path: Path): string | null {
  const value = valueAt(job, ...path);
  return typeof value === "string" && !isOpen(job, ...path) ? value : null;
}

/** The number at a path; `null` when there is none, it is of another type, or not known here. */
export function numberAt(job: JobModel, ...path: Path): number | null {
  const value = valueAt(job, ...path);
  return typeof value === "number" ? value : null;
}

/** The items of a list; empty when there is none. */
export function listAt(job: JobModel, ...path: Path): readonly Json[] {
  const value = valueAt(job, ...path);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A list of words such as ContainerEntrypoint; `null` when it is not given or not a list of strings. */
export function wordsAt(job: JobModel, ...path: Path): readonly string[] | null {
  const value = valueAt(job, ...path);
  if (!Array.isArray(value)) return null;
  const words = value.map((word: Json, index: number) =>
    typeof word === "string" ? word : job.unknown.has(pointerOf(...path, index)) ? "<unknown>" : null,
  );
  return words.every((word): word is string => word !== null) ? words : null;
}

/** The place of the value at a path (or of the nearest value around it). */
export function placeOf(job: JobModel, ...path: Path): JobLocation {
  return placeAt(job, pointerOf(...path));
}

/** The place of the value at a pointer. */
export function placeAt(job: JobModel, pointer: string): JobLocation {
  return { kind: "job", pointer, ...job.rangeOf(pointer) };
}

/** The place of the key at a path. */
export function keyPlaceOf(job: JobModel, ...path: Path): JobLocation {
  const pointer = pointerOf(...path);
  return { kind: "job", pointer, ...job.keyRangeOf(pointer) };
}

/** Where a violation is shown: a missing member at the key around it, a wrong name at the key, else the value. */
export function placeOfViolation(job: JobModel, violation: Violation): JobLocation {
  const { pointer } = violation;
  const atKey = violation.kind === "missing" || violation.kind === "unknown-member";
  const range =
    atKey || ("of" in violation && violation.of === "key") ? job.keyRangeOf(pointer) : job.rangeOf(pointer);
  return { kind: "job", pointer, ...range };
}

/** A stretch of a file that the request stands in; `pointer` where it belongs to a value. */
export function textPlace(range: Place, pointer = ""): JobLocation {
  return { kind: "job", pointer, ...range };
}
