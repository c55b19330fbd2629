import { resolve } from "node:path";
import { applyBaseline, type BaselineEntry, baselineText, parseBaseline } from "../core/config/baseline.ts";
import { EnvironmentError } from "../core/errors.ts";
import { type Finding, inText, type Skipped } from "../core/finding.ts";
import { inputFinding } from "../core/input-rule.ts";
import { EXIT, type ExitCode, summarize, verdict } from "../core/verdict.ts";
import { readTextFile, shortPath, writeWhole } from "../edges/files.ts";
import type { Problem, Report } from "../report/report.ts";
import { staleBaseline } from "../rules/input/stale-baseline.ts";
import { attempt } from "./problems.ts";
import { configFolder, type Session, type Unit } from "./session.ts";
import { HOMEPAGE, RULE_PAGES, TOOL } from "./tool.ts";

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
  await attempt(session, null, () => handleBaselines(session));
  const findings = session.units.flatMap((unit) => unit.findings);
  const report: Report = {
    tool: TOOL,
    subjects: session.subjects,
    findings,
    skipped: distinct(session.skipped),
    suppressed: session.units.flatMap((unit) => unit.suppressed),
    problems: session.problems,
    summary: summarize(findings),
    texts: session.texts,
    runs: session.runs,
    imageSource: session.imageSource,
    homepage: HOMEPAGE,
    rulePages: RULE_PAGES,
    ...extras,
  };
  return { report, exitCode: exitCodeOf(session), crashes: session.crashes.map(({ error }) => error) };
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

function distinct(skipped: readonly Skipped[]): Skipped[] {
  const byKey = new Map(skipped.map((item) => [`${item.ruleId} ${item.subject} ${item.reason}`, item]));
  return [...byKey.values()];
}

async function handleBaselines(session: Session): Promise<void> {
  const { writeBaseline, cwd } = session.request;
  if (writeBaseline !== null) {
    // A baseline of half a run would make the other half's findings look new.
    if (session.problems.length > 0 || session.unreadInput || session.crashes.length > 0) {
      throw new EnvironmentError("The baseline was not written, since not everything could be judged.");
    }
    await writeWhole(
      resolve(cwd, writeBaseline),
      baselineText(session.units.flatMap((unit) => unit.findings)),
    );
  }
  for (const [path, units] of unitsByBaseline(session)) await useBaseline(session, path, units);
}

/** Absolute path of a baseline → the units that it is for. */
function unitsByBaseline(session: Session): ReadonlyMap<string, Unit[]> {
  const { baseline, writeBaseline, cwd } = session.request;
  const byPath = new Map<string, Unit[]>();
  for (const unit of session.units) {
    const given = writeBaseline ?? baseline;
    const configured = unit.config.baseline;
    if (given === null && configured === null) continue;
    const path =
      given === null ? resolve(configFolder(unit.config, cwd), configured ?? "") : resolve(cwd, given);
    byPath.set(path, [...(byPath.get(path) ?? []), unit]);
  }
  return byPath;
}

async function useBaseline(session: Session, path: string, units: readonly Unit[]): Promise<void> {
  const shown = shortPath(path, session.request.cwd);
  const text = await readTextFile(path, shown);
  let baseline = parseBaseline(text, shown);
  for (const unit of units) {
    const { kept, suppressed, stale } = applyBaseline(unit.findings, baseline);
    unit.findings = [...kept];
    for (const finding of suppressed) unit.suppressed.push({ finding, by: "baseline", reason: null });
    baseline = { ...baseline, entries: stale };
  }
  const looked = new Set(session.subjects.map(({ name }) => name));
  const first = units[0];
  if (first === undefined) return;
  for (const entry of baseline.entries) {
    if (!looked.has(entry.path)) continue;
    const finding = staleFinding(entry, shown, text, first);
    if (finding !== null) first.findings.push(finding);
  }
  if (baseline.entries.length > 0) session.texts.set(shown, text);
}

function staleFinding(entry: BaselineEntry, path: string, text: string, unit: Unit): Finding | null {
  const lines = text.split("\n");
  const index = Math.max(
    0,
    lines.findIndex((line) => line.includes(`"${entry.fingerprint}"`)),
  );
  const content = lines[index] ?? "";
  const column = content.search(/\S|$/) + 1;
  const at = inText(path, {
    start: { line: index + 1, column },
    end: { line: index + 1, column: content.trimEnd().length + 1 },
  });
  const composed = staleBaseline.compose.stale({
    rule: entry.ruleId,
    path: entry.path,
    message: entry.message,
  });
  return inputFinding(staleBaseline, composed, at, unit.config.rules);
}
