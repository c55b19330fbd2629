/**
 * Runs the commands that the README shows and puts their real output there, between its transcript markers.
 * `--check` changes nothing and fails where the README shows something else.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const START = "<!-- transcript:start -->\n";
const END = "<!-- transcript:end -->";
const ARGUMENTS = ["dist/trainlint.mjs", "examples/faulty/Dockerfile"];

const readme = readFileSync("README.md", "utf8");
const [before, rest] = readme.split(START);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error("README.md has lost its transcript markers");
const updated = `${before}${START}${transcript()}${END}${after}`;
if (updated === readme) console.log("The README shows what the program prints.");
else if (process.argv.includes("--check")) {
  console.error("The README's transcript is out of date: `npm run bundle && npm run transcript`.");
  process.exitCode = 1;
} else writeFileSync("README.md", updated);

function transcript() {
  const env = { PATH: process.env.PATH, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ARGUMENTS, { encoding: "utf8", env });
  if (status !== 1) throw new Error(`exit code ${status} instead of 1\n${stderr}`);
  const commands = ["$ npm ci && npm run bundle", `$ node ${ARGUMENTS.join(" ")}`];
  return `\`\`\`\n${commands.join("\n")}\n${stdout}\`\`\`\n`;
}
