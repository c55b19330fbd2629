import type { Finding } from "../core/finding.ts";
import { type FilePlace, filePlace } from "./place.ts";
import type { Problem, Report } from "./report.ts";

/** A finding with the file and line that line-based formats put it at. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly place: FilePlace;
}

/** What there is to say about one file (or image, by its stable name). */
export interface FileResult {
  readonly path: string;
  readonly findings: readonly PlacedFinding[];
  readonly problems: readonly Problem[];
}

/** All findings with their places, in the order of the report. */
export function placed(report: Report): PlacedFinding[] {
  return report.findings.map((finding) => ({
    finding,
    place: filePlace(finding.location, report.imageSource),
  }));
}

/** Results by file: every subject has one, also when nothing was found, since no entry looks like no run. */
export function byFile(report: Report): FileResult[] {
  const findings = grouped(placed(report), ({ place }) => place.path);
  const problems = grouped(report.problems, problemPath);
  const subjects = report.subjects.map(({ name }) => name);
  const paths = new Set([...subjects, ...findings.keys(), ...problems.keys()]);
  return [...paths].map((path) => ({
    path,
    findings: findings.get(path) ?? [],
    problems: problems.get(path) ?? [],
  }));
}

function problemPath(problem: Problem): string {
  return problem.place?.path ?? problem.subject?.name ?? "trainlint";
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
