import { expect, it } from "vitest";
import { kernelKilledOneOf } from "../../../src/edges/smoke/kernel-log.ts";
import { busyboxBase, describeWithEngine, docker } from "../support/images.ts";

describeWithEngine("the kernel's log", () => {
  /** Runs a shell line in a container of 16 MB to its end; its id. */
  const run = async (line: string): Promise<string> => {
    const bytes = 16 * 1024 * 1024;
    const container = await docker.createContainer({
      Image: await busyboxBase(),
      Entrypoint: ["sh", "-c", line],
      HostConfig: { Memory: bytes, MemorySwap: bytes, NetworkMode: "none" },
    });
    try {
      await container.start();
      await container.wait();
    } finally {
      await container.remove({ force: true });
    }
    return container.id;
  };

  it.skipIf(kernelKilledOneOf("") === null)("names a container whose child the kernel killed", async () => {
    expect(kernelKilledOneOf(await run("tail -c 100000000 /dev/zero; true"))).toBe(true);
    expect(kernelKilledOneOf(await run("sh -c 'kill -KILL $$'; true"))).toBe(false);
  });
});
