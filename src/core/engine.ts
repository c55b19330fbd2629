import type { Finding, Location, Severity, Skipped } from "./finding.ts";
import { fingerprintOf, numberRepeats } from "./fingerprint.ts";
import { replacedReason } from "./job/replaced.ts";
import type { Json } from "./json.ts";
import { doubt, type RoleInForce, skipReason, TRAINING } from "./role/role.ts";
import type { OptionSpecs, OptionValues, Report, RuleOutline, RuleSetting, Skip, Subjects } from "./rule.ts";
import { linesOf } from "./text.ts";

/** The subjects of one pass over the rules; a kind that is not at hand is left out. */
export type SubjectSet = Partial<Subjects>;

/** Why a kind of subject is missing. */
type Absent = Partial<Record<keyof Subjects, string>>;

/** What the user decided about rules, by rule id. */
export type RuleSettings = ReadonlyMap<string, RuleSetting>;

/** A rule that threw: a bug in trainlint that cost only this rule's findings. */
export interface Crash {
  readonly ruleId: string;
  readonly rule: string;
  readonly error: unknown;
}

export interface EngineResult {
  readonly findings: readonly Finding[];
  /** The same array as the last time, where nothing but the subjects' content has changed and no rule gave up. */
  readonly skipped: readonly Skipped[];
  readonly crashes: readonly Crash[];
}

/**
 * Runs every enabled rule over the subjects at hand. A rule is never able to lose another's findings.
 * `absent` says, per missing kind of subject, why it is missing; it becomes the reason of a skip. Rules that do
 * not speak of images of this `role` are skipped; on a guess that may be wrong they run, and report no errors.
 */
export function runRules(
  rules: readonly RuleOutline[],
  subjects: SubjectSet,
  settings: RuleSettings = new Map(),
  absent: Absent = {},
  role: RoleInForce = TRAINING,
): EngineResult {
  const findings: Finding[] = [];
  const skippedHere: Skipped[] = [];
  const crashes: Crash[] = [];
  const { due, skipped } = agendaFor(planFor(rules, subjects, absent), settings, role, subjects);
  for (const { rule, checks, setting, options, speaksOfIt } of due) {
    try {
      for (const check of checks) {
        const [subject] = check.needs;
        for (const result of resultsOf(rule, check, subjects, options)) {
          if ("skip" in result) {
            skippedHere.push({ ruleId: rule.id, rule: rule.name, subject, reason: result.skip });
          } else {
            const finding = findingOf(rule, result, setting, subjects);
            findings.push(speaksOfIt ? finding : doubted(finding, role, setting));
          }
        }
      }
    } catch (error) {
      crashes.push({ ruleId: rule.id, rule: rule.name, error });
    }
  }
  return {
    findings: numberRepeats(findings.sort(byPlace)),
    skipped: skippedHere.length === 0 ? skipped : [...skipped, ...skippedHere],
    crashes,
  };
}

/** A rule whose checks run, and how. */
interface DueRule {
  readonly rule: RuleOutline;
  readonly checks: RuleOutline["checks"];
  readonly setting: RuleSetting;
  readonly options: OptionValues<OptionSpecs>;
  /** False for a rule that does not speak of images of the role, which is only a guess. */
  readonly speaksOfIt: boolean;
}

/** What a plan comes to under these settings and this role. */
interface Agenda {
  readonly due: readonly DueRule[];
  readonly skipped: readonly Skipped[];
}

let lastAgenda: {
  readonly plan: readonly PlannedRule[];
  readonly settings: RuleSettings;
  readonly role: RoleInForce;
  readonly agenda: Agenda;
} | null = null;

/** The last agenda is kept, as the last plan is. */
function agendaFor(
  plan: readonly PlannedRule[],
  settings: RuleSettings,
  role: RoleInForce,
  subjects: SubjectSet,
): Agenda {
  if (lastAgenda?.plan !== plan || lastAgenda.settings !== settings || lastAgenda.role !== role) {
    lastAgenda = { plan, settings, role, agenda: agendaOf(plan, settings, role, subjects) };
  }
  return lastAgenda.agenda;
}

function agendaOf(
  plan: readonly PlannedRule[],
  settings: RuleSettings,
  role: RoleInForce,
  subjects: SubjectSet,
): Agenda {
  const due: DueRule[] = [];
  const skipped: Skipped[] = [];
  for (const { rule, defaults, checks, absences } of plan) {
    const setting = settings.get(rule.id) ?? {};
    const speaksOfIt =
      rule.roles.includes(role.role) || (rule.standsOnGuess === true && role.basis === "guessed");
    if (setting.level === "off") {
      const reason = "turned off by the configuration";
      skipped.push(
        ...rule.subjects.map((subject) => ({ ruleId: rule.id, rule: rule.name, subject, reason })),
      );
    } else if (!speaksOfIt && role.certain) {
      skipped.push(...presentSubjects(rule, subjects, skipReason(role)));
    } else {
      skipped.push(...absences);
      const options = setting.options === undefined ? defaults : optionsOf(rule.options, setting.options);
      if (checks.length > 0) due.push({ rule, checks, setting, options, speaksOfIt });
    }
  }
  return { due, skipped };
}

/** A rule with what only depends on the kinds of subject at hand, not on the subjects. */
interface PlannedRule {
  readonly rule: RuleOutline;
  readonly defaults: OptionValues<OptionSpecs>;
  /** The checks that have all they need. */
  readonly checks: RuleOutline["checks"];
  /** Of the subjects that are missing. */
  readonly absences: readonly Skipped[];
}

