import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
// @ts-expect-error a plain script
import { sarifMultitool } from "../../tools/clients/sarif-multitool.mjs";
import { sarifSamples } from "../unit/report/sarif-samples.ts";

const validator: string | null = sarifMultitool.find();
const folder = mkdtempSync(join(tmpdir(), "trainlint-sarif-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Complaints of the validator about the logs in `folder`: `file ruleId`, errors and warnings. */
async function complaints(names: readonly string[]): Promise<string[]> {
  const output = join(folder, "complaints.sarif");
  const files = names.map((name) => join(folder, `${name}.sarif`));
  const kinds = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"];
  const { stdout } = await promisify(execFile)(
    validator ?? "",
    ["validate", ...files, ...kinds, "--output", output, "--log", "ForceOverwrite"],
    // Without this .NET wants the ICU library, which a small machine does not have.
    { env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" } },
  ).catch((failed: { stdout: string }) => failed);
  expect(stdout).toContain(`${files.length} files scanned`);
  const [run] = JSON.parse(readFileSync(output, "utf8")).runs;
  return run.results.map(
    (result: { ruleId: string; locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
      `${result.locations[0]?.physicalLocation.artifactLocation.uri.split("/").at(-1)} ${result.ruleId}`,
  );
}

describe.skipIf(validator === null)("SARIF Multitool, with GitHub's rules", () => {
  test("has nothing to say against any log", async () => {
    const samples = new Map(await sarifSamples());
    // Its 25,000 results take the validator ten seconds, and are like those of the other logs.
    samples.delete("too-much");
    for (const [name, log] of samples) writeFileSync(join(folder, `${name}.sarif`), log);
    expect(await complaints([...samples.keys()])).toEqual([]);
  });

  test("would complain: a result without a place, a rule named as its id", async () => {
    const log = JSON.parse((await sarifSamples()).get("rule-examples") ?? "");
    delete log.runs[0].results[0].locations;
    log.runs[0].tool.driver.rules[0].name = log.runs[0].tool.driver.rules[0].id;
    writeFileSync(join(folder, "broken.sarif"), JSON.stringify(log));
    const found = await complaints(["broken"]);
    expect(found).toContain("broken.sarif SARIF1001");
    expect(found.join("\n")).toMatch(/broken\.sarif GH\d+/);
  });
});
