import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { render } from "../../src/report/formats.ts";
import type { Report } from "../../src/report/report.ts";
// @ts-expect-error a plain script
import { junitparser } from "../../tools/clients/junitparser.mjs";
import { exampleReport } from "../support/example-report.ts";
import { REPORTED_RULES } from "../support/reported-rules.ts";
import { hostileReport, OPTIONS, report } from "../unit/report/sample.ts";

const program: string | null = junitparser.find();
const folder = mkdtempSync(join(tmpdir(), "trainlint-junit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `junitparser verify` ends with 1 where a test of the report failed, and breaks on what is no JUnit. */
async function verify(content: Report): Promise<{ status: number | null; stderr: string }> {
  const file = join(folder, "report.xml");
  writeFileSync(file, await render("junit", content, REPORTED_RULES, OPTIONS));
  const { status, stderr } = spawnSync(program ?? "", ["verify", file], { encoding: "utf8" });
  return { status, stderr };
}

describe.skipIf(program === null)("junitparser", () => {
  test("sees a clean report pass", async () => {
    expect(await verify(report([]))).toEqual({ status: 0, stderr: "" });
  });

  test.each([
    ["every message", exampleReport()],
    ["hostile text", hostileReport()],
  ])("sees a report with findings fail: %s", async (_name, content) => {
    expect(await verify(content)).toEqual({ status: 1, stderr: "" });
  });
});
