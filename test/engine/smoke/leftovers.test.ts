import { afterAll, beforeAll, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../../src/core/errors.ts";
import { connectEngine, type Engine } from "../../../src/edges/engine/connect.ts";
import { cleanLeftovers, OWNER_LABEL, ownerId } from "../../../src/edges/smoke/owner.ts";
import { smokeRun } from "../../../src/edges/smoke/run.ts";
import { busyboxBase, describeWithEngine, docker } from "../support/images.ts";

describeWithEngine("what a smoke run leaves", () => {
  const image = "trainlint-test/busybox:static";
  const made: string[] = [];
  let engine: Engine;

  const own = async (): Promise<number> => {
    const filters = JSON.stringify({ label: [`${OWNER_LABEL}=${ownerId()}`] });
    const containers = await docker.listContainers({ all: true, filters });
    const volumes = (await docker.listVolumes({ filters })).Volumes ?? [];
    return containers.length + volumes.length;
  };
  const labelled = async (owner: string): Promise<string> => {
    const container = await docker.createContainer({
      Image: image,
      Cmd: ["true"],
      Labels: { [OWNER_LABEL]: owner },
    });
    made.push(container.id);
    return container.id;
  };

  beforeAll(async () => {
    engine = await connectEngine();
    await busyboxBase();
  });
  afterAll(async () => {
    for (const id of made)
      await docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
  });

  it.each(["running", "stopping"] as const)("is nothing after an interrupt while %s", async (phase) => {
    const interrupt = new AbortController();
    const run = smokeRun(
      {
        engine,
        image,
        containerEntrypoint: ["sleep", "600"],
        stopAfter: phase === "running" ? 600 : 1,
        signal: interrupt.signal,
      },
      (event) => {
        if (event.phase === phase) interrupt.abort();
      },
    );
    await expect(run).rejects.toBeInstanceOf(EnvironmentError);
    expect(await own()).toBe(0);
  });

  it("is nothing for an image that is not there", async () => {
    await expect(smokeRun({ engine, image: "trainlint-test/none:none" })).rejects.toBeInstanceOf(UserError);
    expect(await own()).toBe(0);
  });

  it("is taken away when its process is gone, and only then", async () => {
    const [host, boot, pid, start] = ownerId().split("/");
    const gone = await labelled(`${host}/${boot}/${pid}/1`);
    const rebooted = await labelled(`${host}/00000000-0000-0000-0000-000000000000/${pid}/${start}`);
    const elsewhere = await labelled(`not-${host}/${boot}/${pid}/1`);
    const live = await labelled(ownerId());
    const removed = await cleanLeftovers(engine);
    expect(removed).toEqual(expect.arrayContaining([gone, rebooted]));
    expect(removed).not.toContain(elsewhere);
    expect(removed).not.toContain(live);
  });
});
