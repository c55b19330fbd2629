import { stripComments } from "jsonc-parser";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { tooDeepAt, UNREADABLE_DEPTH } from "../depth.ts";
import { UserError } from "../errors.ts";
import { placesOfText } from "../job/places.ts";
import type { Json } from "../json.ts";
import type { Role } from "../role/sign.ts";
import type { RuleLevel, RuleSetting } from "../rule.ts";
import type { FailOn } from "../verdict.ts";
import type { RuleCatalog } from "./catalog.ts";
import { type CheckSettings, checkSettingsOf } from "./check-settings.ts";
import { type ConfigFile, EMPTY_FILE, type FileSettings } from "./file.ts";
import { configSchema } from "./schema.ts";
import { placeOf, validate, type YamlSource } from "./validate.ts";

/** The shape of settings that `validate` let through. A key without a value is `null`. */
interface RawSettings {
  readonly rules?: {
    readonly [word: string]: RuleLevel | { level?: RuleLevel; options?: { [name: string]: Json } };
  } | null;
  readonly role?: Role;
  readonly target?: string;
  readonly "build-args"?: { readonly [name: string]: string } | null;
}

interface RawFile extends RawSettings, CheckSettings {
  readonly extends?: string | readonly string[] | null;
  readonly "fail-on"?: FailOn;
  readonly exclude?: readonly string[] | null;
  readonly baseline?: string;
  readonly "inline-config"?: boolean;
  readonly "require-reason"?: boolean;
  readonly overrides?: readonly (RawSettings & { readonly files: readonly string[] })[] | null;
}

/**
 * Reads a configuration file's text. JSON, in which comments are allowed, is read as the YAML that it is.
 * Throws a `UserError` with the place: a broken configuration never counts as an empty one.
 */
export function parseConfigFile(text: string, path: string, catalog: RuleCatalog): ConfigFile {
  refuseTooLarge(text, path);
  const lines = new LineCounter();
  const plain = path.endsWith(".json") ? stripComments(text, " ") : text;
  const document = parseDocument(plain, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new UserError(`The configuration is not valid YAML: ${error.message}`, {
      place: { path, line, column: col },
    });
  }
  if (document.contents === null) return EMPTY_FILE;
  const source = { path, lines };
  validate(document.contents, configSchema(catalog.rules), source);
  refuseRulesSetTwice(document.contents, catalog, source);
  return configFileOf(document.toJS() as RawFile, catalog);
}

/** A configuration has some dozen lines; the parser takes seconds for a few MiB, and recurses. */
const MAX_CHARACTERS = 1024 * 1024;

function refuseTooLarge(text: string, path: string): void {
  if (text.length > MAX_CHARACTERS) {
    throw new UserError(`This is no configuration: it is larger than ${MAX_CHARACTERS} characters.`, {
      place: { path },
    });
  }
  const deep = tooDeepAt(text);
  if (deep === null) return;
  const { line, column } = placesOfText(text, path).at(deep);
  throw new UserError(`The configuration nests values more than ${UNREADABLE_DEPTH} levels deep.`, {
    place: { path, line, column },
  });
}

function configFileOf(raw: RawFile, catalog: RuleCatalog): ConfigFile {
  return {
    extends: [raw.extends ?? []].flat(),
    ...settingsOf(raw, catalog),
    failOn: raw["fail-on"],
    inlineConfig: raw["inline-config"],
    requireReason: raw["require-reason"],
    exclude: raw.exclude ?? [],
    baseline: raw.baseline,
    check: checkSettingsOf(raw),
    overrides: (raw.overrides ?? []).map((item) => ({ files: item.files, ...settingsOf(item, catalog) })),
  };
}

function settingsOf(raw: RawSettings, catalog: RuleCatalog): FileSettings {
  const rules = Object.entries(raw.rules ?? {}).map(([word, value]): [string, RuleSetting] => [
    catalog.get(word).id,
    typeof value === "string" ? { level: value } : value,
  ]);
  return {
    rules: new Map(rules),
    role: raw.role,
    target: raw.target,
    buildArgs: raw["build-args"] ?? {},
  };
}

/** Id and name are the same rule, so that one of two settings would be lost. */
function refuseRulesSetTwice(contents: Node, catalog: RuleCatalog, source: YamlSource): void {
  if (!isMap(contents)) return;
  const overrides = contents.get("overrides");
  const owners = [contents, ...(isSeq(overrides) ? overrides.items : [])];
  for (const owner of owners) {
    const rules = isMap(owner) ? owner.get("rules") : null;
    if (!isMap(rules)) continue;
    const seen = new Set<string>();
    for (const { key } of rules.items) {
      const { id, name } = catalog.get(String(isScalar(key) ? key.value : key));
      if (seen.has(id)) {
        throw new UserError(`The rule ${id} (${name}) is set twice, by its id and by its name.`, {
          place: placeOf(key as Node, source),
        });
      }
      seen.add(id);
    }
  }
}
