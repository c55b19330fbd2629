import type { Severity } from "../core/finding.ts";
import { type PlacedFinding, placed } from "./by-file.ts";
import { visibleLine } from "./hygiene.ts";
import type { Problem, Report, Reporter } from "./report.ts";
import { wholeText } from "./rule-page.ts";

/** Annotations of each kind that GitHub shows for a step; more are dropped without a word. */
const MOST_OF_A_KIND = 10;

const COMMAND: Readonly<Record<Severity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  info: "notice",
};

/**
 * Workflow commands that GitHub shows as annotations: ten of each kind, and then how many were left out. The
 * step summary, which has all of them, is the Markdown report.
 */
export const github: Reporter = (report) => {
  const items = placed(report);
  const lines: string[] = report.problems.slice(0, MOST_OF_A_KIND).map(problemCommand);
  const room = { error: MOST_OF_A_KIND - lines.length, warning: MOST_OF_A_KIND, info: MOST_OF_A_KIND };
  for (const severity of ["error", "warning", "info"] as const) {
    const ofKind = items.filter(({ finding }) => finding.severity === severity);
    lines.push(...ofKind.slice(0, room[severity]).map((item) => command(item, report)));
  }
  const rest = items.length + report.problems.length - lines.length;
  if (rest > 0)
    lines.push(`trainlint: ${rest} more ${rest === 1 ? "finding" : "findings"} in the step summary`);
  lines.push(totals(report));
  return `${lines.join("\n")}\n`;
};

function totals({ summary }: Report): string {
  return `trainlint: errors ${summary.error}, warnings ${summary.warning}, info ${summary.info}`;
}

function command({ finding, place }: PlacedFinding, report: Report): string {
  const sameLine = place.endLine === place.line && place.endColumn > place.column;
  const properties = {
    file: place.path,
    line: place.line,
    endLine: place.endLine,
    // Columns count only where the annotation stays on one line; GitHub's end is inclusive.
    ...(sameLine ? { col: place.column, endColumn: place.endColumn - 1 } : {}),
    title: `${finding.ruleId} ${finding.rule}`,
  };
  return commandText(COMMAND[finding.severity], properties, wholeText(report, finding, "\n"));
}

function problemCommand(problem: Problem): string {
  const properties =
    problem.place === null ? {} : { file: problem.place.path, line: problem.place.line ?? 1 };
  const name = problem.subject === null ? "" : `${problem.subject.name}: `;
  return commandText(
    "error",
    { ...properties, title: "trainlint" },
    `${name}${problem.message}\n${problem.help ?? ""}`,
  );
}

function commandText(
  name: string,
  properties: { readonly [name: string]: string | number },
  message: string,
): string {
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${written.join(",")}::${escapeData(message.trim())}`;
}

/** As the runner's own toolkit escapes; `##[` is read anywhere in a line by older runners. */
function escapeData(text: string): string {
  return text
    .split("\n")
    .map(visibleLine)
    .join("\n")
    .replaceAll("%", "%25")
    .replaceAll("\n", "%0A")
    .replace(/##(?=\[|vso\[)/g, "# #");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
