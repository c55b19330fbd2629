import { UserError } from "../errors.ts";
import type { Finding, Location } from "../finding.ts";

/** A finding that was accepted before. */
export interface BaselineEntry {
  readonly ruleId: string;
  readonly fingerprint: string;
  /** What its place is; `text` and `job` are files. */
  readonly kind: Location["kind"];
  /** The file, from the root of the project, or the image; for the reader and to tell what was looked at. */
  readonly path: string;
  /** For the reader; not compared. */
  readonly message: string;
}

export const BASELINE_VERSION = 1;

/** The entry that accepts a finding. `stable` makes a path the same from every folder. */
export function entryOf(finding: Finding, stable: (path: string) => string): BaselineEntry {
  const { location, ruleId, fingerprint, message } = finding;
  const path = location.kind === "text" || location.kind === "job" ? stable(location.path) : location.image;
  return { ruleId, fingerprint, kind: location.kind, path, message };
}

/** A baseline file of these entries, sorted, so that it makes small diffs. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const sorted = [...entries].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  return `${JSON.stringify({ version: BASELINE_VERSION, findings: sorted }, null, 2)}\n`;
}

function keyOf(entry: BaselineEntry): string {
  return `${entry.path}\n${entry.ruleId}\n${entry.fingerprint}`;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads a baseline file; throws a `UserError` when it is none. */
export function parseBaseline(text: string, path: string): readonly BaselineEntry[] {
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
  return data.findings;
}

function isBaselineFile(data: unknown): data is { findings: readonly BaselineEntry[] } {
  if (typeof data !== "object" || data === null) return false;
  const { version, findings } = data as { version?: unknown; findings?: unknown };
  return version === BASELINE_VERSION && Array.isArray(findings) && findings.every(isEntry);
}

function isEntry(item: unknown): item is BaselineEntry {
  if (typeof item !== "object" || item === null) return false;
  const entry = item as Record<string, unknown>;
  return [entry.ruleId, entry.fingerprint, entry.kind, entry.path, entry.message].every(
    (field) => typeof field === "string",
  );
}

export interface BaselineResult {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly Finding[];
  /** Entries that no finding matched: fixed since, or not looked at. */
  readonly unmatched: readonly BaselineEntry[];
}

/** Takes out the findings that the baseline knows. Each entry takes out one finding. */
export function applyBaseline(
  findings: readonly Finding[],
  entries: readonly BaselineEntry[],
): BaselineResult {
  const left = new Map<string, BaselineEntry[]>();
  for (const entry of entries) {
    const key = `${entry.ruleId} ${entry.fingerprint}`;
    left.set(key, [...(left.get(key) ?? []), entry]);
  }
  const kept: Finding[] = [];
  const suppressed: Finding[] = [];
  for (const finding of findings) {
    const match = left.get(`${finding.ruleId} ${finding.fingerprint}`)?.pop();
    (match === undefined ? kept : suppressed).push(finding);
  }
  return { kept, suppressed, unmatched: [...left.values()].flat() };
}
