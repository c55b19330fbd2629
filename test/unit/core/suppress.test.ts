import { describe, expect, test } from "vitest";
import { ruleCatalog } from "../../../src/core/config/catalog.ts";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import type { Finding } from "../../../src/core/finding.ts";
import { applyIgnores } from "../../../src/core/suppress.ts";
import { rules } from "../../../src/rules/index.ts";
import { finding } from "../report/sample.ts";

const catalog = ruleCatalog(rules);

/** Which of findings of TL101 and TL201 on every line are left, and what is said about the comments. */
function ignored(text: string, options: { today?: string; requireReason?: boolean } = {}) {
  const model = dockerfileModel(text, { path: "Dockerfile" });
  const findings = text.split("\n").flatMap((_, index) => ["TL101", "TL201"].map((id) => at(index + 1, id)));
  const result = applyIgnores(model, findings, catalog, {
    today: options.today ?? "2026-06-15",
    requireReason: options.requireReason ?? false,
    ran: (ruleId: string) => ruleId === "TL101" || ruleId === "TL201",
  });
  return {
    lines: result.suppressed.map((item) => `${line(item.finding)} ${item.finding.ruleId}`),
    reasons: result.suppressed.map(({ reason }) => reason),
    remarks: result.remarks.map(({ kind, range }) => `${kind} ${range.start.line}`),
  };
}

function at(line: number, ruleId: string): Finding {
  const start = { line, column: 1 };
  return finding({ kind: "text", path: "Dockerfile", start, end: { line, column: 2 } }, { ruleId });
}

function line(item: Finding): number {
  return item.location.kind === "text" ? item.location.start.line : 0;
}

test("the next instruction, whole, and only the rules that are named", () => {
  const text = "FROM a\n# trainlint ignore=TL201 -- why\nRUN x \\\n  y\nRUN z\n";
  expect(ignored(text)).toEqual({ lines: ["3 TL201", "4 TL201"], reasons: ["why", "why"], remarks: [] });
});

test("several rules, by id and by name", () => {
  const text = "FROM a\n# trainlint ignore=exec-form-entrypoint,tl201\nRUN x\n";
  expect(ignored(text).lines).toEqual(["3 TL101", "3 TL201"]);
});

test("other comments and blank lines may stand between", () => {
  expect(ignored("FROM a\n# trainlint ignore=TL201\n\n# more\nRUN x\n").lines).toEqual(["5 TL201"]);
});

test("inside of a continuation it is for the instruction around it", () => {
  expect(ignored("FROM a\nRUN x && \\\n  # trainlint ignore=TL201\n  y\nRUN z\n").lines).toEqual([
    "2 TL201",
    "3 TL201",
    "4 TL201",
  ]);
});

test("for a stage, and for the file", () => {
  const stages = "# trainlint stage ignore=TL201\nFROM a AS one\nRUN x\nFROM b\nRUN y\n";
  expect(ignored(stages).lines).toEqual(["2 TL201", "3 TL201"]);
  const inside = "FROM a AS one\nRUN x\nFROM b\n# trainlint stage ignore=TL201\nRUN y";
  expect(ignored(inside).lines).toEqual(["3 TL201", "4 TL201", "5 TL201"]);
  expect(ignored("FROM a\n# trainlint file ignore=TL201\nRUN y").lines).toHaveLength(3);
});

describe("dates", () => {
  const text = "FROM a\n# trainlint ignore=TL201 until=2026-06-15\nRUN x";
  test("the last day still counts", () => {
    expect(ignored(text, { today: "2026-06-15" }).lines).toEqual(["3 TL201"]);
  });
  test("the day after it does not, and that is said", () => {
    expect(ignored(text, { today: "2026-06-16" })).toMatchObject({ lines: [], remarks: ["expired 2"] });
  });
  test.each(["2026-02-30", "2026-6-1", "soon"])("%s is no date", (date) => {
    expect(ignored(`FROM a\n# trainlint ignore=TL201 until=${date}\nRUN x`)).toMatchObject({
      lines: [],
      remarks: ["malformed 2"],
    });
  });
});

test("what silences nothing is said", () => {
  expect(ignored("FROM a\nRUN x\n# trainlint ignore=TL201").remarks).toEqual(["unused 3"]);
  expect(ignored("FROM a\n# trainlint ignore=TL999,TL201\nRUN x")).toMatchObject({
    lines: ["3 TL201"],
    remarks: ["unknown-rule 2"],
  });
});

test("a rule that did not run makes no comment unused", () => {
  expect(ignored("FROM a\nRUN x\n# trainlint ignore=TL301").remarks).toEqual([]);
});

test("without the reason that is asked for it does not count", () => {
  const text = "FROM a\n# trainlint ignore=TL201\nRUN x";
  expect(ignored(text, { requireReason: true })).toMatchObject({ lines: [], remarks: ["no-reason 2"] });
  expect(ignored(text.replace("TL201", "TL201 -- legacy"), { requireReason: true }).lines).toEqual([
    "3 TL201",
  ]);
});

describe("how people write it", () => {
  test.each([
    ["# trainlint ignore=TL101, TL201", ["3 TL101", "3 TL201"]],
    ["# trainlint ignore = TL201", ["3 TL201"]],
    ["#trainlint: ignore=TL201,", ["3 TL201"]],
    ["# Trainlint IGNORE=TL201 UNTIL=2030-01-01", ["3 TL201"]],
    ["# trainlint ignore-file=TL201", ["1 TL201", "2 TL201", "3 TL201"]],
    ["# trainlint file ignore=TL201", ["1 TL201", "2 TL201", "3 TL201"]],
    ["# trainlint ignore-stage=TL201 -- a -- b", ["1 TL201", "2 TL201", "3 TL201"]],
  ])("%s", (comment, lines) => {
    expect(ignored(`FROM a\n${comment}\nRUN x`)).toMatchObject({ lines, remarks: [] });
  });

  test.each([
    "# trainlint disable=TL201",
    "# trainlint disable TL201",
    "# trainlint ignor=TL201",
    "# trainlint stage disable=TL201",
    "# trainlint ignore TL201",
    "# trainlint ignore=TL201 because of x",
    "# trainlint ignore=",
    "# trainlint ignore-all=TL201",
  ])("%s is not, and that is said", (comment) => {
    expect(ignored(`FROM a\n${comment}\nRUN x`)).toMatchObject({ lines: [], remarks: ["malformed 2"] });
  });

  test("a rule that looks at neither Dockerfile nor image can't be ignored here", () => {
    expect(ignored("FROM a\n# trainlint ignore=TL502,TL903,TL201\nRUN x")).toEqual({
      lines: ["3 TL201"],
      reasons: [null],
      remarks: ["other-subject 2", "other-subject 2"],
    });
  });
});

test("a comment in a script of a here-document is for its instruction", () => {
  const text = "FROM a\nRUN <<-EOF\n\tset -e\n\t  # trainlint ignore=TL201 -- why\n\tx\nEOF\nRUN y\n";
  expect(ignored(text).lines).toEqual([2, 3, 4, 5, 6].map((number) => `${number} TL201`));
});

test.each([
  "# trainlint is run on this file",
  "# trainlint ignores this",
  "# trainlint",
  "# see trainlint ignore= docs",
  "# ignore=TL201",
])("%s", (comment) => {
  expect(ignored(`FROM a\n${comment}\nRUN x`)).toMatchObject({ lines: [] });
});
