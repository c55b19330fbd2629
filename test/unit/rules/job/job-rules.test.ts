import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import { runRules } from "../../../../src/core/engine.ts";
import type { Location } from "../../../../src/core/finding.ts";
import { parseJob } from "../../../../src/core/job/parse.ts";
import type { Rule, RuleExample } from "../../../../src/core/rule.ts";

const FOLDER = new URL("../../../../src/rules/job/", import.meta.url);
const rules: Rule[] = [];
for (const file of readdirSync(FOLDER)) {
  const module: Record<string, unknown> = await import(new URL(file, FOLDER).href);
  rules.push(...(Object.values(module) as Rule[]));
}

function placeOf(location: Location): string {
  if (location.kind === "image-config") return location.pointer;
  if (location.kind === "image-file") return location.path;
  if (location.kind === "run") return location.event ?? "";
  return `${location.start.line}:${location.start.column}-${location.end.line}:${location.end.column}`;
}

function findingsOf(rule: Rule, example: RuleExample) {
  const result = runRules([rule], {
    ...(example.job === undefined ? {} : { job: parseJob(example.job, { path: "job.json" }) }),
    ...(example.image === undefined ? {} : { image: example.image }),
    ...(example.dockerfile === undefined
      ? {}
      : { dockerfile: dockerfileModel(example.dockerfile, { path: "Dockerfile", context: null }) }),
  });
  expect(result.crashes).toEqual([]);
  return result.findings.map(({ messageId, severity, message, location }) => ({
    messageId,
    severity,
    message,
    at: placeOf(location),
  }));
}

describe.each(rules.map((rule) => ({ rule, title: `${rule.id} ${rule.name}` })))("$title", ({ rule }) => {
  it.each(rule.examples.map((example) => ({ example, title: example.title })))("$title", ({ example }) => {
    const expected = (example.findings ?? []).map((finding) => ({ severity: rule.severity, ...finding }));
    expect(findingsOf(rule, example)).toEqual(expected);
  });

  it("reaches every message", () => {
    const reached = rule.examples.flatMap((example) => findingsOf(rule, example)).map((f) => f.messageId);
    expect(rule.messageIds.filter((id) => !reached.includes(id))).toEqual([]);
  });
});