let lastPlan: {
  readonly rules: readonly RuleOutline[];
  readonly absent: Absent;
  readonly kinds: string;
  readonly plan: readonly PlannedRule[];
} | null = null;

/** The last plan is kept: linting a tree asks for the same one with every file. */
function planFor(
  rules: readonly RuleOutline[],
  subjects: SubjectSet,
  absent: Absent,
): readonly PlannedRule[] {
  const kinds = Object.entries(subjects)
    .flatMap(([kind, model]) => (model === undefined ? [] : [kind]))
    .join(" ");
  if (lastPlan?.rules !== rules || lastPlan.absent !== absent || lastPlan.kinds !== kinds) {
    const plan = rules.map((rule) => ({
      rule,
      defaults: optionsOf(rule.options, {}),
      checks: checksOf(rule, subjects),
      absences: absentSubjects(rule, subjects, absent),
    }));
    lastPlan = { rules, absent, kinds, plan };
  }
  return lastPlan.plan;
}

function checksOf(rule: RuleOutline, subjects: SubjectSet): RuleOutline["checks"] {
  return rule.checks.filter(({ key, needs }) => {
    if (needs.some((kind) => subjects[kind] === undefined)) return false;
    // The built image is the real thing: what a Dockerfile lets one expect of it is not judged as well.
    const betterKnown = key === "job+dockerfile" && subjects.image !== undefined;
    return !(betterKnown && rule.checks.some((other) => other.key === "job+image"));
  });
}

function absentSubjects(rule: RuleOutline, subjects: SubjectSet, absent: Absent): Skipped[] {
  return rule.subjects
    .filter((kind) => subjects[kind] === undefined)
    .map((kind) => ({
      ruleId: rule.id,
      rule: rule.name,
      subject: kind,
      reason: absent[kind] ?? `no ${kind} was given`,
    }));
}

function presentSubjects(rule: RuleOutline, subjects: SubjectSet, reason: string): Skipped[] {
  return rule.subjects
    .filter((kind) => subjects[kind] !== undefined)
    .map((subject) => ({ ruleId: rule.id, rule: rule.name, subject, reason }));
}

/** A finding about an image that may be made for something else: no error, unless the user asked for one. */
function doubted(finding: Finding, role: RoleInForce, setting: RuleSetting): Finding {
  const severity = setting.level === undefined && finding.severity === "error" ? "warning" : finding.severity;
  const guess = { role: role.role, because: role.because };
  const evidence = { ...finding.evidence, guess };
  return { ...finding, severity, evidence, help: `${finding.help} ${doubt(role)}` };
}

function resultsOf(
  rule: RuleOutline,
  check: RuleOutline["checks"][number],
  subjects: SubjectSet,
  options: OptionValues<OptionSpecs>,
): Iterable<Report | Skip> {
  const replaced =
    subjects.job === undefined || check.needs.includes("run")
      ? null
      : replacedReason(rule.assumes ?? [], subjects.job);
  return replaced === null ? check.run(subjects, options) : [{ skip: replaced }];
}

function optionsOf(specs: OptionSpecs, given: { readonly [name: string]: Json }): OptionValues<OptionSpecs> {
  const entries = Object.entries(specs).map(([name, spec]) => [name, given[name] ?? spec.default]);
  return Object.fromEntries(entries) as OptionValues<OptionSpecs>;
}

function findingOf(rule: RuleOutline, report: Report, setting: RuleSetting, subjects: SubjectSet): Finding {
  const level = setting.level === "off" ? undefined : setting.level;
  const severity: Severity = level ?? report.severity ?? rule.severity;
  return {
    ruleId: rule.id,
    rule: rule.name,
    messageId: report.messageId,
    severity,
    message: report.message,
    help: report.help,
    fingerprint: fingerprintOf([rule.id, report.messageId, anchorOf(report.at, subjects)]),
    location: report.at,
    evidence: report.evidence ?? {},
    related: report.related ?? [],
    ...(report.fix === undefined ? {} : { fix: report.fix }),
  };
}

/**
 * What identifies a place without line numbers, so that an edit above it changes nothing, and without the file's
 * path, which says where the command ran: whoever makes the report adds that.
 */
function anchorOf(location: Location, subjects: SubjectSet): string {
  switch (location.kind) {
    case "text": {
      const text = subjects.dockerfile?.path === location.path ? subjects.dockerfile.text : "";
      const line = linesOf(text)[location.start.line - 1] ?? "";
      return line.trim();
    }
    case "image-config":
      return location.pointer;
    case "image-file":
      return location.path;
    case "run":
      return location.event ?? location.stream ?? "";
    case "job":
      return location.pointer;
  }
}

function byPlace(a: Finding, b: Finding): number {
  const left = placeOf(a.location);
  const right = placeOf(b.location);
  return (
    compare(left.kind, right.kind) ||
    compare(left.name, right.name) ||
    left.line - right.line ||
    left.column - right.column ||
    compare(a.ruleId, b.ruleId)
  );
}

const KIND_ORDER: Record<Location["kind"], number> = {
  text: 0,
  "image-config": 1,
  "image-file": 2,
  run: 3,
  job: 4,
};

function placeOf(location: Location): { kind: number; name: string; line: number; column: number } {
  const kind = KIND_ORDER[location.kind];
  switch (location.kind) {
    case "text":
    case "job":
      return { kind, name: location.path, line: location.start.line, column: location.start.column };
    case "image-config":
      return { kind, name: location.pointer, line: 0, column: 0 };
    case "image-file":
      return { kind, name: location.path, line: 0, column: 0 };
    case "run":
      return { kind, name: "", line: 0, column: Math.round((location.time ?? 0) * 1000) };
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
