import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ruleCatalog } from "../../../../src/core/config/catalog.ts";
import { inherit } from "../../../../src/core/config/file.ts";
import { parseConfigFile } from "../../../../src/core/config/parse.ts";
import { configSchema } from "../../../../src/core/config/schema.ts";
import {
  configData,
  configOf,
  DEFAULT_CONFIG,
  withOverrides,
  withRuleLevels,
} from "../../../../src/core/config.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { defineRule } from "../../../../src/core/rule.ts";
import { rules } from "../../../../src/rules/index.ts";

const common = {
  summary: "s",
  rationale: "r",
  refs: [],
  precision: "high",
  messages: {},
  check: {},
  examples: [],
} as const;

const catalog = ruleCatalog([
  defineRule({ ...common, id: "TL101", name: "exec-form-entrypoint", severity: "error", options: {} }),
  defineRule({
    ...common,
    id: "TL502",
    name: "handles-sigterm",
    severity: "error",
    options: {
      seconds: { type: "integer", default: 3, description: "d" },
      names: { type: "string-list", default: [], description: "d" },
    },
  }),
]);

const parse = (text: string, path = ".trainlint.yaml") =>
  configOf(parseConfigFile(text, path, catalog), path);

test("rules by id and by name, with levels and options", () => {
  const config = parse(
    "rules:\n  TL101: off\n  handles-sigterm:\n    level: warning\n    options: {seconds: 5, names: [a, b]}\nfail-on: warning\n",
  );
  expect([...config.rules]).toEqual([
    ["TL101", { level: "off" }],
    ["TL502", { level: "warning", options: { seconds: 5, names: ["a", "b"] } }],
  ]);
  expect(config.failOn).toBe("warning");
});

test("JSON is read as well, and an empty file is the defaults", () => {
  expect(parse('{"rules": {"TL101": "info"}}').rules.get("TL101")).toEqual({ level: "info" });
  expect(parse("# nothing\n")).toEqual({ ...DEFAULT_CONFIG, path: ".trainlint.yaml" });
});

describe("what is wrong is told with its place", () => {
  test.each([
    ["rulez:\n  TL101: off\n", "Unknown key `rulez`.", 1, 1, "`rules`"],
    ["rules:\n  TL1O1: off\n", "Unknown key `TL1O1` in `rules`.", 2, 3, "`TL101`"],
    ["rules:\n  TL101: of\n", "`TL101` must be one of off, info, warning, error.", 2, 10, "`off`"],
    ["rules:\n  TL502: {options: {second: 1}}\n", "Unknown key `second` in `options`.", 2, 21, "`seconds`"],
    ["rules:\n  TL502: {options: {seconds: 1.5}}\n", "`seconds` must be a whole number.", 2, 30, undefined],
    ["rules:\n  TL101: {options: {x: 1}}\n", "Unknown key `options` in `TL101`.", 2, 11, "level"],
    ["fail-on: errors\n", "`fail-on` must be one of error, warning, info, never.", 1, 10, "`error`"],
    ["target: 1.10\n", "`target` must be text.", 1, 9, 'in quotes: "1.10"'],
    ["build-args: {V: 3.10}\n", "`V` must be text.", 1, 17, 'in quotes: "3.10"'],
    ["rules: {TL101: false}\n", "`TL101` must be one of", 1, 16, "`off`"],
    ["exclude: [old, 1]\n", "`exclude[1]` must be text.", 1, 16, "in quotes"],
    ["overrides: [{role: serving}]\n", "`overrides[0].files` must be given.", 1, 13, undefined],
    ["overrides:\n- files: [a]\n  fail-on: info\n", "Unknown key `fail-on` in `overrides[0]`.", 3, 3, ""],
    ["overrides: [{files: [a], rules: {TL1O1: off}}]", "Unknown key `TL1O1` in `rules`.", 1, 34, "`TL101`"],
    ["rules: &r {TL101: off}\nbuild-args: *r\n", "Aliases are not read here.", 2, 13, "`*r`"],
    ["exclude: build\n", "`exclude` must be a list.", 1, 10, undefined],
    ["- rules\n", "The configuration must be a mapping of keys to values.", 1, 1, undefined],
    ["rules: [\n", "not valid YAML", undefined, undefined, undefined],
    ["require-reason: yes\n", "`require-reason` must be true or false.", 1, 17, undefined],
  ])("%j", (text, message, line, column, help) => {
    const error = errorOf(() => parse(text));
    expect(error.message).toContain(message);
    if (line !== undefined) expect(error.place).toEqual({ path: ".trainlint.yaml", line, column });
    if (help !== undefined) expect(error.help).toContain(help);
  });

  test.each([
    ["rules: {TL101: off, exec-form-entrypoint: info}", 21],
    ["overrides: [{files: [a], rules: {TL101: off, exec-form-entrypoint: info}}]", 46],
  ])("a rule that is set by its id and by its name: %j", (text, column) => {
    const error = errorOf(() => parse(text));
    expect(error.message).toContain("twice");
    expect(error.place).toEqual({ path: ".trainlint.yaml", line: 1, column });
  });
});

