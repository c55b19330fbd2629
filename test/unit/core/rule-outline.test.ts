import { expect, test } from "vitest";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import { runRules } from "../../../src/core/engine.ts";
import { dockerfileRules } from "../../../src/rules/for-dockerfiles.ts";
import { rules } from "../../../src/rules/index.ts";

test("linting a Dockerfile knows every rule by what configuration and reports ask of it", () => {
  const asked = (known: typeof dockerfileRules) =>
    known.map(({ id, name, summary, severity, precision, roles, options, subjects, checks }) => {
      const needs = checks.map((check) => [check.key, check.needs]);
      return { id, name, summary, severity, precision, roles, options, subjects, needs };
    });
  expect(asked(dockerfileRules)).toEqual(asked(rules));
});

test("a Dockerfile is judged alike with outlines of the rules that can't look at it", () => {
  const model = dockerfileModel("FROM python:3.12\nRUN pip install x\nENTRYPOINT tini -- python x\n", {
    path: "Dockerfile",
  });
  const whole = runRules(rules, { dockerfile: model });
  expect(whole.findings.length).toBeGreaterThan(1);
  expect(runRules(dockerfileRules, { dockerfile: model })).toEqual(whole);
});

test("an outline that is run after all says so", () => {
  const outline = dockerfileRules.find(({ id }) => id === "TL501");
  expect(() => outline?.checks[0]?.run({}, {})).toThrow("TL501 is not loaded");
});
