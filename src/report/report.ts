import type { Finding, Severity, Skipped, SubjectKind, SubjectName } from "../core/finding.ts";
import type { Rule, RuleOutline } from "../core/rule.ts";
import type { Transcript } from "../core/run/transcript.ts";
import type { FixOutcome, Problem, Step, Suppressed } from "./outcomes.ts";

export type { FixOutcome, Problem, Step, Suppressed } from "./outcomes.ts";

/** Everything that a reporter may show. The first block is the JSON output; the rest is there to show it well. */
export interface Report {
  readonly tool: { readonly name: "trainlint"; readonly version: string };
  readonly subjects: readonly SubjectName[];
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly suppressed: readonly Suppressed[];
  readonly problems: readonly Problem[];
  readonly summary: Readonly<Record<Severity, number>>;
  /** Only where fixes were asked for; `written` is false where they were only shown. */
  readonly fixes?: FixOutcome & { readonly written: boolean };
  /** Of `trainlint check`, in their order. */
  readonly steps?: readonly Step[];

  /** Text of the files that findings point into, by the path in their location. */
  readonly texts: ReadonlyMap<string, string>;
  /** The smoke runs, for their key facts and times. */
  readonly runs: readonly Transcript[];
  /** The Dockerfile that the image was built from, where it was given. */
  readonly imageSource: ImageSource | null;
  /** The project's own page, where there is one. */
  readonly homepage: string | null;
  /** Where the pages of the rules are, with a slash at the end; `null` where nowhere. */
  readonly rulePages: string | null;
}

/** Which lines of a Dockerfile stand for an image. */
export interface ImageSource {
  readonly path: string;
  /** The FROM of the target stage: for everything that no line is known for. */
  readonly line: number;
  /** Lines of the instructions that set a value of the configuration, by JSON pointer. */
  readonly lines: { readonly [pointer: string]: number };
  /** Lines of the instructions that placed a file, by its path in the image. */
  readonly files: { readonly [path: string]: number };
}

/** What a reporter may be told besides the report. */
export interface ReportOptions {
  /** Colour depth for terminals: 0 is none, 1 is 16 colours, 2 is 256, 3 is 16 million. */
  readonly color: 0 | 1 | 2 | 3;
  /** Columns of the terminal; longer source lines are cut around the caret. */
  readonly width: number;
  /** Findings only. */
  readonly quiet: boolean;
  /** SARIF: what tells this run from others of the same tool, e.g. `train-image`. */
  readonly category: string | null;
  /** What to do next, by the command that knows it; `null` for nothing. */
  readonly nextStep: string | null;
}

/** A report format: a pure function, so that it never decides an exit code. `R` is what it needs of the rules. */
export type Reporter<R extends RuleOutline = RuleOutline> = (
  report: Report,
  rules: readonly R[],
  options: ReportOptions,
) => string | Promise<string>;

/** The rules: most formats need their outlines, and only for one that needs more are all of them loaded. */
export interface ReportedRules {
  readonly outlines: readonly RuleOutline[];
  readonly whole: () => Promise<readonly Rule[]>;
}

/** The order in which people should read findings of one place. */
export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** How a kind of subject is called in a sentence. */
export const SUBJECT_WORDS: Readonly<Record<SubjectKind, string>> = {
  dockerfile: "Dockerfile",
  image: "built image",
  run: "smoke run",
  job: "training-job request",
};
