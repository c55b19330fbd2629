import { expect, test } from "vitest";
import { type Excerpt, excerptOf } from "../../../src/report/excerpt.ts";

function drawn(excerpt: Excerpt | null): string[] {
  if (excerpt === null) return [];
  return [excerpt.text, " ".repeat(excerpt.indent) + "^".repeat(excerpt.length)];
}

function at(line: number, from: number, to: number) {
  return { start: { line, column: from }, end: { line, column: to } };
}

test("the caret stands under the range", () => {
  expect(drawn(excerptOf("FROM a\nUSER root\n", at(2, 6, 10), 80))).toEqual(["USER root", "     ^^^^"]);
});

test("tabs are as wide in front of the caret as they are shown", () => {
  expect(drawn(excerptOf("\tcp a\tb", at(1, 7, 8), 80))).toEqual(["    cp a    b", "            ^"]);
});

test("wide characters take two columns, combining marks none", () => {
  expect(drawn(excerptOf("漢字 x", at(1, 4, 5), 80))).toEqual(["漢字 x", "     ^"]);
  expect(drawn(excerptOf("e\u0301 x", at(1, 4, 5), 80))).toEqual(["e\u0301 x", "  ^"]);
});

test("what is made visible moves the caret with it", () => {
  expect(drawn(excerptOf("\u001bx y", at(1, 4, 5), 80))).toEqual(["<U+001B>x y", "          ^"]);
});

test("a range over several lines is marked to the end of the first, and says where it ends", () => {
  const excerpt = excerptOf(
    "RUN a \\\n  b  \n",
    { start: { line: 1, column: 1 }, end: { line: 2, column: 4 } },
    80,
  );
  expect(drawn(excerpt)).toEqual(["RUN a \\", "^^^^^^^"]);
  expect(excerpt?.goesOnTo).toBe(2);
});

test("an empty range and one past the end still show one caret", () => {
  expect(drawn(excerptOf("FROM a", at(1, 7, 7), 80))).toEqual(["FROM a", "      ^"]);
  expect(drawn(excerptOf("FROM a", at(1, 50, 60), 80))).toEqual(["FROM a", "      ^"]);
});

test("a long line is cut around the range, with the caret under it", () => {
  const text = `${"a".repeat(300)}HERE${"b".repeat(300)}`;
  const excerpt = excerptOf(text, at(1, 301, 305), 60);
  const [line = "", caret = ""] = drawn(excerpt);
  expect(line.length).toBeLessThanOrEqual(60);
  expect(line.slice(caret.indexOf("^"), caret.length)).toBe("HERE");
  expect(line.startsWith("…a")).toBe(true);
  expect(line.endsWith("b…")).toBe(true);
});

test("a line that is not there has no excerpt", () => {
  expect(excerptOf("FROM a", at(9, 1, 2), 80)).toBeNull();
});

test("CRLF line ends are not part of a line", () => {
  expect(drawn(excerptOf("FROM a\r\nUSER x\r\n", at(1, 6, 7), 80))).toEqual(["FROM a", "     ^"]);
});
