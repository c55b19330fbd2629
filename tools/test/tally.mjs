import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, say } from "../setup/command.mjs";

const RESULTS = ".cache/test-results";

/** The sums of everything that ran. */
export const totals = { passed: 0, failed: 0, skipped: 0 };

/** Counts one failure and says why. */
export function fail(why) {
  totals.failed += 1;
  say(`FAILED: ${why}`);
}

/** One check that is no vitest run, e.g. the compiler: it counts as one. */
export async function check(title, command, args) {
  say(`\n== ${title}`);
  const status = await run(command, args);
  if (status === 0) totals.passed += 1;
  else fail(`${title} (exit code ${status})`);
}

/**
 * A vitest run of some of its projects, on the Node whose path is given; the sums come from vitest's own report.
 * A run without any test and a test file that can't be loaded are failures. Returns how many were skipped.
 */
export async function suite(title, projects, { node = process.execPath, env = process.env } = {}) {
  say(`\n== ${title}`);
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${title.replaceAll(/[^a-z0-9]+/gi, "-")}.json`);
  rmSync(file, { force: true });
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile=${file}`];
  const chosen = projects.flatMap((name) => ["--project", name]);
  const status = await run(node, ["node_modules/vitest/vitest.mjs", ...args, ...chosen], { env });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  if (report === null || report.numTotalTests === 0) {
    fail(`${title} ran no test (exit code ${status})`);
    return 0;
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += skipped;
  const broken = report.testResults.filter(isBroken);
  for (const { name, message } of broken) fail(`${name} could not be run: ${message}`);
  if (status !== 0 && report.numFailedTests + broken.length === 0) fail(`${title} (exit code ${status})`);
  return skipped;
}

/** A file that failed although none of its tests did: it was not loaded, or a hook outside of them threw. */
function isBroken({ status, assertionResults }) {
  return status === "failed" && assertionResults.every((test) => test.status !== "failed");
}

/** The last line of the output, and the exit code. */
export function conclude() {
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
  process.exitCode = totals.failed > 0 ? 1 : 0;
  say(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
}
