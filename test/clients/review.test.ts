import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { FormatName } from "../../src/core/formats.ts";
import { render } from "../../src/report/formats.ts";
// @ts-expect-error a plain script
import { reviewdog } from "../../tools/clients/reviewdog.mjs";
import { exampleReport } from "../support/example-report.ts";
import { REPORTED_RULES } from "../support/reported-rules.ts";
import { finding, LOCATIONS, OPTIONS, report } from "../unit/report/sample.ts";

const program: string | null = reviewdog.find();

interface Diagnostic {
  readonly message: string;
  readonly location: {
    readonly path: string;
    readonly range?: { readonly start?: { readonly line?: number } };
  };
  readonly severity: string;
  readonly code?: { readonly value?: string; readonly url?: string };
  readonly suggestions?: readonly unknown[];
}

/** What reviewdog understands of a report: one diagnostic a line. */
function read(format: FormatName, content: string): Diagnostic[] {
  const options = [`-f=${format}`, "-reporter=rdjsonl", "-filter-mode=nofilter", "-diff=true"];
  const { stdout, stderr, status } = spawnSync(program ?? "", options, { input: content, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe.skipIf(program === null)("reviewdog", () => {
  test.each(["rdjson", "checkstyle", "sarif"] as const)("reads every finding from %s", async (format) => {
    const content = exampleReport();
    const diagnostics = read(format, await render(format, content, REPORTED_RULES, OPTIONS));
    expect(diagnostics).toHaveLength(content.findings.length);
    for (const diagnostic of diagnostics) {
      expect(diagnostic.message).not.toBe("");
      expect(diagnostic.location.range?.start?.line).toBeGreaterThanOrEqual(1);
      expect(diagnostic.severity).toMatch(/^(ERROR|WARNING|INFO)$/);
      expect(diagnostic.code?.value).toMatch(/TL\d{3}$/);
    }
  });

  test("rdjson: the page of the rule, and a fix as a suggestion", async () => {
    const range = { start: { line: 3, column: 12 }, end: { line: 3, column: 27 } };
    const fix = {
      description: "x",
      safe: true,
      path: "docker/Dockerfile",
      edits: [{ range, replacement: "y" }],
    };
    const content = report([finding(LOCATIONS.text, { fix })]);
    const [diagnostic] = read("rdjson", await render("rdjson", content, REPORTED_RULES, OPTIONS));
    expect(diagnostic?.code?.url).toBe("https://trainlint.example/docs/rules/TL101-exec-form-entrypoint.md");
    expect(diagnostic?.suggestions).toHaveLength(1);
  });
});
