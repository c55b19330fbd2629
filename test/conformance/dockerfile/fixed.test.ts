import { expect, it } from "vitest";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import { runRules } from "../../../src/core/engine.ts";
import { fixAll } from "../../../src/core/fix.ts";
import { rules } from "../../../src/rules/index.ts";
import { describeWithEngine } from "../../engine/support/images.ts";
import { buildConfig } from "./build-config.ts";
import { generateFaulty } from "./generate-faulty.ts";

/** How many fixed Dockerfiles a run builds, and from which seed on. */
const COUNT = Number(process.env.TRAINLINT_CONFORMANCE ?? 60);
const SEED = Number(process.env.TRAINLINT_SEED ?? 40_261_124);

function lint(text: string) {
  return runRules(rules, { dockerfile: dockerfileModel(text, { path: "Dockerfile" }) }).findings;
}

/** Without what a fix is there to change. */
function others({ Entrypoint: _entrypoint, StopSignal: _stopSignal, ...rest }: Record<string, unknown>) {
  return rest;
}

describeWithEngine("a fixed Dockerfile builds the same image otherwise", () => {
  it(`for ${COUNT} generated files from seed ${SEED} on`, async () => {
    let compared = 0;
    for (let seed = SEED; compared < COUNT; seed += 1) {
      const text = generateFaulty(seed);
      const before = await buildConfig(text, `trainlint-test/fixed:${seed}`);
      if ("refused" in before) continue;
      const result = await fixAll(
        text,
        async (tried) => lint(tried),
        ({ safe }) => safe,
      );
      if (result.applied.length === 0) continue;
      const label = `seed ${seed}:\n${text}\n→\n${result.text}`;
      const after = await buildConfig(result.text, `trainlint-test/fixed:${seed}`);
      if ("refused" in after)
        throw new Error(`The builder refuses the fixed file: ${after.refused}\n${label}`);
      expect(others(after), label).toEqual(others(before));
      const fixed = new Set(result.applied.map(({ ruleId }) => ruleId));
      if (!fixed.has("TL109")) expect(after.StopSignal, label).toEqual(before.StopSignal);
      else expect([null, "SIGTERM", "15"], label).toContain(after.StopSignal);
      const argv = after.Entrypoint as string[];
      if (fixed.has("TL101")) expect(argv.slice(0, 2), label).not.toEqual(["/bin/sh", "-c"]);
      if (fixed.has("TL102")) expect(argv.join(" "), label).not.toMatch(/tini/);
      if (!fixed.has("TL101")) {
        // Without tini the rest stands as it stood.
        const whole = before.Entrypoint as string[];
        expect(whole.slice(whole.length - argv.length), label).toEqual(argv);
      }
      compared += 1;
    }
  }, 900_000);
});
