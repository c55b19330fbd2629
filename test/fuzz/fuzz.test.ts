import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { rules } from "../../src/rules/index.ts";
import { inputOf, tryInput } from "./fuzz.ts";
import { Random } from "./random.ts";
import { readByPlan, registryPlan } from "./registry.ts";
import { TARGETS } from "./targets.ts";

/** Inputs a target in the suite; `npm run fuzz` runs for as long as it is told. */
const ROUNDS: { readonly [target: string]: number } = { dockerfile: 1500, registry: 100 };
const OTHER_ROUNDS = 250;

const FIXTURES = new URL("../fixtures/fuzz/", import.meta.url);

describe.each(TARGETS)("$name", (target) => {
  test("throws nothing but UserError on mutated input, and takes no second", async () => {
    const rounds = ROUNDS[target.name] ?? OTHER_ROUNDS;
    for (let seed = 1; seed <= rounds; seed += 1) {
      const failure = await tryInput(target, inputOf(target, seed), seed);
      expect(failure?.reason, `seed ${seed}`).toBeUndefined();
    }
  });

  const fixtures = readdirSync(FIXTURES).filter((name) => name.startsWith(`${target.name}-`));
  test.each(fixtures)("what broke it once does not any more: %s", async (name) => {
    const failure = await tryInput(target, readFileSync(new URL(name, FIXTURES)));
    expect(failure?.reason).toBeUndefined();
  });
});

test("an input that breaks a reader is seen", async () => {
  const broken = {
    name: "broken",
    input: () => "",
    run: async () => {
      throw new TypeError("x is undefined");
    },
  };
  expect((await tryInput(broken, ""))?.reason).toContain("x is undefined");
});

test("some of the registries still give an image, others a reason why not", async () => {
  const needs = rules.flatMap((rule) => rule.needs ?? []);
  const ends = { image: 0, environment: 0, input: 0 };
  for (let seed = 1; seed <= 60; seed += 1) {
    const plan = registryPlan(new Random(seed));
    const image = await readByPlan(plan, needs).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return "input" as const;
    });
    ends[image === "input" ? "input" : image === null ? "environment" : "image"] += 1;
  }
  expect(
    Object.values(ends).every((count) => count > 3),
    JSON.stringify(ends),
  ).toBe(true);
});
