import type { Role } from "../role/sign.ts";
import type { RuleSetting } from "../rule.ts";
import type { FailOn } from "../verdict.ts";
import type { CheckSettings } from "./check-settings.ts";

/** What a file or an override says about the files that it is for; `undefined` where it says nothing. */
export interface FileSettings {
  /** By rule id. */
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly role: Role | undefined;
  readonly target: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Settings for some files only; a later override wins over an earlier one. */
export interface Override extends FileSettings {
  /** .gitignore patterns, relative to the folder of the configuration file. */
  readonly files: readonly string[];
}

/** What one configuration file says, without defaults. */
export interface ConfigFile extends FileSettings {
  /** Paths of other configuration files, relative to this one; later ones win. */
  readonly extends: readonly string[];
  readonly failOn: FailOn | undefined;
  readonly inlineConfig: boolean | undefined;
  readonly requireReason: boolean | undefined;
  readonly exclude: readonly string[];
  readonly baseline: string | undefined;
  readonly check: CheckSettings;
  readonly overrides: readonly Override[];
}

export const EMPTY_FILE: ConfigFile = {
  extends: [],
  rules: new Map(),
  role: undefined,
  target: undefined,
  buildArgs: {},
  failOn: undefined,
  inlineConfig: undefined,
  requireReason: undefined,
  exclude: [],
  baseline: undefined,
  check: {},
  overrides: [],
};

/**
 * A file over one that it extends. What is about the files of one folder (`exclude`, `overrides`, `baseline`, and
 * what `trainlint check` looks at) stays with the file that says it.
 */
export function inherit(base: ConfigFile, own: ConfigFile): ConfigFile {
  return {
    ...own,
    ...withSettings(base, own),
    failOn: own.failOn ?? base.failOn,
    inlineConfig: own.inlineConfig ?? base.inlineConfig,
    requireReason: own.requireReason ?? base.requireReason,
  };
}

/** These settings, and others over them. */
export function withSettings(base: FileSettings, own: FileSettings): FileSettings {
  const rules = new Map(base.rules);
  for (const [id, setting] of own.rules) rules.set(id, overSetting(base.rules.get(id), setting));
  return {
    rules,
    role: own.role ?? base.role,
    target: own.target ?? base.target,
    buildArgs: { ...base.buildArgs, ...own.buildArgs },
  };
}

function overSetting(base: RuleSetting | undefined, own: RuleSetting): RuleSetting {
  const options = { ...base?.options, ...own.options };
  return { ...base, ...own, ...(Object.keys(options).length === 0 ? {} : { options }) };
}
