import { printableJson } from "./hygiene.ts";
import type { Report, Reporter } from "./report.ts";

/** The version of the JSON output; it changes only when a member is removed or changes its meaning. */
export const JSON_VERSION = 1;

/** The report as plain data, as `schema/report.schema.json` describes it. */
export function reportData(report: Report): object {
  return {
    version: JSON_VERSION,
    tool: report.tool,
    subjects: report.subjects,
    findings: report.findings,
    skipped: report.skipped,
    suppressed: report.suppressed,
    problems: report.problems,
    summary: report.summary,
  };
}

export const json: Reporter = (report) => `${printableJson(reportData(report))}\n`;
