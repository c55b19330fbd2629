import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { connectEngine, type Engine } from "../../../src/edges/engine/connect.ts";
import { OWNER_LABEL, ownerId } from "../../../src/edges/smoke/owner.ts";
import { smokeRun } from "../../../src/edges/smoke/run.ts";
import { rules } from "../../../src/rules/index.ts";
import {
  buildImage,
  busyboxBase,
  describeWithEngine,
  docker,
  pythonBase,
  removeImage,
} from "../support/images.ts";
import { BEHAVIOURS, type Behaviour } from "./behaviours.ts";

const RUN_RULES = rules.filter((rule) => rule.subjects.includes("run"));

describeWithEngine("a smoke run", () => {
  const tags = new Map(
    BEHAVIOURS.map((one, index) => [one.name, `trainlint-test/smoke-${process.pid}-${index}:latest`]),
  );
  let engine: Engine;

  const build = async (behaviour: Behaviour): Promise<string> => {
    const base = behaviour.base === "busybox" ? await busyboxBase() : await pythonBase();
    const dockerfile = [`FROM ${base}`, ...behaviour.dockerfile, ""].join("\n");
    const tag = tags.get(behaviour.name) ?? "";
    return buildImage({
      tag,
      dockerfile,
      ...(behaviour.files === undefined ? {} : { files: behaviour.files }),
    });
  };

  beforeAll(async () => {
    engine = await connectEngine();
    await busyboxBase();
    await pythonBase();
  });
  afterAll(async () => {
    for (const tag of tags.values()) await removeImage(tag);
  });

  describe.concurrent("judges right", () => {
    it.each(BEHAVIOURS.map((behaviour) => ({ behaviour, name: behaviour.name })))(
      "$name",
      async ({ behaviour }) => {
        const image = await build(behaviour);
        const run = await smokeRun({ engine, image, graceSeconds: 2, runFor: 2, ...behaviour.options });
        const { findings, skipped, crashes } = runRules(RUN_RULES, { run });
        const story = JSON.stringify(run, null, 1);
        expect(crashes).toEqual([]);
        expect(findings.map((one) => `${one.ruleId} ${one.messageId}`).toSorted(), story).toEqual(
          behaviour.findings,
        );
        for (const rule of behaviour.skipped ?? []) {
          expect(skipped.map((one) => one.ruleId)).toContain(rule);
        }
        behaviour.evidence(run);
        const times = run.events.map((event) => event.at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      },
    );
  });

  it("leaves no container and no volume behind", async () => {
    const filters = JSON.stringify({ label: [`${OWNER_LABEL}=${ownerId()}`] });
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
    expect((await docker.listVolumes({ filters })).Volumes ?? []).toEqual([]);
  });
});
