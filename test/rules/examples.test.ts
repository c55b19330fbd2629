import { describe, expect, it } from "vitest";
import { runRules } from "../../src/core/engine.ts";
import type { Location } from "../../src/core/finding.ts";
import type { Rule, RuleExample } from "../../src/core/rule.ts";
import { rules } from "../../src/rules/index.ts";
import { subjectsOf } from "../../tools/gen/rule-example.ts";

/** Rules that look at a subject; the TL9 rules are raised by trainlint itself, about its own input. */
const CHECKED = rules.filter((rule) => rule.checks.length > 0);

const SEVERITIES = new Set(["error", "warning", "info"]);

/** `line:column-line:column` for text; the pointer, path, or event else. */
function placeOf(location: Location): string {
  switch (location.kind) {
    case "text":
    case "job":
      return `${location.start.line}:${location.start.column}-${location.end.line}:${location.end.column}`;
    case "image-config":
      return location.pointer;
    case "image-file":
      return location.path;
    case "run":
      return location.event ?? location.stream ?? "";
  }
}

function freeze<T>(value: T): T {
  if (value === null || typeof value !== "object" || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const item of value.values()) freeze(item);
    return value;
  }
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) freeze(item);
  return value;
}

function runExample(rule: Rule, example: RuleExample) {
  const subjects = subjectsOf(example);
  for (const subject of Object.values(subjects)) freeze(subject);
  const result = runRules([rule], subjects);
  expect(result.crashes).toEqual([]);
  return result.findings;
}

describe.each(CHECKED.map((rule) => ({ rule, title: `${rule.id} ${rule.name}` })))("$title", ({ rule }) => {
  it("has an id, a name and a severity of the agreed form", () => {
    expect(rule.id).toMatch(/^TL[1-69]\d\d$/);
    expect(rule.name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(SEVERITIES.has(rule.severity)).toBe(true);
    expect(rule.refs.length).toBeGreaterThan(0);
  });

  it.each(rule.examples.map((example) => ({ example, title: example.title })))(
    "example: $title",
    ({ example }) => {
      const findings = runExample(rule, example).map((finding) => ({
        messageId: finding.messageId,
        severity: finding.severity,
        message: finding.message,
        at: placeOf(finding.location),
      }));
      const expected = (example.findings ?? []).map((finding) => ({ severity: rule.severity, ...finding }));
      const order = (a: { at: string; messageId: string }, b: { at: string; messageId: string }): number =>
        a.at.localeCompare(b.at) || a.messageId.localeCompare(b.messageId);
      expect(findings.toSorted(order)).toEqual(expected.toSorted(order));
    },
  );

  it("reaches every message in its examples", () => {
    const reached = new Set(
      rule.examples.flatMap((example) => runExample(rule, example)).map((f) => f.messageId),
    );
    expect(rule.messageIds.filter((id) => !reached.has(id))).toEqual([]);
  });

  it("has a good example", () => {
    expect(rule.examples.some((example) => (example.findings ?? []).length === 0)).toBe(true);
  });
});

it("gives every rule an id and a name of its own", () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
});
