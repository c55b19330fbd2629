import type { Finding, Skipped } from "../core/finding.ts";
import { numberRepeats, withPath } from "../core/fingerprint.ts";
import { EXIT, type ExitCode, summarize, verdict } from "../core/verdict.ts";
import { redactedReport } from "../report/redact.ts";
import type { Problem, Report } from "../report/report.ts";
import { handleBaselines } from "./baselines.ts";
import { attempt } from "./problems.ts";
import { type Project, projectOf } from "./project.ts";
import type { Session, Unit } from "./session.ts";
import { HOMEPAGE, RULE_PAGES, TOOL } from "./tool.ts";

type Fixes = NonNullable<Report["fixes"]>;

/** What a judging command comes to. */
export interface Outcome {
  readonly report: Report;
  readonly exitCode: ExitCode;
  /** Errors of rules that broke, for `--verbose`. */
  readonly crashes: readonly unknown[];
}

/** The report and the exit code of everything that the session has seen. */
export async function finish(
  session: Session,
  extras: Pick<Report, "fixes" | "steps"> = {},
): Promise<Outcome> {
  const project = await projectOf(session.request.cwd);
  identifyFindings(session, project);
  for (const text of session.texts.values()) session.secrets.learn(text);
  await attempt(session, null, () => handleBaselines(session, project));
  const findings = session.units.flatMap((unit) => unit.findings);
  const report: Report = {
    tool: TOOL,
    subjects: session.subjects,
    findings,
    skipped: skippedIn(session.units),
    suppressed: session.units.flatMap((unit) => unit.suppressed),
    problems: session.problems,
    summary: summarize(findings),
    texts: session.texts,
    runs: session.runs,
    imageSource: session.imageSource,
    homepage: HOMEPAGE,
    rulePages: RULE_PAGES,
    ...extras,
    ...(extras.fixes === undefined ? {} : { fixes: identifiedFixes(extras.fixes, project) }),
  };
  return {
    report: redactedReport(report, session.secrets),
    exitCode: exitCodeOf(session),
    crashes: session.crashes.map(({ error }) => error),
  };
}

/** Gives every finding of the run a fingerprint of its own that is the same wherever the command is called. */
function identifyFindings({ units }: Session, { stable }: Project): void {
  const seen = new Map<string, number>();
  for (const unit of units) {
    unit.findings = numberRepeats(
      unit.findings.map((finding) => withPath(finding, stable)),
      seen,
    );
    unit.suppressed = unit.suppressed.map((item) => ({ ...item, finding: withPath(item.finding, stable) }));
  }
}

function identifiedFixes(fixes: Fixes, { stable }: Project): Fixes {
  const identified = (finding: Finding): Finding => withPath(finding, stable);
  const { written, applied, refused } = fixes;
  return { written, applied: applied.map(identified), refused: refused.map(identified) };
}

/** The gravest of what happened; findings count by the threshold of their own configuration. */
function exitCodeOf(session: Session): ExitCode {
  const kinds = new Set<Problem["kind"]>(session.problems.map(({ kind }) => kind));
  if (session.crashes.length > 0 || kinds.has("bug")) return EXIT.bug;
  if (kinds.has("environment")) return EXIT.environment;
  if (kinds.has("input") || session.unreadInput) return EXIT.usage;
  const failed = session.units.some((unit) => verdict(unit.findings, unit.config.failOn) === EXIT.findings);
  return failed ? EXIT.findings : EXIT.clean;
}

/** What was skipped anywhere, each once, in the order of the rules. */
function skippedIn(units: readonly Unit[]): Skipped[] {
  // The engine hands out the same objects for what all files lack.
  const lists = new Set(units.map((unit) => unit.skipped));
  const byKey = new Map<string, Skipped>();
  for (const item of new Set([...lists].flat())) {
    byKey.set(`${item.ruleId} ${item.subject} ${item.reason}`, item);
  }
  return [...byKey.values()].sort((a, b) => (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0));
}
