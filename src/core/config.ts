import { LineCounter, parseDocument } from "yaml";
import type { RuleCatalog } from "./config/catalog.ts";
import { configSchema } from "./config/schema.ts";
import { validate } from "./config/validate.ts";
import { UserError } from "./errors.ts";
import type { Json } from "./json.ts";
import type { RuleLevel, RuleSetting } from "./rule.ts";
import type { FailOn } from "./verdict.ts";

/** What an image is made for. */
export type Role = "training" | "serving" | "processing";

/** The settings that a configuration file and options can make, with every default filled in. */
export interface Config {
  /** Where it was read from; `null` for the defaults. */
  readonly path: string | null;
  /** By rule id. */
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly failOn: FailOn;
  readonly role: Role;
  readonly target: string | null;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** .gitignore patterns, relative to the folder of `path`. */
  readonly exclude: readonly string[];
  /** As written: relative to the folder of `path`. */
  readonly baseline: string | null;
  readonly inlineConfig: boolean;
  readonly requireReason: boolean;
}

/** The names that are looked for, in this order, in each folder. */
export const CONFIG_NAMES: readonly string[] = [".trainlint.yaml", ".trainlint.yml", ".trainlint.json"];

export const DEFAULT_CONFIG: Config = {
  path: null,
  rules: new Map(),
  failOn: "error",
  role: "training",
  target: null,
  buildArgs: {},
  exclude: [],
  baseline: null,
  inlineConfig: true,
  requireReason: false,
};

/** The shape of a file that `validate` let through. */
interface ConfigFile {
  readonly rules?: {
    readonly [word: string]: RuleLevel | { level?: RuleLevel; options?: { [name: string]: Json } };
  };
  readonly "fail-on"?: FailOn;
  readonly role?: Role;
  readonly target?: string;
  readonly "build-args"?: { readonly [name: string]: string };
  readonly exclude?: readonly string[];
  readonly baseline?: string;
  readonly "inline-config"?: boolean;
  readonly "require-reason"?: boolean;
}

/**
 * Reads a configuration file's text; JSON is read as the YAML that it is.
 * Throws a `UserError` with the place: a broken configuration never counts as an empty one.
 */
export function parseConfig(text: string, path: string, catalog: RuleCatalog): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new UserError(`The configuration is not valid YAML: ${error.message}`, {
      place: { path, line, column: col },
    });
  }
  if (document.contents === null) return { ...DEFAULT_CONFIG, path };
  validate(document.contents, configSchema(catalog.rules), { path, lines });
  return configOf(document.toJS() as ConfigFile, path, catalog);
}

function configOf(file: ConfigFile, path: string, catalog: RuleCatalog): Config {
  return {
    path,
    rules: ruleSettings(file.rules ?? {}, path, catalog),
    failOn: file["fail-on"] ?? DEFAULT_CONFIG.failOn,
    role: file.role ?? DEFAULT_CONFIG.role,
    target: file.target ?? null,
    buildArgs: file["build-args"] ?? {},
    exclude: file.exclude ?? [],
    baseline: file.baseline ?? null,
    inlineConfig: file["inline-config"] ?? DEFAULT_CONFIG.inlineConfig,
    requireReason: file["require-reason"] ?? DEFAULT_CONFIG.requireReason,
  };
}

function ruleSettings(
  rules: NonNullable<ConfigFile["rules"]>,
  path: string,
  catalog: RuleCatalog,
): Map<string, RuleSetting> {
  const settings = new Map<string, RuleSetting>();
  for (const [word, value] of Object.entries(rules)) {
    const rule = catalog.get(word);
    if (settings.has(rule.id)) {
      throw new UserError(`The rule ${rule.id} (${rule.name}) is set twice, by its id and by its name.`, {
        place: { path },
      });
    }
    settings.set(rule.id, typeof value === "string" ? { level: value } : value);
  }
  return settings;
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
    rules: Object.fromEntries([...config.rules].map(([id, setting]) => [id, settingData(setting)])),
    "fail-on": config.failOn,
    role: config.role,
    ...(config.target === null ? {} : { target: config.target }),
    "build-args": config.buildArgs,
    exclude: config.exclude,
    ...(config.baseline === null ? {} : { baseline: config.baseline }),
    "inline-config": config.inlineConfig,
    "require-reason": config.requireReason,
  };
}

function settingData(setting: RuleSetting): Json {
  if (setting.options === undefined) return setting.level ?? {};
  return { ...(setting.level === undefined ? {} : { level: setting.level }), options: setting.options };
}
