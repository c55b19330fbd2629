/**
 * `npm run bench [-- NAME...] [--json FILE] [--write-docs] [--keep]`: runs the benches whose file name has one of the
 * names, all without names, and reports. Each makes its own inputs from a fixed seed, and measures trainlint and what
 * it is compared with side by side in this run; what counts are the ratios, since times depend on the machine.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runBenches } from "./frame/benches.mjs";
import { missedGoals } from "./frame/goals.mjs";
import { performancePage } from "./frame/page.mjs";

const PAGE = new URL("../docs/performance.md", import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    "write-docs": { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
if (values["write-docs"] && positionals.length > 0) {
  throw new Error("docs/performance.md is written of all benches: leave the names out");
}
const result = await runBenches(positionals, values);
const missed = missedGoals(result.results);
console.log(missed.length === 0 ? "Every goal is reached." : `Missed:\n${missed.join("\n")}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
if (values["write-docs"]) writeFileSync(PAGE, performancePage(result));
