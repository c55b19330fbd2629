import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { goalOf } from "./goals.mjs";
import { alignedText, cellsOf } from "./table.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
/** Inputs of some gigabytes; not in /tmp, which may be memory. */
const folder = join(here, "..", ".cache", "bench");

/**
 * Runs the benches whose file name has one of the names, all without names, and prints a table of each. Answers what
 * was measured, when and where. With `keep` the inputs stay in `.cache/bench`.
 */
export async function runBenches(names, { keep = false } = {}) {
  const files = readdirSync(here, { recursive: true })
    .filter((file) => file.endsWith(".bench.mjs"))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .sort();
  if (files.length === 0) throw new Error(`no bench is called ${names.join(" or ")}`);
  mkdirSync(folder, { recursive: true });
  const machine = machineHere();
  console.log(Object.values(machine).join(", "));
  const results = [];
  try {
    for (const file of files) results.push(await runBench(file));
  } finally {
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  console.log(`\n${results.length} benches took ${seconds} s.`);
  return { date: new Date().toISOString().slice(0, 10), machine, results };
}

async function runBench(file) {
  const bench = file.replace(/\.bench\.mjs$/, "");
  const { title, about, run } = await import(pathToFileURL(join(here, file)).href);
  console.log(`\n== ${title}\n${about}`);
  const start = performance.now();
  const rows = await run({ folder, say: (text) => console.log(`   ${text}`) });
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(alignedText(cellsOf(rows, (row) => goalOf(bench, row))));
  console.log(`(${bench} took ${seconds} s)`);
  return { bench, title, about, seconds, rows };
}

function machineHere() {
  return {
    processor: `${availableParallelism()} x ${cpus()[0]?.model ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    // Without what a distribution adds to it.
    system: `${type()} ${release().split(".").slice(0, 2).join(".")}`,
    node: `Node ${process.versions.node}`,
    load: `load ${loadavg()[0].toFixed(1)} before it began`,
  };
}
