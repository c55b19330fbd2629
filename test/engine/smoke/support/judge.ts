import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { runRules } from "../../../../src/core/engine.ts";
import { parseTranscript } from "../../../../src/core/run/parse-transcript.ts";
import { rules } from "../../../../src/rules/index.ts";
import type { Cli } from "../../../cli/support/bundle.ts";
import type { Behaviour } from "../behaviours/behaviour.ts";
import { commandLine, requestOf } from "../command-line.ts";

const RUN_RULES = rules.filter((rule) => rule.subjects.includes("run"));

/** Runs the bundle on the image of a behaviour and compares everything that it says and records. */
export async function judge(
  cli: Cli,
  behaviour: Behaviour,
  image: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const name = image.replace(/[^a-z0-9]+/g, "-");
  const transcript = `${name}.run.json`;
  await cli.write(`${name}.job.json`, requestOf(behaviour.options ?? {}));
  const options = commandLine(behaviour.options ?? {}, `${name}.job.json`);
  const ran = await cli.run(["run", image, ...options, "--transcript", transcript, "--format", "json"], {
    env,
  });
  const story = await readFile(join(cli.work, transcript), "utf8").catch(() => ran.stdout + ran.stderr);
  const run = parseTranscript(story, transcript);
  const { findings, skipped, crashes } = runRules(RUN_RULES, { run });
  expect(crashes).toEqual([]);
  expect(findings.map((one) => `${one.ruleId} ${one.messageId}`).toSorted(), story).toEqual(
    behaviour.findings,
  );
  const reported = JSON.parse(ran.stdout).findings.map(({ ruleId }: { ruleId: string }) => ruleId);
  expect(reported.toSorted()).toEqual(behaviour.findings.map((one) => one.split(" ")[0]));
  expect(ran.code).toBe(findings.some(({ severity }) => severity === "error") ? 1 : 0);
  for (const pattern of behaviour.says ?? []) {
    expect(findings.map(({ message }) => message).join("\n")).toMatch(pattern);
  }
  for (const rule of behaviour.skipped ?? []) {
    expect(skipped.map((one) => one.ruleId)).toContain(rule);
  }
  behaviour.evidence(run);
  const times = run.events.map((event) => event.at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}
