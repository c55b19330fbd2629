import { type PlacedFinding, placed } from "./by-file.ts";
import { placeText } from "./place.ts";
import { type Report, type Reporter, SEVERITY_RANK } from "./report.ts";
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
  const rows = worstFirst(placed(report)).map(row);
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

function row({ finding }: PlacedFinding): string {
  const cells = [
    finding.severity,
    placeText(finding.location),
    `${finding.ruleId} ${finding.rule}`,
    finding.message,
    finding.help,
  ];
  return `| ${cells.map(escapeMarkdown).join(" | ")} |`;
}

/** Text as text: no markup, no HTML, no mentions. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replace(/[\\`*_{}[\]()#+!|~$]/g, (mark) => `\\${mark}`)
    .replace(/\s*\n\s*/g, " ");
}
