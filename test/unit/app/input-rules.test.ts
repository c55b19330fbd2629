import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { finish } from "../../../src/app/finish.ts";
import { beginSession, judgeSubjects } from "../../../src/app/session.ts";
import { type LintRequest, lint } from "../../../src/app.ts";
import { DEFAULT_CONFIG } from "../../../src/core/config.ts";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import { inText, type Location } from "../../../src/core/finding.ts";
import { defineRule } from "../../../src/core/rule.ts";
import { rules } from "../../../src/rules/index.ts";

/** The rules about trainlint's own input have no check: their examples go through the whole lint. */
const INPUT_RULES = rules.filter(({ checks }) => checks.length === 0);

function request(text: string): LintRequest {
  const stdin = new PassThrough();
  stdin.end(text);
  return {
    cwd: "/",
    today: "2026-06-15",
    config: false,
    ruleLevels: [],
    failOn: null,
    role: null,
    inlineConfig: true,
    requireReason: false,
    baseline: null,
    writeBaseline: null,
    pruneBaseline: false,
    progress: () => {},
    signal: new AbortController().signal,
    target: null,
    buildArgs: {},
    context: null,
    platform: null,
    paths: ["-"],
    stdinFilename: null,
    stdin: () => stdin,
    fixes: null,
    helperProgram: null,
    prepareForMany: () => {},
  };
}

const EXAMPLES = INPUT_RULES.flatMap((rule) =>
  rule.examples.map((example) => ({ rule, example, title: `${rule.id} ${rule.name}: ${example.title}` })),
);

test.each(EXAMPLES)("$title", async ({ rule, example }) => {
  const { report } = await lint(request(example.dockerfile ?? ""));
  const found = report.findings
    .filter(({ ruleId }) => ruleId === rule.id)
    .map(({ messageId, message, location }) => ({ messageId, message, at: rangeText(location) }));
  expect(found).toEqual(example.findings ?? []);
});

test("every rule about input has an example, or needs more than a Dockerfile", () => {
  const without = INPUT_RULES.filter(({ examples }) => examples.length === 0).map(({ id }) => id);
  expect(without).toEqual(["TL900", "TL905", "TL906"]);
});

test("a rule that breaks is a finding and exit code 4, and costs no other finding", async () => {
  const session = beginSession(request(""), rules);
  const broken = defineRule({
    id: "TL199",
    name: "broken-rule",
    summary: "s",
    rationale: "r",
    refs: [],
    severity: "info",
    precision: "high",
    options: {},
    messages: {},
    check: {
      dockerfile() {
        throw new TypeError("no such property");
      },
    },
    examples: [],
  });
  const model = dockerfileModel("FROM scratch\nENTRYPOINT python x\n", { path: "Dockerfile" });
  const at = inText("Dockerfile", model.target.from.range);
  judgeSubjects({ ...session, rules: [broken, ...rules] }, { dockerfile: model }, DEFAULT_CONFIG, {}, at);
  const { report, exitCode, crashes } = await finish(session);
  expect(exitCode).toBe(4);
  expect(crashes).toHaveLength(1);
  const messages = new Map(report.findings.map(({ ruleId, message }) => [ruleId, message]));
  expect(messages.get("TL900")).toContain("The rule TL199 (broken-rule) broke (no such property)");
  expect(messages.has("TL101")).toBe(true);
});

test("an image made for another role is not judged, and that is said", async () => {
  const session = beginSession(request(""), rules);
  const model = dockerfileModel("FROM scratch\nENTRYPOINT python x\n", { path: "Dockerfile" });
  const at = inText("Dockerfile", model.target.from.range);
  judgeSubjects(session, { dockerfile: model }, { ...DEFAULT_CONFIG, role: "serving" }, {}, at);
  const { report, exitCode } = await finish(session);
  expect(exitCode).toBe(0);
  expect(report.findings).toEqual([]);
  expect(report.skipped.find(({ ruleId }) => ruleId === "TL101")?.reason).toContain("made for serving");
});

function rangeText(location: Location): string {
  if (location.kind !== "text") return "";
  const { start, end } = location;
  return `${start.line}:${start.column}-${end.line}:${end.column}`;
}
