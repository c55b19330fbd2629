/**
 * `npm run release-tree -- DIR` writes the tree of a release: what a release tag holds, what `npm publish DIR`
 * publishes, what pre-commit installs and what the GitHub Action runs. Everything in it is built, so nothing has
 * to be installed, compiled or downloaded by those who use it. DIR is made, or empty apart from `.git`.
 */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { releaseManifest } from "./release/manifest.mjs";
import { mustRun } from "./setup/command.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Files and folders that are taken as they are. */
const AS_THEY_ARE = [
  ".dockerignore",
  ".pre-commit-hooks.yaml",
  "Dockerfile",
  "action.yml",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "docs",
  "schema",
  "templates",
];

const [given] = process.argv.slice(2);
if (given === undefined) fail("Usage: npm run release-tree -- DIR");
const target = resolve(given);
await mkdir(target, { recursive: true });
const there = (await readdir(target)).filter((name) => name !== ".git");
if (there.length > 0) fail(`${target} is not empty: it holds ${there.slice(0, 3).join(", ")}.`);

await mustRun(process.execPath, [join(root, "tools/bundle.mjs"), join(target, "dist/trainlint.mjs")], {
  quiet: true,
});
await mustRun(process.execPath, [join(root, "tools/library.mjs"), join(target, "dist")], { quiet: true });
for (const path of AS_THEY_ARE) await cp(join(root, path), join(target, path), { recursive: true });
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
await writeFile(join(target, "package.json"), `${JSON.stringify(releaseManifest(manifest), null, 2)}\n`);
console.log(`Release tree of trainlint ${manifest.version}: ${target}`);

function fail(message) {
  console.error(message);
  process.exit(2);
}
