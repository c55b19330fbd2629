import type { Finding, Fix, Severity } from "../core/finding.ts";
import type { Rule } from "../core/rule.ts";
import { printableJson, wellFormed } from "./hygiene.ts";
import { lineHashes } from "./line-hash.ts";
import { filePlace, placeText, shortImageName } from "./place.ts";
import type { Report, Reporter, ReportOptions, Suppressed } from "./report.ts";
import { SEVERITY_RANK } from "./report.ts";
import { ruleMarkdown } from "./rule-markdown.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** Most results that GitHub takes in one run, and the largest file, here counted before compression. */
const MOST_RESULTS = 25_000;
const MOST_CHARACTERS = 10_000_000;

/**
 * SARIF 2.1.0, one run. Every result has a file and a region, since GitHub refuses a whole upload over one that
 * has not; image findings point at the Dockerfile where it was given. No digest and no tag is part of a `uri`:
 * they would make a new alert of each build.
 */
export const sarif: Reporter = (report, rules, options) => {
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

interface Item {
  readonly finding: Finding;
  readonly suppressed: Suppressed | null;
}

/** The log with at most so many results: the worst are kept, the rest is counted. */
function logText(
  report: Report,
  rules: readonly Rule[],
  options: ReportOptions,
  all: readonly Item[],
  most: number,
): string {
  const kept = all.length > most ? worstFirst(all).slice(0, most) : all;
  const log = { $schema: SCHEMA, version: "2.1.0", runs: [run(report, rules, options, kept, all.length)] };
  return `${printableJson(log)}\n`;
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
  const indexes = new Map(described.map((rule, index) => [rule.id, index]));
  const hashes = hashesByPath(report);
  return {
    tool: {
      driver: {
        name: "trainlint",
        version: report.tool.version,
        semanticVersion: report.tool.version,
        ...(report.homepage === null ? {} : { informationUri: report.homepage }),
        rules: described.map(reportingDescriptor),
      },
    },
    ...(options.category === null ? {} : { automationDetails: { id: `${options.category}/` } }),
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { "%SRCROOT%": { description: { text: "The folder that trainlint ran in." } } },
    invocations: [invocation(report)],
    results: kept.map(({ finding, suppressed }) =>
      result(finding, suppressed, report, indexes.get(finding.ruleId), hashes),
    ),
    properties: {
      subjects: report.subjects,
      skipped: report.skipped,
      ...(report.runs.length > 0 ? { smokeRuns: report.runs.map(runFacts) } : {}),
      ...(kept.length < total ? { resultsLeftOut: total - kept.length } : {}),
    },
  };
}

function worstFirst<T extends { finding: Finding }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => SEVERITY_RANK[a.finding.severity] - SEVERITY_RANK[b.finding.severity]);
}

function hashesByPath(report: Report): ReadonlyMap<string, readonly string[]> {
  return new Map([...report.texts].map(([path, content]) => [path, lineHashes(content)]));
}

const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
};

function reportingDescriptor(rule: Rule): object {
  const reference = rule.refs[0];
  return {
    id: rule.id,
    name: rule.name,
    shortDescription: { text: sentence(rule.summary) },
    fullDescription: { text: sentence(plain(firstParagraph(rule.rationale)).slice(0, 1000)) },
    help: { text: sentence(plain(rule.rationale)), markdown: ruleMarkdown(rule) },
    ...(reference === undefined ? {} : { helpUri: reference.url }),
    defaultConfiguration: { level: LEVEL[rule.severity] },
    properties: {
      precision: rule.precision,
      "problem.severity": rule.severity === "info" ? "recommendation" : rule.severity,
      tags: ["sagemaker", "container", ...rule.subjects],
    },
  };
}

function result(
  finding: Finding,
  suppressed: Suppressed | null,
  report: Report,
  ruleIndex: number | undefined,
  hashes: ReadonlyMap<string, readonly string[]>,
): object {
  const place = filePlace(finding.location, report.imageSource);
  const hash = hashes.get(place.path)?.[place.line - 1] ?? `${finding.fingerprint}:1`;
  return {
    ruleId: finding.ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVEL[finding.severity],
    message: { text: `${sentence(finding.message)} ${sentence(finding.help)}` },
    locations: [location(finding, report)],
    ...relatedLocations(finding, report),
    partialFingerprints: {
      primaryLocationLineHash: hash,
      "trainlint/v1": finding.fingerprint,
    },
    ...(finding.fix === undefined ? {} : { fixes: [fix(finding.fix)] }),
    ...(suppressed === null ? {} : { suppressions: [suppression(suppressed)] }),
    properties: { messageId: finding.messageId, evidence: finding.evidence, location: finding.location },
  };
}

