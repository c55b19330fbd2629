import { readFileSync, statSync } from "node:fs";

/** Bytes of a configuration of Docker's or Podman's; real ones have some hundred. */
const MOST_BYTES = 1024 * 1024;

/** An object out of JSON that others wrote: nothing is known of its members. */
export type Fields = { readonly [name: string]: unknown };

/** The text of a configuration file; `null` where there is none that can be read, or one beyond all measure. */
export function configText(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= MOST_BYTES ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

/** The object in a JSON text; `null` for anything else. */
export function jsonFields(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The value as an object; `null` where it is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** A member that is a text with something in it; `null` where it is not the object's own, or something else. */
export function textAt(fields: Fields | null, name: string): string | null {
  const value = fields !== null && Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === "string" && value !== "" ? value : null;
}
