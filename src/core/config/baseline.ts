import { UserError } from "../errors.ts";
import type { Finding } from "../finding.ts";

/** A finding that was accepted before. */
export interface BaselineEntry {
  readonly ruleId: string;
  readonly fingerprint: string;
  /** For the reader of the file; not compared. */
  readonly path: string;
  readonly message: string;
}

export interface Baseline {
  readonly path: string;
  readonly entries: readonly BaselineEntry[];
}

export const BASELINE_VERSION = 1;

/** The baseline of these findings, sorted, so that it makes small diffs. */
export function baselineText(findings: readonly Finding[]): string {
  const entries = findings.map(entryOf).sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  return `${JSON.stringify({ version: BASELINE_VERSION, findings: entries }, null, 2)}\n`;
}

function entryOf(finding: Finding): BaselineEntry {
  const { location } = finding;
  const path = "path" in location ? location.path : location.image;
  return { ruleId: finding.ruleId, fingerprint: finding.fingerprint, path, message: finding.message };
}

function keyOf(entry: BaselineEntry): string {
  return `${entry.path}\n${entry.ruleId}\n${entry.fingerprint}`;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads a baseline file; throws a `UserError` when it is none. */
export function parseBaseline(text: string, path: string): Baseline {
  const help = "Write it anew with --write-baseline.";
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new UserError("The baseline is not valid JSON.", { place: { path }, help, cause });
  }
  if (!isBaselineFile(data)) {
    throw new UserError(`The baseline is not one that trainlint wrote (version ${BASELINE_VERSION}).`, {
      place: { path },
      help,
    });
  }
  return { path, entries: data.findings };
}

function isBaselineFile(data: unknown): data is { findings: readonly BaselineEntry[] } {
  if (typeof data !== "object" || data === null) return false;
  const { version, findings } = data as { version?: unknown; findings?: unknown };
  return version === BASELINE_VERSION && Array.isArray(findings) && findings.every(isEntry);
}

function isEntry(item: unknown): item is BaselineEntry {
  if (typeof item !== "object" || item === null) return false;
  const entry = item as Record<string, unknown>;
  return [entry.ruleId, entry.fingerprint, entry.path, entry.message].every(
    (field) => typeof field === "string",
  );
}

export interface BaselineResult {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly Finding[];
  /** Entries that no finding matched: fixed since, or moved. */
  readonly stale: readonly BaselineEntry[];
}

/** Takes out the findings that the baseline knows. Each entry takes out one finding. */
export function applyBaseline(findings: readonly Finding[], baseline: Baseline): BaselineResult {
  const left = new Map<string, BaselineEntry[]>();
  for (const entry of baseline.entries) {
    const key = `${entry.ruleId} ${entry.fingerprint}`;
    left.set(key, [...(left.get(key) ?? []), entry]);
  }
  const kept: Finding[] = [];
  const suppressed: Finding[] = [];
  for (const finding of findings) {
    const match = left.get(`${finding.ruleId} ${finding.fingerprint}`)?.pop();
    (match === undefined ? kept : suppressed).push(finding);
  }
  return { kept, suppressed, stale: [...left.values()].flat() };
}
