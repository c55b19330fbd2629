import fc from "fast-check";
import { expect, test } from "vitest";
import { VersionedMap } from "../../../src/core/versioned-map.ts";

type Step =
  | { readonly kind: "set"; readonly key: string; readonly value: { readonly n: number } }
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "snapshot" };

const key = fc.constantFrom("a", "b", "c", "__proto__");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key, value: fc.record({ n: fc.nat(9) }) }),
  fc.record({ kind: fc.constant("delete" as const), key }),
  fc.record({ kind: fc.constant("snapshot" as const) }),
);

test("a snapshot holds what a copy of a plain map would hold, whatever comes after it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new VersionedMap<{ readonly n: number }>();
      const plain = new Map<string, { readonly n: number }>();
      const pairs: [ReadonlyMap<string, object>, ReadonlyMap<string, object>][] = [];
      for (const each of steps) {
        if (each.kind === "snapshot") pairs.push([map.snapshot(), new Map(plain)]);
        else if (each.kind === "set") {
          map.set(each.key, each.value);
          plain.set(each.key, each.value);
        } else {
          map.delete(each.key);
          plain.delete(each.key);
        }
      }
      for (const [snapshot, copy] of pairs) {
        expect(new Map(snapshot)).toEqual(copy);
        expect(snapshot.size).toBe(copy.size);
        for (const name of ["a", "b", "c", "__proto__", "toString"]) {
          expect(snapshot.get(name)).toEqual(copy.get(name));
          expect(snapshot.has(name)).toBe(copy.has(name));
        }
      }
      for (const name of ["a", "b", "c"]) expect(map.get(name)).toEqual(plain.get(name));
    }),
  );
});
