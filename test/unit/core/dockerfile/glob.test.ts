import fc from "fast-check";
import { expect, test } from "vitest";
import { Glob } from "../../../../src/core/dockerfile/glob.ts";
import { expandWord, type Lookup } from "../../../../src/core/dockerfile/variables.ts";

/** What the pattern would be as a regular expression, as BuildKit makes it. */
function expression(pattern: string, greedy: boolean, anchors: readonly [string, string]): RegExp {
  const body = pattern.replaceAll("?", ".").replaceAll("*", greedy ? ".*" : ".*?");
  return new RegExp(`${anchors[0]}${body}${anchors[1]}`, "u");
}

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "é"), maxLength: 7 });
const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "\n"), maxLength: 12 });

test("matches from a start as the regular expression does", () => {
  fc.assert(
    fc.property(pattern, text, (shape, value) => {
      const lengths = Glob.parse(shape)?.from([...value], 0) ?? null;
      const shortest = expression(shape, false, ["^", ""]).exec(value)?.[0].length;
      const longest = expression(shape, true, ["^", ""]).exec(value)?.[0].length;
      expect(lengths).toEqual(shortest === undefined ? null : { shortest, longest });
    }),
    { numRuns: 2000 },
  );
});

test("matches up to the end as the regular expression does", () => {
  fc.assert(
    fc.property(pattern, text, (shape, value) => {
      const longest = expression(shape, true, ["", "$"]).exec(value)?.[0].length;
      expect(Glob.parse(shape)?.atEnd([...value])?.longest).toEqual(longest);
    }),
    { numRuns: 2000 },
  );
});

test("a pattern made to take for ever does not", () => {
  const values: Lookup = () => ({ known: true, value: "a".repeat(500) });
  const stars = "*a".repeat(60);
  for (const word of [`\${x#${stars}b}`, `\${x%%b${stars}}`, `\${x/${"*a".repeat(8)}b/r}`]) {
    // A backtracking matcher would not come back before the test's time is over.
    expect(expandWord(word, values, "\\").known).toBe(true);
  }
});

test("what is too long or too deep is unknown, not an endless loop or a full stack", () => {
  const long: Lookup = () => ({ known: true, value: "a".repeat(5000) });
  expect(expandWord("${x#a}", long, "\\")).toMatchObject({ known: false });
  const deep = `${"${x:-".repeat(50_000)}${"}".repeat(50_000)}`;
  expect(expandWord(deep, () => null, "\\")).toMatchObject({ known: false });
});
