/**
 * `npm run bench:check [-- NAME...] [--from FILE]`: runs the benches, or reads what a run wrote with `--json FILE`, and
 * ends with exit code 1 and a list of the goals that are missed.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runBenches } from "./frame/benches.mjs";
import { missedGoals } from "./frame/goals.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: "string" } } });
const { results } =
  values.from === undefined ? await runBenches(positionals) : JSON.parse(readFileSync(values.from, "utf8"));
const missed = missedGoals(results);
console.log(missed.length === 0 ? "Every goal is reached." : missed.join("\n"));
process.exitCode = missed.length === 0 ? 0 : 1;
