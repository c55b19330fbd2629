// Runs the smoke matrix N times (default 10) and says how often each case failed: node repeat.mjs [N]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";

const times = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), "smoke-matrix-"));
const failures = new Map();
const seconds = [];
const loads = [];
let cases = 0;

for (let round = 1; round <= times; round += 1) {
  const file = join(folder, `${round}.json`);
  const args = ["vitest", "run", "--project", "engine", "test/engine/smoke/matrix.test.ts"];
  const start = performance.now();
  const { status } = spawnSync("npx", [...args, "--reporter=json", `--outputFile=${file}`], {
    stdio: "ignore",
  });
  seconds.push((performance.now() - start) / 1000);
  loads.push(loadavg()[0]);
  const results = JSON.parse(readFileSync(file, "utf8")).testResults.flatMap((one) => one.assertionResults);
  cases = results.filter(({ status: outcome }) => outcome !== "skipped" && outcome !== "pending").length;
  for (const { title, status: outcome, failureMessages } of results) {
    if (outcome !== "failed") continue;
    failures.set(title, (failures.get(title) ?? 0) + 1);
    console.log(`${title}\n${failureMessages.join("\n")}`);
  }
  console.log(
    `round ${round}: exit ${status}, ${seconds.at(-1).toFixed(1)} s, load ${loads.at(-1).toFixed(1)}`,
  );
}

rmSync(folder, { recursive: true });
const range = (numbers) => `${Math.min(...numbers).toFixed(1)} to ${Math.max(...numbers).toFixed(1)}`;
console.log(`${times} rounds of ${cases} tests, ${range(seconds)} s each, load average ${range(loads)}`);
for (const [title, count] of failures) console.log(`failed ${count} times: ${title}`);
console.log(failures.size === 0 ? "No case failed." : `${failures.size} cases failed at least once.`);
process.exitCode = failures.size === 0 ? 0 : 1;
