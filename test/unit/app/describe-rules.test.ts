import { expect, test } from "vitest";
import { explainRule, listRules } from "../../../src/app/describe-rules.ts";
import { UserError } from "../../../src/core/errors.ts";
import { rules } from "../../../src/rules/index.ts";

test.each(rules.map(({ id, name }) => [id, name]))("%s %s is explained by id and by name", (id, name) => {
  const text = explainRule(id, "text");
  expect(text).toContain(`${id} ${name}`);
  expect(text).toContain("How to turn it off");
  expect(explainRule(name, "text")).toBe(text);
  expect(JSON.parse(explainRule(id, "json"))).toMatchObject({ id, name });
});

test("the list has a line for each rule, and one on the API's model", () => {
  const lines = listRules("text").trimEnd().split("\n");
  expect(lines.filter((line) => /^TL\d{3} /.test(line))).toHaveLength(rules.length);
  expect(lines.at(-1)).toMatch(/botocore .*2017-07-24/);
});

test("an unknown rule is refused with a suggestion", () => {
  expect(() => explainRule("exec-form-entrypint", "text")).toThrow(UserError);
});