test("comments and tabs in JSON, and keys without a value", () => {
  const text = '{\n\t// why\n\t"fail-on": "info", /* and */\n}';
  expect(parse(text, ".trainlint.json").failOn).toBe("info");
  expect(parse("rules:\nexclude:\nbuild-args:\noverrides:\n")).toEqual({
    ...DEFAULT_CONFIG,
    path: ".trainlint.yaml",
  });
});

test("overrides add to the settings of the file, a later one over an earlier one", () => {
  const config = parse(`
rules: {TL502: {level: info, options: {seconds: 5}}}
target: train
overrides:
- files: [a]
  role: serving
  rules: {TL502: {options: {names: [x]}}, TL101: off}
- files: [b]
  rules: {TL101: warning}
  target: b
  build-args: {V: "1"}
`);
  expect(withOverrides(config, [])).toEqual({ ...config, overrides: [] });
  const both = withOverrides(config, config.overrides);
  expect([...both.rules]).toEqual([
    ["TL502", { level: "info", options: { seconds: 5, names: ["x"] } }],
    ["TL101", { level: "warning" }],
  ]);
  expect(both).toMatchObject({ role: "serving", target: "b", buildArgs: { V: "1" }, overrides: [] });
  expect(configData(config)).toMatchObject({ overrides: [{ files: ["a"] }, { files: ["b"], target: "b" }] });
});

test("a file over one that it extends", () => {
  const file = (text: string) => parseConfigFile(text, ".trainlint.yaml", catalog);
  const base = file("fail-on: info\nrules: {TL101: off, TL502: off}\nexclude: [old]\nbaseline: b.json\n");
  const own = file("extends: base.yaml\nrules: {TL502: error}\nrequire-reason: true\n");
  expect(own.extends).toEqual(["base.yaml"]);
  const config = configOf(inherit(base, own), "x");
  expect(Object.fromEntries(config.rules)).toEqual({ TL101: { level: "off" }, TL502: { level: "error" } });
  expect(config).toMatchObject({ failOn: "info", requireReason: true, exclude: [], baseline: null });
});

test("the documentation's examples are a configuration, and name every key", () => {
  const page = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
  const example = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block).join("");
  const config = configOf(parseConfigFile(example, ".trainlint.yaml", ruleCatalog(rules)), "x");
  expect(config).toMatchObject({ target: "train", buildArgs: { PYTHON_VERSION: "3.11" } });
  expect(config.rules.get("TL502")).toEqual({ level: "error" });
  for (const key of Object.keys(configSchema(rules).properties ?? {})) expect(example).toContain(key);
});

test("levels of the command line win, options of the file stay", () => {
  const config = parse("rules:\n  TL502: {level: off, options: {seconds: 5}}\n");
  const merged = withRuleLevels(config, new Map([["TL502", "info"]]));
  expect(merged.rules.get("TL502")).toEqual({ level: "info", options: { seconds: 5 } });
});

test("what is printed can be read back", () => {
  const config = parse(
    "rules: {TL502: {options: {seconds: 5}}, TL101: off}\nbuild-args: {A: b}\nbaseline: b.json\n",
  );
  expect(parse(JSON.stringify(configData(config)))).toEqual(config);
});

function errorOf(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
