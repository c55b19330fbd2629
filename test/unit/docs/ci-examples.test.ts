import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

const FILES = [
  "action.yml",
  ".pre-commit-hooks.yaml",
  ...readdirSync("docs/ci")
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `docs/ci/${name}`),
  ...readdirSync("templates").map((name) => `templates/${name}`),
];

test.each(FILES)("%s is YAML without a doubt", (file) => {
  const documents = parseAllDocuments(readFileSync(file, "utf8"));
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    expect(document.toJS()).toBeTypeOf("object");
  }
});

test("every example is in the list of examples", () => {
  const page = readFileSync("docs/ci/README.md", "utf8");
  const missing = readdirSync("docs/ci").filter(
    (name) => name !== "README.md" && !page.includes(`(${name})`),
  );
  expect(missing).toEqual([]);
});
