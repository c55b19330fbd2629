import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, removeImage } from "../support/images.ts";
import { EngineProxy } from "./support/proxy.ts";
import { containersOf, startBundle, until } from "./support/started.ts";

const image = `trainlint-test/engine-lost-${process.pid}:latest`;
const SOCKET = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");
const onSocket = SOCKET.startsWith("/");

const TRAIN = "#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do sleep 60 & wait $!; done\n";

describeWithEngine("an engine that goes away in the middle of a smoke run", () => {
  const cli = useCli();
  const proxies: EngineProxy[] = [];

  beforeAll(async () => {
    // The label makes it an image of its own: containers are looked for by their image.
    const dockerfile = `FROM ${await busyboxBase()}\nLABEL for=${image}\nCOPY train /usr/bin/train\n`;
    await buildImage({ tag: image, dockerfile, files: { train: TRAIN } });
  });
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
  });
  afterAll(async () => {
    for (const id of await containersOf(image))
      await docker.getContainer(id).remove({ force: true, v: true });
    await removeImage(image);
  });

  const isRunning = async (): Promise<boolean> => {
    const filters = JSON.stringify({ ancestor: [image], status: ["running"] });
    return (await docker.listContainers({ filters })).length > 0;
  };

  describe.skipIf(!onSocket)("ends it with exit code 3 and the cause", () => {
    it.each([
      ["dies", "cut", /The container engine failed at ".+": /],
      ["hangs", "stall", /The container engine failed at ".+": no answer for 2 seconds/],
    ] as const)("when it %s while the container runs", async (_what, mode, message) => {
      const proxy = await EngineProxy.start(SOCKET);
      proxies.push(proxy);
      const run = startBundle(cli, ["run", image, "--stop-after", "600", "--format", "json"], {
        DOCKER_HOST: proxy.address,
        TRAINLINT_ENGINE_TIMEOUT: "2",
      });
      await until(
        isRunning,
        run.ended.then(() => run.output),
      );
      proxy.set(mode);
      expect(await run.ended).toBe(3);
      expect(run.output).toMatch(message);
      expect(run.output).toMatch(
        /may still be there; the next run removes it, and so does `trainlint clean`/,
      );
      const clean = await cli.run(["clean"], { env: { DOCKER_HOST: process.env.DOCKER_HOST } });
      expect(clean.code).toBe(0);
      expect(await containersOf(image)).toEqual([]);
    });

    it("when it hangs after SIGTERM", async () => {
      const proxy = await EngineProxy.start(SOCKET);
      proxies.push(proxy);
      const events = await docker.getEvents({
        filters: JSON.stringify({ label: [`for=${image}`], event: ["kill"] }),
      });
      const killed = new Promise((resolve) => events.once("data", resolve));
      const run = startBundle(cli, ["run", image, "--ready-log", "ready", "--grace", "600"], {
        DOCKER_HOST: proxy.address,
        TRAINLINT_ENGINE_TIMEOUT: "2",
      });
      await killed;
      (events as NodeJS.ReadableStream & { destroy: () => void }).destroy();
      proxy.set("stall");
      expect(await run.ended).toBe(3);
      expect(run.output).toMatch(/no answer for 2 seconds/);
    });
  });

  it("is told apart from one that was never there", async () => {
    const ran = await cli.run(["run", image], { env: { DOCKER_HOST: "unix:///nowhere/docker.sock" } });
    expect(ran.code).toBe(3);
    expect(ran.stdout + ran.stderr).toMatch(/No engine answers/);
  });

  it("is no loss for an image that is not there: that is the user's", async () => {
    const ran = await cli.run(["run", "trainlint-test/none:none"], {
      env: { DOCKER_HOST: process.env.DOCKER_HOST },
    });
    expect(ran.code).toBe(2);
    expect(ran.stdout + ran.stderr).toMatch(/has no image "/);
  });
});
