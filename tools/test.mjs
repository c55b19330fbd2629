import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, say } from "./setup/command.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { findOrStartEngine } from "./setup/engine.mjs";

const CI = process.env.CI === "true";
const RESULTS = ".cache/test-results";
const NODE_24 = ".cache/node-24";

const totals = { passed: 0, failed: 0, skipped: 0 };

/** One check that is not a vitest run: it counts as one. */
async function check(title, command, args) {
  say(`\n== ${title}`);
  const status = await run(command, args);
  if (status === 0) totals.passed += 1;
  else {
    totals.failed += 1;
    say(`FAILED: ${title} (exit code ${status})`);
  }
}

/** A vitest run; its sums come from its own JSON report. A run without any test is a failure. */
async function suite(title, projects, node = process.execPath, env = process.env) {
  say(`\n== ${title}`);
  const file = join(RESULTS, `${title.replaceAll(/[^a-z0-9]+/gi, "-")}.json`);
  rmSync(file, { force: true });
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${file}`,
  ];
  const status = await run(node, [...args, ...projects.flatMap((name) => ["--project", name])], { env });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  if (report === null || report.numTotalTests === 0) {
    totals.failed += 1;
    say(`FAILED: ${title} ran no test (exit code ${status})`);
    return;
  }
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  if (status !== 0 && report.numFailedTests === 0) totals.failed += 1;
}

/** Node 24, from the npm package `node`, whose binary comes as a package of its own. */
async function fetchNode24() {
  const binary = join(NODE_24, "node_modules", "node", "bin", "node");
  if (existsSync(binary)) return binary;
  mkdirSync(NODE_24, { recursive: true });
  const args = ["install", "--prefix", NODE_24, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", [...args, "node@24"], { quiet: true });
  const platform = join(NODE_24, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  return [binary, platform].find((path) => existsSync(path)) ?? null;
}

await ensureDependencies();
mkdirSync(RESULTS, { recursive: true });
const engine = await findOrStartEngine();
const onSignal = () => void (engine.stop?.() ?? Promise.resolve()).then(() => process.exit(130));
process.once("SIGINT", onSignal);
process.once("SIGTERM", onSignal);
try {
  if (engine.host !== undefined) process.env.DOCKER_HOST = engine.host;
  const npx = (name) => join("node_modules", ".bin", name);
  await check("bundle", "npm", ["run", "--silent", "bundle"]);
  await check("types", npx("tsc"), ["-p", "tsconfig.json"]);
  await check("types of the pure parts", npx("tsc"), ["-p", "tsconfig.core.json"]);
  await check("lint and format", npx("biome"), ["check", "."]);
  await check("generated files are up to date", "npm", ["run", "--silent", "gen", "--", "--check"]);
  await suite("unit tests, rule examples, import direction", ["unit"]);
  await suite("command line", ["cli"]);
  if (engine.missing === undefined) await suite("engine", ["engine"]);
  else {
    say(`\n!! ENGINE TESTS SKIPPED: ${engine.missing}`);
    if (CI) totals.failed += 1;
    else
      await suite("engine", ["engine"], process.execPath, {
        ...process.env,
        DOCKER_HOST: "unix:///nonexistent",
      });
  }
  const node24 = await fetchNode24();
  if (node24 !== null) await suite("Node 24", ["unit", "cli"], node24);
  else {
    say("\n!! NODE 24 SKIPPED: the npm package node@24 could not be installed.");
    if (CI) totals.failed += 1;
    else totals.skipped += 1;
  }
} finally {
  await engine.stop?.();
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
process.exitCode = totals.failed > 0 ? 1 : 0;
say(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
