import type { Json } from "../json.ts";
import { isLimitedMap } from "./limited-maps.ts";
import type { JobModel, JobNote, Placeholder } from "./model.ts";
import type { JobNode, ObjectNode, Partial } from "./node.ts";
import { findPlaceholder } from "./placeholders.ts";
import type { Place } from "./places.ts";
import { parentPointer, pointerOf } from "./pointer.ts";

/** Text of the user's own: hyperparameters, environment variables, parameters of rules, regular expressions. */
function isFree(pointer: string): boolean {
  return isLimitedMap(pointer) || /\/(?:Regex|Tags\/\d+\/\w+|\w*Parameters\/[^/]*)$/.test(pointer);
}

/** Makes the model of a request from its values as written. The last of two equal keys wins, as in JSON parsers. */
export function assemble(
  file: Pick<JobModel, "path" | "text" | "files" | "format">,
  root: ObjectNode,
  notes: readonly JobNote[],
): JobModel {
  const values = new Map<string, Place>();
  const keys = new Map<string, Place>();
  const unknown = new Map<string, string>();
  const placeholders = new Map<string, Placeholder>();
  const open = new Map<string, Placeholder | null>();

  function visit(node: JobNode, pointer: string): Json {
    values.set(pointer, node.range);
    switch (node.kind) {
      case "scalar": {
        const text = typeof node.value === "string" ? findPlaceholder(node.value, isFree(pointer)) : null;
        if (text !== null) placeholders.set(pointer, { pointer, text, range: node.range });
        return node.value;
      }
      case "unknown":
        unknown.set(pointer, node.why);
        if (node.placeholder !== undefined) {
          placeholders.set(pointer, { pointer, text: node.placeholder, range: node.range });
        }
        return null;
      case "array":
        notePartial(node, pointer);
        return node.items.map((item, index) => visit(item, pointer + pointerOf(index)));
      case "object":
        return objectOf(node, pointer);
    }
  }

  function notePartial({ partial }: { partial?: Partial }, pointer: string): void {
    if (partial === undefined) return;
    const { elision } = partial;
    open.set(pointer, elision === null ? null : { pointer, text: "...", range: elision });
  }

  function objectOf(node: ObjectNode, pointer: string): { [name: string]: Json } {
    notePartial(node, pointer);
    const object: { [name: string]: Json } = {};
    // Of repeated keys only the last one counts.
    const last = new Map(node.members.map((member) => [member.name, member]));
    for (const { name, keyRange, node: value } of last.values()) {
      const at = pointer + pointerOf(name);
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

  const request = objectOf(root, "");
  values.set("", root.range);
  const nearest = (ranges: ReadonlyMap<string, Place>, pointer: string): Place => {
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
    open: new Set(open.keys()),
    leftOut: [...open.values()].filter((elision) => elision !== null),
    notes,
  };
}
