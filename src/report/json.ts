import type { Finding } from "../core/finding.ts";
import { printableJson } from "./hygiene.ts";
import type { JsonReport, ReportedFinding } from "./json-report.ts";
import type { Report, Reporter } from "./report.ts";
import { findingUrl } from "./rule-page.ts";

/** The report as plain data. */
export function reportData(report: Report): JsonReport {
  return {
    version: 1,
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

function withUrl(finding: Finding, report: Report): ReportedFinding {
  const url = findingUrl(report, finding);
  return url === null ? finding : { ...finding, url };
}

export const json: Reporter = (report) => `${printableJson(reportData(report))}\n`;
