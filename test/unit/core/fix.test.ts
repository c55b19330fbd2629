import { describe, expect, test } from "vitest";
import { applyEdits, offsetOf, textOf } from "../../../src/core/edit.ts";
import type { Finding, Fix } from "../../../src/core/finding.ts";
import { fixAll } from "../../../src/core/fix.ts";

const at = (line: number, from: number, to: number) => ({
  start: { line, column: from },
  end: { line, column: to },
});

describe("edits", () => {
  const text = "\uFEFFab\r\ncd\nef";

  test("positions count code units, and the end of the text is the last one", () => {
    expect(offsetOf(text, { line: 1, column: 2 })).toBe(1);
    expect(offsetOf(text, { line: 2, column: 1 })).toBe(5);
    expect(offsetOf(text, { line: 3, column: 9 })).toBe(text.length);
    expect(offsetOf(text, { line: 9, column: 1 })).toBe(text.length);
    expect(textOf(text, { start: { line: 1, column: 3 }, end: { line: 2, column: 2 } })).toBe("b\r\nc");
  });

  test("are made at once, whatever their order", () => {
    const edits = [
      { range: at(3, 1, 3), replacement: "E" },
      { range: at(1, 2, 3), replacement: "" },
      { range: at(1, 4, 4), replacement: "!" },
    ];
    expect(applyEdits(text, edits)).toBe("\uFEFFb!\r\ncd\nE");
  });

  test("that overlap are a bug", () => {
    const edits = [
      { range: at(1, 1, 3), replacement: "" },
      { range: at(1, 2, 4), replacement: "" },
    ];
    expect(() => applyEdits("abc", edits)).toThrow("overlap");
  });
});

/** A linter of letters: each rule is a letter, found at its places; the fix replaces the letter. */
function letters(fixes: Readonly<Record<string, string>>, unsafe = "") {
  return async (text: string): Promise<Finding[]> =>
    [...text].flatMap((letter, index) => {
      const replacement = fixes[letter];
      if (replacement === undefined) return [];
      const range = at(1, index + 1, index + 2);
      const fix: Fix = {
        description: `${letter} to ${replacement}`,
        safe: !unsafe.includes(letter),
        path: "p",
        edits: [{ range, replacement }],
      };
      return [
        {
          ruleId: letter,
          rule: letter,
          messageId: letter,
          severity: "error" as const,
          message: letter,
          help: letter,
          fingerprint: `${letter}${index}`,
          location: { kind: "text" as const, path: "p", ...range },
          evidence: {},
          related: [],
          ...(replacement === "none" ? {} : { fix }),
        },
      ];
    });
}

const safe = ({ safe: isSafe }: Fix) => isSafe;
const rulesOf = (findings: readonly Finding[]) => findings.map(({ ruleId }) => ruleId).join("");

describe("fixing", () => {
  test("makes every fix there is", async () => {
    const result = await fixAll("a.b.a", letters({ a: "x", b: "" }), safe);
    expect(result.text).toBe("x..x");
    expect(rulesOf(result.applied)).toBe("aba");
    expect(result.refused).toEqual([]);
  });

  test("leaves out what is not wanted", async () => {
    const lint = letters({ a: "x", b: "y" }, "b");
    expect((await fixAll("ab", lint, safe)).text).toBe("xb");
    expect((await fixAll("ab", lint, () => true)).text).toBe("xy");
  });

  test("makes the fixes along with it that a fix brings to light", async () => {
    const result = await fixAll("a", letters({ a: "b", b: "c", c: "x" }), safe);
    expect(result.text).toBe("x");
    expect(rulesOf(result.applied)).toBe("abc");
  });

  test("refuses a fix that brings something that can't be fixed, or never ends", async () => {
    const result = await fixAll("ad", letters({ a: "b", b: "none", d: "x" }), safe);
    expect(result.text).toBe("ax");
    expect(rulesOf(result.applied)).toBe("d");
    expect(rulesOf(result.refused)).toBe("a");
    const circle = await fixAll("a", letters({ a: "b", b: "a" }), safe);
    expect(circle.text).toBe("a");
    expect(rulesOf(circle.refused)).toBe("a");
  });

  test("refuses a fix that changes nothing, and one that leaves its finding", async () => {
    expect((await fixAll("a", letters({ a: "a" }), safe)).refused).toHaveLength(1);
    expect((await fixAll("a", letters({ a: "aa" }), safe)).text).toBe("a");
  });
});
