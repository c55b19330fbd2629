import type { Json } from "../../src/core/json.ts";
import type { Random } from "./random.ts";

const ODD: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  "",
  "0",
  "\0",
  "../..",
  "sha256:x",
  "a".repeat(5000),
  [],
  {},
  [[]],
  [null],
  { a: null },
  ["a", "b"],
];
const NAMES = ["", "constructor", "__proto__", "toString", "length", "0", "a/b", "~1", "Config", "é"];

/** `value` with one to three members changed, removed, doubled or renamed: still JSON, no longer what was meant. */
export function mutateJson(value: Json, random: Random): Json {
  let changed = value;
  for (let count = 1 + random.below(3); count > 0; count -= 1) changed = changeSomewhere(changed, random);
  return changed;
}

/** Goes down into the value and changes it where it stops. */
function changeSomewhere(value: Json, random: Random): Json {
  if (value === null || typeof value !== "object" || random.below(6) === 0) return random.pick(ODD);
  if (Array.isArray(value)) return changeArray(value, random);
  return changeObject(value as { readonly [name: string]: Json }, random);
}

function changeArray(items: readonly Json[], random: Random): Json {
  const at = random.below(items.length + 1);
  const item = items[at] ?? null;
  switch (random.below(4)) {
    case 0:
      return items.toSpliced(at, 1);
    case 1:
      return items.toSpliced(at, 0, item, random.pick(ODD));
    default:
      return items.toSpliced(at, 1, changeSomewhere(item, random));
  }
}

function changeObject(members: { readonly [name: string]: Json }, random: Random): Json {
  const entries = Object.entries(members);
  const at = random.below(entries.length + 1);
  const [name, value] = entries[at] ?? ["", null];
  switch (random.below(6)) {
    case 0:
      return Object.fromEntries(entries.toSpliced(at, 1));
    case 1:
      return Object.fromEntries(entries.toSpliced(at, 1, [random.pick(NAMES), value]));
    default:
      return Object.fromEntries(entries.toSpliced(at, 1, [name, changeSomewhere(value, random)]));
  }
}
