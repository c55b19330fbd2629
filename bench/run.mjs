/**
 * `npm run bench [-- NAME...] [--json FILE] [--keep]`: runs the benches whose file name has one of the names, all
 * without names. Each makes its own inputs from a fixed seed, and measures trainlint and what it is compared with
 * side by side in this run; what counts are the ratios, since times depend on the machine.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { tableOf } from "./frame/table.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, keep: { type: "boolean", default: false } },
});
/** Inputs of some gigabytes; not in /tmp, which may be memory. */
const folder = join(here, "..", ".cache", "bench");
mkdirSync(folder, { recursive: true });

const files = readdirSync(here, { recursive: true })
  .filter((file) => file.endsWith(".bench.mjs"))
  .filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
  .sort();
const machine = `Node ${process.versions.node}, ${availableParallelism()} x ${cpus()[0]?.model ?? "?"}`;
console.log(machine);

const results = [];
try {
  for (const file of files) {
    const bench = await import(pathToFileURL(join(here, file)).href);
    console.log(`\n== ${bench.title}\n${bench.about}`);
    const rows = await bench.run({ folder, say: (text) => console.log(`   ${text}`) });
    console.log(tableOf(rows));
    results.push({ bench: file.replace(/\.bench\.mjs$/, ""), title: bench.title, rows });
  }
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
const missed = results
  .flatMap(({ rows }) => rows)
  .filter(({ goal, ratio }) => goal !== undefined && ratio > goal);
console.log(missed.length === 0 ? "\nEvery goal is reached." : `\n${missed.length} goals are missed.`);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
process.exitCode = missed.length === 0 ? 0 : 1;
