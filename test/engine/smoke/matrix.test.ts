import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { parseTranscript } from "../../../src/core/run/parse-transcript.ts";
import { OWNER_LABEL } from "../../../src/edges/smoke/owner.ts";
import { rules } from "../../../src/rules/index.ts";
import { useCli } from "../../cli/support/bundle.ts";
import {
  buildImage,
  busyboxBase,
  describeWithEngine,
  docker,
  pythonBase,
  removeImage,
} from "../support/images.ts";
import type { Behaviour } from "./behaviours/behaviour.ts";
import { BEHAVIOURS } from "./behaviours/index.ts";
import { MISSING_INITS } from "./behaviours/inits.ts";
import { commandLine, requestOf } from "./command-line.ts";

const RUN_RULES = rules.filter((rule) => rule.subjects.includes("run"));

describeWithEngine("a smoke run", () => {
  const tags = new Map(
    BEHAVIOURS.map((one, index) => [one.name, `trainlint-test/smoke-${process.pid}-${index}:latest`]),
  );
  const cli = useCli();
  const env = { ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }) };

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
    await busyboxBase();
    await pythonBase();
  });
  afterAll(async () => {
    for (const tag of tags.values()) await removeImage(tag);
  });

  it("has a name of its own for each behaviour", () => {
    expect(tags.size).toBe(BEHAVIOURS.length);
  });

  it.skipIf(MISSING_INITS.length > 0)("has every init at hand", () => {
    expect(MISSING_INITS).toEqual([]);
  });

  describe.concurrent("judges right", () => {
    it.each(BEHAVIOURS.map((behaviour) => ({ behaviour, name: behaviour.name })))(
      "$name",
      async ({ behaviour }) => {
        const image = await build(behaviour);
        const name = `${BEHAVIOURS.indexOf(behaviour)}`;
        await cli.write(`${name}.job.json`, requestOf(behaviour.options ?? {}));
        const options = commandLine(behaviour.options ?? {}, `${name}.job.json`);
        const transcript = `${name}.run.json`;
        const ran = await cli.run(
          ["run", image, ...options, "--transcript", transcript, "--format", "json"],
          {
            env,
          },
        );
        const story = await readFile(join(cli.work, transcript), "utf8").catch(() => ran.stdout + ran.stderr);
        const run = parseTranscript(story, transcript);
        const { findings, skipped, crashes } = runRules(RUN_RULES, { run });
        expect(crashes).toEqual([]);
        expect(findings.map((one) => `${one.ruleId} ${one.messageId}`).toSorted(), story).toEqual(
          behaviour.findings,
        );
        const report = JSON.parse(ran.stdout);
        const reported = report.findings.map(({ ruleId }: { ruleId: string }) => ruleId);
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
      },
    );
  });

  it("leaves no container and no volume behind", async () => {
    const filters = JSON.stringify({ label: [OWNER_LABEL] });
    const containers = await docker.listContainers({ all: true, filters });
    const images = new Set(tags.values());
    expect(containers.filter(({ Image }) => images.has(Image))).toEqual([]);
    const volumes = (await docker.listVolumes({ filters })).Volumes ?? [];
    const inUse = await docker.listContainers({ all: true });
    const mounted = inUse.flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name));
    expect(volumes.filter(({ Name }) => !mounted.includes(Name))).toEqual([]);
  });
});
