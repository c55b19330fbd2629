import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OWNER_LABEL } from "../../../src/edges/smoke/owner.ts";
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
import { judge } from "./support/judge.ts";

describeWithEngine("a smoke run", () => {
  const tags = new Map(
    BEHAVIOURS.map((one, index) => [one.name, `trainlint-test/smoke-${process.pid}-${index}:latest`]),
  );
  const cli = useCli();
  const env = { ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }) };

  const build = async ({ name, base, dockerfile, files = {} }: Behaviour): Promise<string> => {
    const from = base === "busybox" ? await busyboxBase() : await pythonBase();
    const lines = [`FROM ${from}`, ...dockerfile, ""];
    return buildImage({ tag: tags.get(name) ?? "", dockerfile: lines.join("\n"), files });
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
      async ({ behaviour }) => await judge(cli, behaviour, await build(behaviour), env),
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
