/**
 * Writes everything that is made from the rule objects and the types: the rule index, the rule pages, the rules
 * table of the README, the JSON schemas, the manual page and the hooks. `--check` writes nothing and fails where a file would change.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { knownBasesPage } from "./gen/known-bases.ts";
import { manPage } from "./gen/man-page.ts";
import { preCommitHooks } from "./gen/pre-commit-hooks.ts";
import { dockerfileRuleIndex, findRules, ruleIndex } from "./gen/rule-index.ts";
import { readmeWithTable, rulePages } from "./gen/rule-pages.ts";
import { schemas } from "./gen/schemas.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");

const modules = await findRules(`${root}src/rules`);
const rules = modules.map(({ rule }) => rule);
const files = new Map<string, string>([
  ["src/rules/index.ts", ruleIndex(modules)],
  ["src/rules/for-dockerfiles.ts", dockerfileRuleIndex(modules)],
  ...rulePages(rules),
  ...schemas(rules),
  [".pre-commit-hooks.yaml", preCommitHooks()],
  ["docs/trainlint.1", manPage(JSON.parse((await textOf("package.json")) ?? "").version)],
  knownBasesPage(),
]);
const readme = await textOf("README.md");
if (readme !== null) files.set("README.md", readmeWithTable(readme, rules));

const changed: string[] = [];
for (const [path, content] of files) {
  if ((await textOf(path)) === content) continue;
  changed.push(path);
  if (!check) await write(path, content);
}
const stale = (await pagesOnDisk()).filter((path) => !files.has(path));
for (const path of stale) {
  changed.push(path);
  if (!check) await rm(root + path);
}

if (changed.length === 0) console.log(`Generated files are up to date (${rules.length} rules).`);
else if (check) {
  console.error(`Out of date, run \`npm run gen\`: ${changed.join(", ")}`);
  process.exitCode = 1;
} else console.log(`Wrote ${changed.join(", ")}`);

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(root + path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(root + path), { recursive: true });
  await writeFile(root + path, content);
}

async function pagesOnDisk(): Promise<string[]> {
  try {
    const names = await readdir(`${root}docs/rules`);
    return names.filter((name) => name.endsWith(".md")).map((name) => `docs/rules/${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
