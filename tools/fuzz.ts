/**
 * `npm run fuzz -- [--minutes N] [--target NAME]... [--seed N]`: mutates real inputs and reads them, target after
 * target in turn. What breaks is written to test/fixtures/fuzz/, where the suite tries it again.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { inputOf, tryInput } from "../test/fuzz/fuzz.ts";
import { TARGETS } from "../test/fuzz/targets.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    target: { type: "string", multiple: true, default: [] },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
  },
});
const folder = new URL("../test/fixtures/fuzz/", import.meta.url);
const unknown = values.target.filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0) throw new Error(`There is no target ${unknown.join(", ")}.`);
const targets = TARGETS.filter(({ name }) => values.target.length === 0 || values.target.includes(name));

/** Inputs of one target before the next has its turn. */
const TURN = 100;

const end = Date.now() + Number(values.minutes) * 60_000;
const counts = new Map(targets.map(({ name }) => [name, 0]));
const known = new Set<string>();
let seed = Number(values.seed);
console.log(`seed ${seed}, ${values.minutes} minutes, targets ${[...counts.keys()].join(", ")}`);
const heap = [await heapAfterCollection()];
for (let turn = 0; Date.now() < end; turn += 1) {
  const target = targets[turn % targets.length] as (typeof targets)[number];
  for (let round = 0; round < TURN; round += 1) {
    seed += 1;
    counts.set(target.name, (counts.get(target.name) ?? 0) + 1);
    const failure = await tryInput(target, inputOf(target, seed), seed);
    if (failure !== null) keep(failure.target, failure.reason, failure.input);
  }
  if (turn % (10 * targets.length) === 0) heap.push(await heapAfterCollection());
}
heap.push(await heapAfterCollection());

console.table([...counts].map(([target, inputs]) => ({ target, inputs })));
console.log(`heap after collection, MiB: first ${heap[1]}, last ${heap.at(-1)}`);
console.log(known.size === 0 ? "nothing broke" : `${known.size} different failures; see test/fixtures/fuzz`);
process.exitCode = known.size === 0 ? 0 : 1;

/** Failures with the same stack count as one. */
function keep(target: string, reason: string, input: string | Buffer): void {
  const key = `${target} ${reason
    .replace(/\d+ ms/, "")
    .split("\n")
    .slice(0, 3)
    .join("\n")}`;
  if (known.has(key)) return;
  known.add(key);
  const name = `${target}-${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(name, folder), input);
  console.log(`${target}, seed ${seed}: ${reason}\n  kept as test/fixtures/fuzz/${name}`);
}

async function heapAfterCollection(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  await new Promise((resolve) => setImmediate(resolve));
  gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
}