function location(finding: Finding, report: Report): object {
  const place = filePlace(finding.location, report.imageSource);
  return {
    physicalLocation: {
      artifactLocation: artifactLocation(place.path),
      region: region(place),
    },
    ...logicalLocations(finding),
  };
}

function region(place: { line: number; column: number; endLine: number; endColumn: number }): object {
  return {
    startLine: place.line,
    startColumn: place.column,
    endLine: place.endLine,
    endColumn: Math.max(place.endColumn, place.endLine === place.line ? place.column : 1),
  };
}

function logicalLocations(finding: Finding): object {
  const { location: at } = finding;
  switch (at.kind) {
    case "text":
      return {};
    case "job":
      return { logicalLocations: [{ fullyQualifiedName: at.pointer, kind: "member" }] };
    case "image-config":
      return { logicalLocations: [{ fullyQualifiedName: `${at.image}${at.pointer}`, kind: "resource" }] };
    case "image-file":
      return {
        logicalLocations: [
          {
            name: at.path,
            fullyQualifiedName: `${at.image}@${at.layer ?? "unknown layer"}:${at.path}`,
            kind: "file",
          },
        ],
      };
    case "run":
      return { logicalLocations: [{ fullyQualifiedName: placeText(at), kind: "process" }] };
  }
}

function relatedLocations(finding: Finding, report: Report): object {
  if (finding.related.length === 0) return {};
  return {
    relatedLocations: finding.related.map((related, id) => {
      const place = filePlace(related.location, report.imageSource);
      return {
        id,
        physicalLocation: { artifactLocation: artifactLocation(place.path), region: region(place) },
        message: { text: sentence(related.message) },
      };
    }),
  };
}

/** Relative paths count from the folder that trainlint ran in; others are file URIs. */
function artifactLocation(path: string): object {
  const slashed = path.replace(/\\/g, "/").replace(/^(\.\/)+/, "");
  const encoded = wellFormed(slashed).split("/").map(encodeURIComponent).join("/");
  if (slashed.startsWith("/")) return { uri: `file://${encoded}` };
  if (/^[A-Za-z]:\//.test(slashed)) return { uri: `file:///${encoded.replace("%3A", ":")}` };
  return { uri: encoded, uriBaseId: "%SRCROOT%" };
}

function fix(item: Fix): object {
  return {
    description: { text: sentence(item.description) },
    artifactChanges: [
      {
        artifactLocation: artifactLocation(item.path),
        replacements: item.edits.map((edit) => ({
          deletedRegion: {
            startLine: edit.range.start.line,
            startColumn: edit.range.start.column,
            endLine: edit.range.end.line,
            endColumn: edit.range.end.column,
          },
          insertedContent: { text: edit.replacement },
        })),
      },
    ],
  };
}

function suppression(item: Suppressed): object {
  return {
    kind: item.by === "inline" ? "inSource" : "external",
    status: "accepted",
    ...(item.reason === null ? {} : { justification: item.reason }),
  };
}

function invocation(report: Report): object {
  return {
    executionSuccessful: report.problems.length === 0,
    ...(report.problems.length === 0
      ? {}
      : {
          toolExecutionNotifications: report.problems.map((problem) => ({
            level: "error",
            message: { text: sentence([problem.subject?.name, problem.message].filter(Boolean).join(": ")) },
          })),
        }),
  };
}

function runFacts(run: Report["runs"][number]): object {
  return {
    image: shortImageName(run.image.name),
    argv: run.argv,
    graceSeconds: run.graceSeconds,
    exit: run.exit,
    stop: run.stop,
    startError: run.startError,
    events: run.events,
  };
}

function firstParagraph(markdown: string): string {
  return markdown.trim().split(/\n\s*\n/, 1)[0] ?? "";
}

/** Markdown as plain text: marks removed, line breaks joined. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function sentence(words: string): string {
  const trimmed = words.trim();
  return /[.?!]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
