import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { matchesPatterns } from "../../../../src/edges/files/gitignore.ts";
import { search } from "../../../../src/edges/files/search.ts";
import { Random } from "../../../conformance/dockerfile/generate.ts";

const HAS_GIT = spawnSync("git", ["--version"]).status === 0;

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function newTree(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "trainlint-gitignore-")));
  execFileSync("git", ["init", "-q", root]);
  return root;
}

/** What git would add: everything that no .gitignore leaves out. */
function gitFiles(root: string): string[] {
  const out = execFileSync("git", ["-C", root, "ls-files", "-z", "-o", "--exclude-per-directory=.gitignore"]);
  return out.toString().split("\0").filter(Boolean).sort();
}

async function ourFiles(root: string): Promise<string[]> {
  const files = await search(root, () => true);
  return files.map((file) => file.slice(root.length + 1)).sort();
}

const FOLDERS = ["", "a", "a/b", "a/b/c", "b", "out", "out/keep", "x [y]"];
const PATTERNS = [
  "out",
  "out/",
  "/out",
  "!out",
  "!out/",
  "!keep",
  "out/*",
  "!out/keep",
  "b",
  "/b",
  "a/b",
  "/a/b",
  "**/c",
  "a/**/f",
  "*.log",
  "!*.log",
  "/*.log",
  "F",
  "f",
  "!f",
  "\\!f",
  "# comment",
  "",
  "b/**",
  "*",
  "!*/",
  "*/",
  "[fg]",
];

describe.skipIf(!HAS_GIT)("what .gitignore files leave out is what git leaves out", () => {
  test("for generated trees", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new Random(seed);
      const root = newTree();
      for (const folder of FOLDERS) {
        for (const file of ["f", "g", "x.log"]) write(join(root, folder, file), "");
        if (!random.chance(0.4)) continue;
        const lines = Array.from({ length: 1 + random.times(3) }, () => random.pick(PATTERNS));
        write(join(root, folder, ".gitignore"), lines.join(random.chance(0.2) ? "\r\n" : "\n"));
      }
      expect(await ourFiles(root), `seed ${seed} in ${root}`).toEqual(gitFiles(root));
    }
  });

  test("a folder below the root is ruled by the files above it", async () => {
    const root = newTree();
    write(join(root, ".gitignore"), "sub/out\n*.log\n");
    write(join(root, "sub/out/Dockerfile"), "");
    write(join(root, "sub/in/Dockerfile"), "");
    expect(await search(join(root, "sub"), (name) => name === "Dockerfile")).toEqual([
      join(root, "sub/in/Dockerfile"),
    ]);
    // Named itself, a folder that is left out is searched.
    expect(await search(join(root, "sub/out"), () => true)).toEqual([join(root, "sub/out/Dockerfile")]);
  });
});

test("the patterns of a configuration count from its folder, and nothing outside of it matches", () => {
  const matches = (path: string, ...patterns: string[]) => matchesPatterns(path, patterns, "/p");
  expect(matches("/p/old/Dockerfile", "old/")).toBe(true);
  expect(matches("/p/a/old/Dockerfile", "old/")).toBe(true);
  expect(matches("/p/a/old/Dockerfile", "/old/")).toBe(false);
  expect(matches("/p/Dockerfile.serve", "*.serve", "!Dockerfile.serve")).toBe(false);
  expect(matches("/p/dockerfile", "Dockerfile")).toBe(false);
  expect(matches("/q/old/Dockerfile", "old/")).toBe(false);
  expect(matches("/p", "*")).toBe(false);
});
