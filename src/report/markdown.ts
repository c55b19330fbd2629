import type { Finding } from "../core/finding.ts";
import { type PlacedFinding, placed } from "./by-file.ts";
import { placeText } from "./place.ts";
import { type Report, type Reporter, SEVERITY_RANK } from "./report.ts";
import { findingUrl } from "./rule-page.ts";
import { summaryLine } from "./summary.ts";

/** GitHub refuses a step summary of more than 1 MiB; a character takes up to four bytes. */
const MOST_CHARACTERS = 250_000;

/** A table of findings, the worst first, for step summaries and comments on changes. */
export const markdown: Reporter = (report) => {
  const parts = ["## trainlint", escapeMarkdown(summaryLine(report))];
  const problems = report.problems.map(
    ({ subject, message, help }) =>
      `- ${escapeMarkdown([subject?.name, message, help].filter(Boolean).join(": "))}`,
  );
  if (problems.length > 0) parts.push(["Not looked at:", "", ...problems].join("\n"));
  if (report.findings.length > 0) parts.push(table(report));
  return `${parts.join("\n\n")}\n`;
};

function table(report: Report): string {
  const rows = worstFirst(placed(report)).map((item) => row(item, report));
  const lines = ["| Severity | Place | Rule | What | What to do |", "| --- | --- | --- | --- | --- |"];
  let length = 0;
  let shown = 0;
  for (const line of rows) {
    length += line.length + 1;
    if (length > MOST_CHARACTERS) break;
    lines.push(line);
    shown += 1;
  }
  if (shown < rows.length) lines.push("", `${rows.length - shown} more findings are not shown here.`);
  return lines.join("\n");
}

function worstFirst(items: readonly PlacedFinding[]): PlacedFinding[] {
  return [...items].sort((a, b) => SEVERITY_RANK[a.finding.severity] - SEVERITY_RANK[b.finding.severity]);
}

function row({ finding }: PlacedFinding, report: Report): string {
  const { severity, location, message, help } = finding;
  const [level, place, what, advice] = [severity, placeText(location), message, help].map(escapeMarkdown);
  return `| ${level} | ${place} | ${ruleCell(finding, report)} | ${what} | ${advice} |`;
}

function ruleCell(finding: Finding, report: Report): string {
  const label = escapeMarkdown(`${finding.ruleId} ${finding.rule}`);
  const url = findingUrl(report, finding);
  return url === null ? label : `[${label}](${url})`;
}

/** Text as text: no markup, no HTML, no mentions. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replace(/[\\`*_{}[\]()#+!|~$]/g, (mark) => `\\${mark}`)
    .split("\n")
    .map((line) => line.trim())
    .join(" ");
}
