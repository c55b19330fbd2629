import type { OptionSpec, RuleOutline } from "../rule.ts";
import { CHECK_SCHEMA } from "./check-settings.ts";
import type { Schema } from "./schema-form.ts";

export type { Schema } from "./schema-form.ts";

const LEVELS = ["off", "info", "warning", "error"] as const;

const STRINGS: Schema = { type: "array", items: { type: "string" } };

/** The settings that a file makes for all files, and an override for some. */
const FILE_SETTINGS: { readonly [name: string]: Schema } = {
  rules: { $ref: "#/$defs/rules" },
  role: {
    enum: ["training", "serving", "processing"],
    description:
      "What the images are made for. Rules that speak of training images only are not applied to others. Guessed from certain signs where it is not said.",
  },
  target: { type: "string", description: "Stage of the Dockerfiles that is built; the last by default." },
  "build-args": {
    type: "object",
    additionalProperties: { type: "string" },
    description: "Values for ARG, as `docker build --build-arg` gives them.",
  },
};

const OVERRIDE: Schema = {
  type: "object",
  additionalProperties: false,
  required: ["files"],
  properties: {
    files: {
      ...STRINGS,
      description:
        "The files that this is for, as .gitignore patterns; they count from the folder of this file.",
    },
    ...FILE_SETTINGS,
  },
};

/** The schema of `.trainlint.yaml`; rules and their options come from the rule objects. */
export function configSchema(rules: readonly RuleOutline[]): Schema {
  return {
    description: "Configuration of trainlint, in .trainlint.yaml, .trainlint.yml or .trainlint.json.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "For editors; trainlint does not read it." },
      extends: {
        anyOf: [{ type: "string" }, STRINGS],
        description:
          "Configuration files that this one adds to, relative to it; their exclude, overrides and baseline are left out.",
      },
      ...FILE_SETTINGS,
      "fail-on": {
        enum: ["error", "warning", "info", "never"],
        default: "error",
        description: "From which severity on findings make the command fail.",
      },
      exclude: {
        ...STRINGS,
        description: "Files never to lint, as .gitignore patterns; they count from the folder of this file.",
      },
      baseline: {
        type: "string",
        description: "File with the findings that were accepted before; relative to this file.",
      },
      "inline-config": {
        type: "boolean",
        default: true,
        description: "Whether `# trainlint ignore=...` comments count.",
      },
      "require-reason": {
        type: "boolean",
        default: false,
        description: "Whether `# trainlint ignore=...` comments must say why after `--`.",
      },
      ...CHECK_SCHEMA,
      overrides: {
        type: "array",
        items: OVERRIDE,
        description: "Settings for some files; a later one wins over an earlier one.",
      },
    },
    $defs: { rules: rulesSchema(rules) },
  };
}

function rulesSchema(rules: readonly RuleOutline[]): Schema {
  return {
    type: "object",
    description: "Level and options of each rule, by its id or its name.",
    additionalProperties: false,
    properties: Object.fromEntries(
      rules.flatMap((rule) => [
        [rule.id, ruleSchema(rule)],
        [rule.name, ruleSchema(rule)],
      ]),
    ),
  };
}

function ruleSchema(rule: RuleOutline): Schema {
  const level: Schema = { enum: LEVELS };
  const options = Object.entries(rule.options).map(([name, spec]) => [name, optionSchema(spec)]);
  return {
    description: rule.summary,
    anyOf: [
      level,
      {
        type: "object",
        additionalProperties: false,
        properties: {
          level,
          ...(options.length === 0
            ? {}
            : {
                options: {
                  type: "object",
                  additionalProperties: false,
                  properties: Object.fromEntries(options),
                },
              }),
        },
      },
    ],
  };
}

function optionSchema(spec: OptionSpec): Schema {
  const type: Schema = spec.type === "string-list" ? STRINGS : { type: spec.type };
  return { ...type, description: spec.description, default: spec.default };
}
