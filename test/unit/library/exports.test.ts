import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as library from "../../../src/library.ts";

test("the page on the library names everything that is exported", () => {
  const source = readFileSync("src/library.ts", "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, names = ""]) => names);
  const names = lists
    .flatMap((list) => list.split(","))
    .map((name) =>
      name
        .trim()
        .replace(/^type /, "")
        .replace(/^.* as /, ""),
    )
    .filter((name) => name !== "");
  const page = readFileSync("docs/library.md", "utf8");
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !new RegExp(`\`(Promise<)?${name}\\b`).test(page))).toEqual([]);
});

test("these are the values that it exports", () => {
  expect(Object.keys(library).sort()).toEqual([
    "EnvironmentError",
    "UserError",
    "inspectImage",
    "judge",
    "lintDockerfile",
  ]);
});
