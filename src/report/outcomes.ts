import type { InputPlace } from "../core/errors.ts";
import type { Finding, SubjectName } from "../core/finding.ts";

/** A finding that does not count, and what took it out. */
export interface Suppressed {
  readonly finding: Finding;
  readonly by: "inline" | "baseline";
  /** The words after `--` of an inline ignore; `null` where none were given. */
  readonly reason: string | null;
}

/**
 * Something that kept a subject from being looked at, or a rule from being run. `kind` decides the exit code:
 * `input` 2, `environment` 3, `bug` 4.
 */
export interface Problem {
  readonly kind: "input" | "environment" | "bug";
  /** What was not looked at; `null` when the trouble is not about one subject (a baseline file, a rule). */
  readonly subject: SubjectName | null;
  readonly message: string;
  readonly help: string | null;
  readonly place: InputPlace | null;
  /** Lines that show more of it, such as the end of a build's output. */
  readonly lines?: readonly string[];
}

/** A step of `trainlint check`, and what became of it. */
export interface Step {
  readonly name: "lint" | "build" | "inspect" | "run" | "job";
  readonly status: "done" | "failed" | "not-done";
  /** Why it was not done; `null` when it was. */
  readonly reason: string | null;
}

/** What became of the fixes of a file or a run. */
export interface FixOutcome {
  /** The findings that were fixed, or would be. */
  readonly applied: readonly Finding[];
  /** Findings whose fix was left out, since another finding would have come in their place. */
  readonly refused: readonly Finding[];
}
