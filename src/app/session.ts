import { dirname, resolve } from "node:path";
import { type RuleCatalog, ruleCatalog } from "../core/config/catalog.ts";
import { type Config, withOverrides, withRuleLevels } from "../core/config.ts";
import { type Crash, runRules, type SubjectSet } from "../core/engine.ts";
import type { Finding, Location, Skipped, SubjectKind, SubjectName } from "../core/finding.ts";
import { withOrigins } from "../core/image/origin.ts";
import { inputFinding } from "../core/input-rule.ts";
import { remembered } from "../core/remembered.ts";
import { roleOf } from "../core/role/role.ts";
import type { RuleOutline } from "../core/rule.ts";
import type { Transcript } from "../core/run/transcript.ts";
import { Redactor } from "../core/secrets/redact.ts";
import { matchesPatterns } from "../edges/files.ts";
import type { ImageSource, Problem, Suppressed } from "../report/report.ts";
import { ruleCrashed } from "../rules/input/rule-crashed.ts";
import { readConfig } from "./read-config.ts";
import type { DockerfileRequest, JudgeRequest, SmokeRequest } from "./request.ts";

/** What was judged together under one configuration: a Dockerfile, or the subjects of one `check`. */
export interface Unit {
  readonly config: Config;
  findings: Finding[];
  readonly skipped: readonly Skipped[];
  suppressed: Suppressed[];
}

/** One run of a judging command: what it has seen so far. The report is made from it at the end. */
export interface Session {
  readonly request: JudgeRequest;
  readonly catalog: RuleCatalog;
  readonly rules: readonly RuleOutline[];
  readonly units: Unit[];
  readonly subjects: SubjectName[];
  readonly problems: Problem[];
  readonly crashes: Crash[];
  /** Whether some input could not be judged, although it became a finding. */
  unreadInput: boolean;
  readonly texts: Map<string, string>;
  readonly runs: Transcript[];
  imageSource: ImageSource | null;
  /** Knows what the report must not show. */
  readonly secrets: Redactor;
  readonly configs: Map<string, Promise<Config>>;
  /** What the command line makes of a configuration, which is the same for all files without overrides. */
  readonly withOptions: (config: Config) => Config;
}

/** Values of the command line that may be secrets. */
type Given = Pick<DockerfileRequest, "buildArgs"> & Pick<SmokeRequest, "environment" | "hyperparameters">;

/** Begins a run with all rules, or outlines of those that it can't need. Throws a `UserError` when `--rule` names no rule. */
export function beginSession(request: JudgeRequest & Partial<Given>, rules: readonly RuleOutline[]): Session {
  const catalog = ruleCatalog(rules);
  for (const { rule } of request.ruleLevels) catalog.get(rule);
  return {
    request,
    catalog,
    rules,
    units: [],
    subjects: [],
    problems: [],
    crashes: [],
    unreadInput: false,
    texts: new Map(),
    runs: [],
    imageSource: null,
    secrets: secretsOf(request),
    configs: new Map(),
    withOptions: remembered((config: Config) => withOptions(config, request, catalog)),
  };
}

function secretsOf({ buildArgs, environment, hyperparameters }: Partial<Given>): Redactor {
  const secrets = new Redactor();
  for (const values of [buildArgs, environment, hyperparameters]) secrets.learnNamed(values ?? {});
  return secrets;
}

/**
 * The configuration for files in `folder`, or with overrides for `file` in it: what the configuration file says,
 * and the command line's settings over that.
 */
export async function configFor(session: Session, folder: string, file?: string): Promise<Config> {
  const { request } = session;
  const key = typeof request.config === "string" ? "" : folder;
  const read = session.configs.get(key) ?? readConfig(request, session.catalog, folder);
  session.configs.set(key, read);
  const config = await read;
  session.secrets.learnNamed(config.buildArgs);
  return session.withOptions(file === undefined ? config : overriddenFor(file, config, request.cwd));
}

/** The configuration for one file. */
export async function configForFile(session: Session, file: string): Promise<Config> {
  return await configFor(session, dirname(file), file);
}

function overriddenFor(file: string, config: Config, cwd: string): Config {
  const folder = configFolder(config, cwd);
  const overrides = config.overrides.filter(({ files }) => matchesPatterns(file, files, folder));
  return overrides.length === 0 ? withoutOverrides(config) : withOverrides(config, overrides);
}

const withoutOverrides = remembered((config: Config) => withOverrides(config, []));

function withOptions(config: Config, request: JudgeRequest, catalog: RuleCatalog): Config {
  const { ruleLevels, failOn, role, inlineConfig, requireReason } = request;
  const levels = new Map(ruleLevels.map(({ rule, level }) => [catalog.get(rule).id, level]));
  return withRuleLevels(
    {
      ...config,
      failOn: failOn ?? config.failOn,
      role: role ?? config.role,
      inlineConfig: config.inlineConfig && inlineConfig,
      requireReason: config.requireReason || requireReason,
    },
    levels,
  );
}

/** A session of its own for a part of a run, or for a try: it shares what was read of configurations. */
export function partSession(session: Session): Session {
  return {
    ...session,
    units: [],
    subjects: [],
    problems: [],
    crashes: [],
    unreadInput: false,
    texts: new Map(),
    runs: [],
  };
}

/** The folder that paths in the configuration count from. */
export function configFolder(config: Config, cwd: string): string {
  return config.path === null ? cwd : dirname(resolve(cwd, config.path));
}

/** Runs the rules over these subjects; crashes become findings at `at`. */
export function judgeSubjects(
  session: Session,
  subjects: SubjectSet,
  config: Config,
  absent: Partial<Record<SubjectKind, string>>,
  at: Location,
): Unit {
  const result = runRules(session.rules, subjects, config.rules, absent, roleOf(config.role, subjects));
  const { image, dockerfile } = subjects;
  for (const setting of image?.config.Env ?? []) session.secrets.learn(setting);
  for (const { createdBy } of image?.history ?? []) session.secrets.learn(createdBy);
  const found = image === undefined ? result.findings : withOrigins(result.findings, image, dockerfile);
  const findings = [...found, ...crashFindings(result.crashes, at, config)];
  const unit: Unit = { config, findings, skipped: result.skipped, suppressed: [] };
  session.units.push(unit);
  session.crashes.push(...result.crashes);
  return unit;
}

/** Runs only the rules that are about the request, over a further request of the same run. */
export function judgeJob(session: Session, subjects: SubjectSet, config: Config, at: Location): Unit {
  const rules = session.rules.filter(({ checks }) => checks.every(({ needs }) => needs.includes("job")));
  return judgeSubjects({ ...session, rules }, subjects, config, {}, at);
}

function crashFindings(crashes: readonly Crash[], at: Location, config: Config): Finding[] {
  return crashes.flatMap((crash) => {
    const reason = crash.error instanceof Error ? crash.error.message : String(crash.error);
    const composed = ruleCrashed.compose.crashed({ rule: `${crash.ruleId} (${crash.rule})`, reason });
    const finding = inputFinding(ruleCrashed, composed, at, config.rules);
    return finding === null ? [] : [finding];
  });
}
