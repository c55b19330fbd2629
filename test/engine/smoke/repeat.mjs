// Runs the smoke matrix N times (default 10) and says how often each case failed: node repeat.mjs [N]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const times = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), "smoke-matrix-"));
const failures = new Map();
const seconds = [];
let cases = 0;

for (let round = 1; round <= times; round += 1) {
  const file = join(folder, `${round}.json`);
  const args = ["vitest", "run", "--project", "engine", "test/engine/smoke/matrix.test.ts"];
  const start = performance.now();
  const { status } = spawnSync("npx", [...args, "--reporter=json", `--outputFile=${file}`], {
    stdio: "ignore",
  });
  seconds.push((performance.now() - start) / 1000);
  const results = JSON.parse(readFileSync(file, "utf8")).testResults.flatMap((one) => one.assertionResults);
  cases = results.length;
  for (const { title, status: outcome, failureMessages } of results) {
    if (outcome === "passed") continue;
    failures.set(title, (failures.get(title) ?? 0) + 1);
    console.log(`${title}\n${failureMessages.join("\n")}`);
  }
  console.log(`round ${round}: exit ${status}, ${seconds.at(-1).toFixed(1)} s`);
}

rmSync(folder, { recursive: true });
const sorted = seconds.toSorted((a, b) => a - b);
console.log(
  `${times} rounds of ${cases} cases, ${sorted[0].toFixed(1)} to ${sorted.at(-1).toFixed(1)} s each`,
);
for (const [title, count] of failures) console.log(`failed ${count} times: ${title}`);
console.log(failures.size === 0 ? "No case failed." : `${failures.size} cases failed at least once.`);
process.exitCode = failures.size === 0 ? 0 : 1;
