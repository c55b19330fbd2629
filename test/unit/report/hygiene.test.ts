import fc from "fast-check";
import { expect, test } from "vitest";
import { printableJson, visible, visibleLine, withoutWorkflowCommands } from "../../../src/report/hygiene.ts";

test.each([
  ["\u001b[31mred", "<U+001B>[31mred"],
  ["a\u0007b", "a<U+0007>b"],
  ["\u009b31m", "<U+009B>31m"],
  ["x\u202egnp.exe", "x<U+202E>gnp.exe"],
  ["\u2066a\u2069", "<U+2066>a<U+2069>"],
  ["zero\u200bwidth", "zero<U+200B>width"],
  ["a\rb", "a<U+000D>b"],
  ["\u{e0041}", "<U+E0041>"],
  ["\ud800x", "<U+D800>x"],
  ["plain, ünïcode, 漢字, 🙂", "plain, ünïcode, 漢字, 🙂"],
  ["tab\tand\nnewline", "tab\tand\nnewline"],
])("shows %j as %j", (raw, shown) => {
  expect(visible(raw)).toBe(shown);
});

test("a line is one line", () => {
  expect(visibleLine("a\tb\nc")).toBe("a\\tb\\nc");
});

test.each([
  ["::error::x", ": :error::x"],
  ["  ::set-output name=x::y", "  : :set-output name=x::y"],
  ["ok\n::add-mask::x", "ok\n: :add-mask::x"],
  ["\u001b[1m::error::x", "\u001b[1m: :error::x"],
  ["a ##[error]b", "a # #[error]b"],
  ["##vso[task.setvariable]x", "# #vso[task.setvariable]x"],
  ["std::vector is fine", "std::vector is fine"],
  ["## a heading", "## a heading"],
])("%j is no command any more", (raw, guarded) => {
  expect(withoutWorkflowCommands(raw)).toBe(guarded);
});

test("JSON stays the same value, in characters that a terminal shows as they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const printed = printableJson({ text: `${text}\u009b\u202e##[x]##vso[y]\u2028` });
      expect(JSON.parse(printed).text).toBe(`${text}\u009b\u202e##[x]##vso[y]\u2028`);
      expect(visible(printed)).toBe(printed);
      expect(withoutWorkflowCommands(printed)).toBe(printed);
    }),
  );
});

test("visible text holds no control character, whatever it is given", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(visible(text)).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      );
    }),
  );
});
