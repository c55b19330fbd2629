/**
 * Fails when a regular expression of src/ can be made to backtrack: what it matches comes from files and images
 * that strangers wrote. Quadratic counts, since a line of 200,000 slashes is easily written.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";
import { checkSync } from "recheck";

const files = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".ts"));
const seen = new Map();
for (const name of files) {
  const path = join("src", name);
  for (const regex of regexesIn(path)) seen.set(regex, [...(seen.get(regex) ?? []), path]);
}

let bad = 0;
for (const [regex, paths] of seen) {
  const { pattern, flags } = JSON.parse(regex);
  const { status, complexity, error } = checkSync(pattern, flags, { timeout: 20_000 });
  if (status === "safe") continue;
  bad += 1;
  const why = status === "vulnerable" ? complexity.summary : `not checked: ${error?.kind}`;
  console.log(`${[...new Set(paths)].join(", ")}: /${pattern}/${flags} (${why})`);
}
console.log(`${seen.size} regular expressions in ${files.length} files, ${bad} that can backtrack`);
// None found would mean that none were looked at.
process.exitCode = bad > 0 || seen.size === 0 ? 1 : 0;

/** Every regular expression literal of a file, as JSON. */
function regexesIn(path) {
  const found = [];
  const walk = (node) => {
    if (node === null || typeof node !== "object") return;
    if (node.type === "RegExpLiteral")
      found.push(JSON.stringify({ pattern: node.pattern, flags: node.flags }));
    for (const child of Object.values(node)) walk(child);
  };
  walk(parseSync(readFileSync(path, "utf8"), { syntax: "typescript", target: "es2022" }));
  return found;
}
