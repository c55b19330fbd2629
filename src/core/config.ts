import { type CheckSettings, checkSettingsData } from "./config/check-settings.ts";
import { type ConfigFile, type Override, withSettings } from "./config/file.ts";
import type { Json } from "./json.ts";
import type { Role } from "./role/sign.ts";
import type { RuleLevel, RuleSetting } from "./rule.ts";
import type { FailOn } from "./verdict.ts";

/** The settings that a configuration file and options can make, with every default filled in. */
export interface Config {
  /** Where it was read from; `null` for the defaults. */
  readonly path: string | null;
  /** By rule id. */
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly failOn: FailOn;
  /** What the images are made for; `null` leaves it to what they show. */
  readonly role: Role | null;
  readonly target: string | null;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** .gitignore patterns, relative to the folder of `path`. */
  readonly exclude: readonly string[];
  /** As written: relative to the folder of `path`. */
  readonly baseline: string | null;
  readonly inlineConfig: boolean;
  readonly requireReason: boolean;
  /** What `trainlint check` looks at. */
  readonly check: CheckSettings;
  /** Settings for some files, not yet applied. */
  readonly overrides: readonly Override[];
}

/** The names that are looked for, in this order, in each folder. */
export const CONFIG_NAMES: readonly string[] = [".trainlint.yaml", ".trainlint.yml", ".trainlint.json"];

export const DEFAULT_CONFIG: Config = {
  path: null,
  rules: new Map(),
  failOn: "error",
  role: null,
  target: null,
  buildArgs: {},
  exclude: [],
  baseline: null,
  inlineConfig: true,
  requireReason: false,
  check: {},
  overrides: [],
};

/** What a file says, with the defaults for what it does not say. */
export function configOf(file: ConfigFile, path: string): Config {
  return {
    path,
    rules: file.rules,
    failOn: file.failOn ?? DEFAULT_CONFIG.failOn,
    role: file.role ?? DEFAULT_CONFIG.role,
    target: file.target ?? null,
    buildArgs: file.buildArgs,
    exclude: file.exclude,
    baseline: file.baseline ?? null,
    inlineConfig: file.inlineConfig ?? DEFAULT_CONFIG.inlineConfig,
    requireReason: file.requireReason ?? DEFAULT_CONFIG.requireReason,
    check: file.check,
    overrides: file.overrides,
  };
}

/** The configuration for a file that exactly these overrides are for. */
export function withOverrides(config: Config, overrides: readonly Override[]): Config {
  const settings = { ...config, role: config.role ?? undefined, target: config.target ?? undefined };
  const { rules, role, target, buildArgs } = overrides.reduce(withSettings, settings);
  return { ...config, rules, role: role ?? null, target: target ?? null, buildArgs, overrides: [] };
}

/** Rule levels given on the command line win over the file; options of the file stay. */
export function withRuleLevels(config: Config, levels: ReadonlyMap<string, RuleLevel>): Config {
  const rules = new Map(config.rules);
  for (const [id, level] of levels) rules.set(id, { ...rules.get(id), level });
  return { ...config, rules };
}

/** The effective configuration in the file's own words, for `--print-config`. */
export function configData(config: Config): { readonly [key: string]: Json } {
  return {
    rules: rulesData(config.rules),
    "fail-on": config.failOn,
    ...(config.role === null ? {} : { role: config.role }),
    ...(config.target === null ? {} : { target: config.target }),
    "build-args": config.buildArgs,
    exclude: config.exclude,
    ...(config.baseline === null ? {} : { baseline: config.baseline }),
    "inline-config": config.inlineConfig,
    "require-reason": config.requireReason,
    ...checkSettingsData(config.check),
    ...(config.overrides.length === 0 ? {} : { overrides: config.overrides.map(overrideData) }),
  };
}

function overrideData({ files, rules, role, target, buildArgs }: Override): Json {
  return {
    files,
    ...(rules.size === 0 ? {} : { rules: rulesData(rules) }),
    ...(role === undefined ? {} : { role }),
    ...(target === undefined ? {} : { target }),
    ...(Object.keys(buildArgs).length === 0 ? {} : { "build-args": buildArgs }),
  };
}

function rulesData(rules: ReadonlyMap<string, RuleSetting>): Json {
  return Object.fromEntries([...rules].map(([id, setting]) => [id, settingData(setting)]));
}

function settingData(setting: RuleSetting): Json {
  if (setting.options === undefined) return setting.level ?? {};
  return { ...(setting.level === undefined ? {} : { level: setting.level }), options: setting.options };
}
