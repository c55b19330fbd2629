import type { Finding } from "../core/finding.ts";
import { printableJson } from "./hygiene.ts";
import type { Report, Reporter } from "./report.ts";
import { findingUrl } from "./rule-page.ts";

/** The version of the JSON output; it changes only when a member is removed or changes its meaning. */
export const JSON_VERSION = 1;

/** The report as plain data, as `schema/report.schema.json` describes it. */
export function reportData(report: Report): object {
  return {
    version: JSON_VERSION,
    tool: report.tool,
    subjects: report.subjects,
    findings: report.findings.map((finding) => withUrl(finding, report)),
    skipped: report.skipped,
    suppressed: report.suppressed.map((item) => ({ ...item, finding: withUrl(item.finding, report) })),
    problems: report.problems,
    summary: report.summary,
    ...(report.fixes === undefined ? {} : { fixes: report.fixes }),
    ...(report.steps === undefined ? {} : { steps: report.steps }),
  };
}

function withUrl(finding: Finding, report: Report): object {
  const url = findingUrl(report, finding);
  return url === null ? finding : { ...finding, url };
}

export const json: Reporter = (report) => `${printableJson(reportData(report))}\n`;
