/**
 * The GitHub Action's program: inputs become arguments of the same bundle that everybody runs, in this very
 * process, so that a cancelled job reaches it. Outputs are written when it ends.
 */
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { type ActionRun, actionRun } from "./action/inputs.ts";
import { outputLines } from "./action/outputs.ts";
import { safeText } from "./app/safe-text.ts";

/** Beside this program in the release tree; not known to the bundler. */
const BUNDLE = "./trainlint.mjs";

const run = requestedRun();
if (run !== null) {
  // A report that an earlier step left must not be taken for this one's.
  if (run.sarifFile !== null) rmSync(run.sarifFile, { force: true });
  process.on("exit", (code) => writeOutputs(run, code));
  process.argv = [process.argv[0] ?? "node", BUNDLE, ...run.argv];
  await import(BUNDLE);
}

function requestedRun(): ActionRun | null {
  try {
    return actionRun(process.env);
  } catch (error) {
    console.log(`::error title=trainlint::${safeText((error as Error).message)}`);
    process.exitCode = 2;
    return null;
  }
}

function writeOutputs({ sarifFile }: ActionRun, code: number): void {
  const { GITHUB_OUTPUT } = process.env;
  if (GITHUB_OUTPUT === undefined) return;
  const written = sarifFile !== null && existsSync(sarifFile);
  const outputs = { "exit-code": String(code), ...(written ? { "sarif-file": sarifFile } : {}) };
  appendFileSync(GITHUB_OUTPUT, outputLines(outputs));
}
