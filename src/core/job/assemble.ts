import type { Json } from "../json.ts";
import type { Range } from "../text.ts";
import type { JobModel, JobNote, Placeholder } from "./model.ts";
import type { JobNode } from "./node.ts";
import { findPlaceholder } from "./placeholders.ts";
import { parentPointer, pointerOf } from "./pointer.ts";

/** Makes the model of a request from its values as written. The last of two equal keys wins, as in JSON parsers. */
export function assemble(
  file: Pick<JobModel, "path" | "text" | "format">,
  root: Extract<JobNode, { kind: "object" }>,
  notes: readonly JobNote[],
): JobModel {
  const values = new Map<string, Range>();
  const keys = new Map<string, Range>();
  const unknown = new Map<string, string>();
  const placeholders = new Map<string, Placeholder>();

  function visit(node: JobNode, pointer: string): Json {
    values.set(pointer, node.range);
    switch (node.kind) {
      case "scalar": {
        const text = typeof node.value === "string" ? findPlaceholder(node.value) : null;
        if (text !== null) placeholders.set(pointer, { pointer, text, range: node.range });
        return node.value;
      }
      case "unknown":
        unknown.set(pointer, node.why);
        return null;
      case "array":
        return node.items.map((item, index) => visit(item, pointer + pointerOf(index)));
      case "object":
        return objectOf(node, pointer);
    }
  }

  function objectOf(node: Extract<JobNode, { kind: "object" }>, pointer: string): { [name: string]: Json } {
    const object: { [name: string]: Json } = {};
    for (const { name, keyRange, node: value } of node.members) {
      const at = pointer + pointerOf(name);
      if (keys.has(at)) forget(at);
      keys.set(at, keyRange);
      // Assigning to `__proto__` would change the object's prototype instead of adding a member.
      Object.defineProperty(object, name, {
        value: visit(value, at),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return object;
  }

  /** A repeated key: nothing of the earlier value counts. */
  function forget(pointer: string): void {
    for (const map of [values, keys, unknown, placeholders]) {
      for (const known of map.keys()) {
        if (known === pointer || known.startsWith(`${pointer}/`)) map.delete(known);
      }
    }
  }

  const request = objectOf(root, "");
  values.set("", root.range);
  const nearest = (ranges: ReadonlyMap<string, Range>, pointer: string): Range => {
    for (let at = pointer; at !== ""; at = parentPointer(at)) {
      const range = ranges.get(at) ?? values.get(at);
      if (range !== undefined) return range;
    }
    return root.range;
  };
  return {
    kind: "job",
    ...file,
    request,
    rangeOf: (pointer) => nearest(values, pointer),
    keyRangeOf: (pointer) => nearest(keys, pointer),
    unknown,
    placeholders: [...placeholders.values()],
    notes,
  };
}
