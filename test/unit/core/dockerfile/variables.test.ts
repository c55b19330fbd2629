import { describe, expect, it } from "vitest";
import { expandWord, type Lookup } from "../../../../src/core/dockerfile/variables.ts";

const VALUES: Record<string, string> = { foo: "bar", empty: "", path: "/a/b/c.tar.gz", é: "accent" };
const lookup: Lookup = (name) => {
  if (name === "secret") return { known: false, why: "set by the base" };
  const value = VALUES[name];
  return value === undefined ? null : { known: true, value };
};
const expand = (word: string, escapeChar = "\\") => expandWord(word, lookup, escapeChar);

it.each([
  ["$foo", "bar"],
  ["${foo}", "bar"],
  ["a$foo.b", "abar.b"],
  ["$none", ""],
  ["$é", "accent"],
  ["a$$b", "ab"],
  ["$-$?$!$12x", "x"],
  ["$.", "$."],
  ["'$foo'", "$foo"],
  ['"$foo x"', "bar x"],
  ["\\$foo", "$foo"],
  ['"\\$foo \\x \\\\"', "$foo \\x \\"],
  ["${none:-d}", "d"],
  ["${empty:-d}", "d"],
  ["${empty-d}", ""],
  ["${foo:+yes}", "yes"],
  ["${empty:+yes}", ""],
  ["${empty+yes}", "yes"],
  ["${none:-${foo}}", "bar"],
  ['${none:-"q r"}', "q r"],
  ["${foo:?message}", "bar"],
  ["${path#*/}", "a/b/c.tar.gz"],
  ["${path##*/}", "c.tar.gz"],
  ["${path%.*}", "/a/b/c.tar"],
  ["${path%%.*}", "/a/b/c"],
  ["${path/\\//-}", "-a/b/c.tar.gz"],
  ["${path//a/x}", "/x/b/c.txr.gz"],
  ["${foo//*/R}", "R"],
  ["${foo/*/R}", "R"],
  ["${path//\\*/R}", "/a/b/c.tar.gz"],
  ["${path/c\\/c/R}", "/a/b/c.tar.gz"],
  ["${path%c.*}", "/a/b/"],
  ["${path%%/*}", ""],
  ["${path#'/a'}", "/b/c.tar.gz"],
  ['${path##"*"}', ""],
])("%s becomes %s", (word, value) => {
  expect(expand(word)).toEqual({ known: true, value });
});

it("uses the file's escape character", () => {
  expect(expand("`$foo\\", "`")).toEqual({ known: true, value: "$foo\\" });
});

describe("a value that is not known", () => {
  it("makes the word unknown, for its reason", () => {
    expect(expand("/x/$secret")).toEqual({ known: false, why: "set by the base" });
    expect(expand("${secret:-d}")).toEqual({ known: false, why: "set by the base" });
  });

  it("does not matter where it is not used", () => {
    expect(expand("${foo:-$secret}")).toEqual({ known: true, value: "bar" });
  });

  it("is a pattern that the builder refuses", () => {
    expect(expand("${foo#\\a}")).toMatchObject({ known: false });
    expect(expand("${foo:#a}")).toMatchObject({ known: false });
  });

  it("is also one whose absence stops the build", () => {
    expect(expand("${none:?give one}")).toMatchObject({ known: false });
    expect(expand("${empty:?give one}")).toMatchObject({ known: false });
    expect(expand("${empty?give one}")).toEqual({ known: true, value: "" });
  });
});
