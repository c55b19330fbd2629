import type { Rule } from "../core/rule.ts";
import { printableJson } from "./hygiene.ts";
import { lineHashes } from "./line-hash.ts";
import { type Report, type Reporter, type ReportOptions, SEVERITY_RANK } from "./report.ts";
import { type Item, type LogContext, result } from "./sarif/result.ts";
import { reportingDescriptor } from "./sarif/rules.ts";
import { runFacts } from "./sarif/run-facts.ts";
import { sentence } from "./sarif/words.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** Most results that GitHub takes in one run, and the largest file, here counted before compression. */
const MOST_RESULTS = 25_000;
const MOST_CHARACTERS = 10_000_000;

/**
 * SARIF 2.1.0, one run. Every result has a file and a region, since GitHub refuses a whole upload over one that
 * has not; image findings point at the Dockerfile where it was given. No digest and no tag is part of a `uri`:
 * they would make a new alert of each build.
 */
export const sarif: Reporter<Rule> = (report, rules, options) => {
  const all: readonly Item[] = [
    ...report.findings.map((finding) => ({ finding, suppressed: null })),
    ...report.suppressed.map((suppressed) => ({ finding: suppressed.finding, suppressed })),
  ];
  let most = MOST_RESULTS;
  for (;;) {
    const text = logText(report, rules, options, all, most);
    if (text.length <= MOST_CHARACTERS || most <= 1) return text;
    most = Math.floor(Math.min(most, all.length) / 2);
  }
};

/** The log with at most so many results: those that matter most are kept, the rest is counted. */
function logText(
  report: Report,
  rules: readonly Rule[],
  options: ReportOptions,
  all: readonly Item[],
  most: number,
): string {
  const kept = all.length > most ? mattersMostFirst(all).slice(0, most) : all;
  const log = { $schema: SCHEMA, version: "2.1.0", runs: [run(report, rules, options, kept, all.length)] };
  return `${printableJson(log)}\n`;
}

/** By severity; what is suppressed comes last, whatever its severity. */
function mattersMostFirst(items: readonly Item[]): Item[] {
  const rank = ({ finding, suppressed }: Item): number =>
    SEVERITY_RANK[finding.severity] + (suppressed === null ? 0 : 10);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

function run(
  report: Report,
  rules: readonly Rule[],
  options: ReportOptions,
  kept: readonly Item[],
  total: number,
): object {
  const used = new Set(kept.map(({ finding }) => finding.ruleId));
  const described = rules.filter((rule) => rule.subjects.length > 0 || used.has(rule.id));
  const context: LogContext = {
    report,
    ruleIndexes: new Map(described.map((rule, index) => [rule.id, index])),
    hashes: new Map([...report.texts].map(([path, content]) => [path, lineHashes(content)])),
  };
  const leftOut = total - kept.length;
  return {
    tool: {
      driver: {
        name: "trainlint",
        version: report.tool.version,
        semanticVersion: report.tool.version,
        ...(report.homepage === null ? {} : { informationUri: report.homepage }),
        rules: described.map((rule) => reportingDescriptor(rule, report)),
      },
    },
    ...(options.category === null ? {} : { automationDetails: { id: `${options.category}/` } }),
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { "%SRCROOT%": { description: { text: "The folder that trainlint ran in." } } },
    invocations: [invocation(report, leftOut)],
    results: kept.map((item) => result(item, context)),
    properties: {
      subjects: report.subjects,
      skipped: report.skipped,
      ...(report.runs.length > 0 ? { smokeRuns: report.runs.map(runFacts) } : {}),
      ...(leftOut > 0 ? { resultsLeftOut: leftOut } : {}),
    },
  };
}

function invocation(report: Report, leftOut: number): object {
  const notifications = report.problems.map(({ subject, message }) => ({
    level: "error",
    message: { text: sentence([subject?.name, message].filter(Boolean).join(": ")) },
  }));
  if (leftOut > 0) {
    const text = `${leftOut} results of lower severity are left out: code scanning takes no larger file.`;
    notifications.push({ level: "warning", message: { text } });
  }
  return {
    executionSuccessful: report.problems.length === 0,
    ...(notifications.length === 0 ? {} : { toolExecutionNotifications: notifications }),
  };
}
