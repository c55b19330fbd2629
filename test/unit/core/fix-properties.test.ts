import { describe, expect, test } from "vitest";
import { showDockerfile } from "../../../src/app/show/dockerfile.ts";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import type { DockerfileModel } from "../../../src/core/dockerfile/model.ts";
import { applyEdits } from "../../../src/core/edit.ts";
import { runRules } from "../../../src/core/engine.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { Finding, Fix } from "../../../src/core/finding.ts";
import { fixAll } from "../../../src/core/fix.ts";
import { rules } from "../../../src/rules/index.ts";
import { generateFaulty } from "../../conformance/dockerfile/generate-faulty.ts";

const SEEDS = Array.from({ length: 400 }, (_, index) => 7_000 + index);

function modelOf(text: string): DockerfileModel | null {
  try {
    return dockerfileModel(text, { path: "Dockerfile" });
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function lint(text: string): readonly Finding[] {
  const model = modelOf(text);
  if (model === null) throw new Error(`no builder takes this:\n${text}`);
  const { findings, crashes } = runRules(rules, { dockerfile: model });
  expect(crashes).toEqual([]);
  return findings;
}

function ruleCounts(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ruleId } of findings) counts[ruleId] = (counts[ruleId] ?? 0) + 1;
  return counts;
}

/** The configuration without what fixes are there to change. */
function otherConfig(text: string): unknown {
  const shown = showDockerfile(modelOf(text) as DockerfileModel, NO_REQUEST);
  return { ...shown.config, unknown: shown.unknown, Entrypoint: null, StopSignal: null };
}

const NO_REQUEST = { containerEntrypoint: null, containerArguments: null };

/** Faulty files that a builder takes. */
const FILES = SEEDS.map((seed) => ({ seed, text: generateFaulty(seed) })).filter(
  ({ text }) => modelOf(text) !== null,
);

describe("the rules' own examples", () => {
  const examples = rules.flatMap((rule) => rule.examples.flatMap(({ dockerfile }) => dockerfile ?? []));
  const files = [...new Set(examples)].filter((text) => modelOf(text) !== null);

  test.each([
    ["safe", false],
    ["all", true],
  ])("%s fixes leave no graver finding, and nothing more to fix", async (_, unsafe) => {
    let fixed = 0;
    for (const text of files) {
      const isWanted = ({ safe }: Fix): boolean => safe || unsafe;
      const result = await fixAll(text, async (tried) => lint(tried), isWanted);
      const errors = (findings: readonly Finding[]) =>
        findings.filter(({ severity }) => severity === "error");
      const label = `${text}\n→\n${result.text}`;
      expect(errors(lint(result.text)).length, label).toBeLessThanOrEqual(errors(lint(text)).length);
      expect(result.refused, label).toEqual([]);
      const left = lint(result.text).filter(({ fix }) => fix !== undefined && isWanted(fix));
      expect(left, label).toEqual([]);
      fixed += result.applied.length;
    }
    expect(fixed).toBeGreaterThan(4);
  });
});

describe("a generated file, fixed", () => {
  test("has lost what was fixed, and nothing came instead", async () => {
    let fixed = 0;
    let refusals = 0;
    for (const { seed, text } of FILES) {
      const label = `seed ${seed}:\n${text}`;
      const before = lint(text);
      const result = await fixAll(
        text,
        async (tried) => lint(tried),
        ({ safe }) => safe,
      );
      const expected = ruleCounts(before);
      // What a fix brought to light and was fixed with it was not there before.
      for (const { ruleId } of result.applied) {
        if (expected[ruleId] !== undefined) expected[ruleId] -= 1;
        if (expected[ruleId] === 0) delete expected[ruleId];
        // A tini that is taken out needs no -- any more.
        if (ruleId === "TL102") delete expected.TL107;
      }
      expect(ruleCounts(lint(result.text)), `${label}\n→\n${result.text}`).toEqual(expected);
      expect(otherConfig(result.text), label).toEqual(otherConfig(text));
      fixed += result.applied.length;
      refusals += result.refused.length;
    }
    expect(FILES.length).toBeGreaterThan(300);
    expect(fixed).toBeGreaterThan(FILES.length / 2);
    expect(refusals).toBeLessThan(FILES.length / 50);
  });

  test("keeps its line ends, its comments, its byte order mark, and every line that no fix is about", async () => {
    for (const { seed, text } of FILES) {
      const result = await fixAll(
        text,
        async (tried) => lint(tried),
        ({ safe }) => safe,
      );
      const label = `seed ${seed}:\n${text}\n→\n${result.text}`;
      expect(result.text.startsWith("\uFEFF"), label).toBe(text.startsWith("\uFEFF"));
      if (text.includes("\r\n")) expect(result.text.replaceAll("\r\n", ""), label).not.toContain("\n");
      else expect(result.text, label).not.toContain("\r");
      const kept = text.split("\n").filter((line) => /^# (a comment|the end)|^LABEL/.test(line));
      for (const line of kept) expect(result.text.split("\n"), label).toContain(line);
    }
  });

  test("the first fix alone does the same for its own finding", () => {
    let seen = 0;
    for (const { seed, text } of FILES) {
      const before = lint(text);
      for (const finding of before) {
        const { fix, ruleId } = finding;
        if (fix === undefined || !fix.safe) continue;
        const after = ruleCounts(lint(applyEdits(text, fix.edits)));
        expect(after[ruleId] ?? 0, `${ruleId}, seed ${seed}:\n${text}`).toBeLessThanOrEqual(
          ruleCounts(before)[ruleId] ?? 0,
        );
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(FILES.length / 2);
  });
});
