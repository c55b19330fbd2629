import type { Finding, Severity, Skipped, SubjectName } from "../core/finding.ts";
import type { FixOutcome, Problem, Step, Suppressed } from "./outcomes.ts";

/** A finding, with the page of its rule. */
export interface ReportedFinding extends Finding {
  readonly url?: string;
}

/** What `--format json` prints and the library answers, as `schema/report.schema.json` describes it. */
export interface JsonReport {
  /** Changes only when a member is removed or changes its meaning. */
  readonly version: 1;
  readonly tool: { readonly name: "trainlint"; readonly version: string };
  readonly subjects: readonly SubjectName[];
  readonly findings: readonly ReportedFinding[];
  /** Rules that did not look, and why. That is not a pass. */
  readonly skipped: readonly Skipped[];
  readonly suppressed: readonly (Suppressed & { readonly finding: ReportedFinding })[];
  /** What could not be looked at, and why. */
  readonly problems: readonly Problem[];
  readonly summary: Readonly<Record<Severity, number>>;
  /** With `--fix`. */
  readonly fixes?: FixOutcome & { readonly written: boolean };
  /** With `trainlint check`. */
  readonly steps?: readonly Step[];
}
