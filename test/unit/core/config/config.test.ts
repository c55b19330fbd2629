import { describe, expect, test } from "vitest";
import { ruleCatalog } from "../../../../src/core/config/catalog.ts";
import { configData, DEFAULT_CONFIG, parseConfig, withRuleLevels } from "../../../../src/core/config.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { defineRule } from "../../../../src/core/rule.ts";

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

const parse = (text: string) => parseConfig(text, ".trainlint.yaml", catalog);

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

  test("a rule that is set by its id and by its name", () => {
    expect(errorOf(() => parse("rules: {TL101: off, exec-form-entrypoint: info}")).message).toContain(
      "twice",
    );
  });
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
