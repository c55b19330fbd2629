import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, pythonBase } from "../support/images.ts";
import { describeWithPodman, TestPodman } from "../support/podman.ts";
import type { Behaviour } from "./behaviours/behaviour.ts";
import { BEHAVIOURS } from "./behaviours/index.ts";
import { judge } from "./support/judge.ts";

/** Those in which engines could differ: starts, refusals, files, signals, limits, users. */
const CHOSEN = [
  "a handler that saves",
  "no handler",
  "a handler that takes 3 s, with a grace of 10 s",
  "STOPSIGNAL SIGINT: SageMaker sends SIGTERM all the same",
  "a model that was saved before, and not on SIGTERM",
  "a checkpoint in the folder that the request names",
  "a handler whose user may not write the model",
  "shell form under dash",
  "trap and wait in bash, which passes the signal on",
  "a script in dash whose trap forgets the worker",
  "a file that the user waits for",
  "a training that runs to its end and leaves its model elsewhere",
  "no `train`",
  "`train` that is not executable",
  "`train` with CRLF",
  "`train` of another architecture",
  "a USER that the image does not have",
  "ends at once with 1",
  "writes a failure file",
  "an entrypoint of the request, without arguments",
  "arguments of the request behind the image's entrypoint",
];

describeWithEngine("on an engine with the bases", () => {
  describeWithPodman("a smoke run on Podman", () => {
    const cli = useCli();
    const behaviours = BEHAVIOURS.filter(({ name }) => CHOSEN.includes(name));
    let podman: TestPodman;
    const env = (): NodeJS.ProcessEnv => ({ DOCKER_HOST: `unix://${podman.socket}` });

    beforeAll(async () => {
      podman = await TestPodman.start();
      for (const base of [await busyboxBase(), await pythonBase()]) {
        const answer = await podman.client.loadImage(await docker.getImage(base).get());
        for await (const _ of answer);
      }
    });
    afterAll(() => podman.stop());

    const build = ({ base, dockerfile, files = {} }: Behaviour, tag: string): Promise<string> => {
      const from = base === "busybox" ? "trainlint-test/busybox:static" : "trainlint-test/python:bookworm";
      return buildImage({
        on: podman.client,
        tag,
        dockerfile: [`FROM ${from}`, ...dockerfile, ""].join("\n"),
        files,
      });
    };

    it("has all the behaviours that are chosen for it", () => {
      expect(behaviours.map(({ name }) => name).toSorted()).toEqual(CHOSEN.toSorted());
    });

    describe.concurrent("judges right", () => {
      it.each(behaviours.map((behaviour, index) => ({ behaviour, index, name: behaviour.name })))(
        "$name",
        async ({ behaviour, index }) =>
          await judge(cli, behaviour, await build(behaviour, `trainlint-test/case-${index}:latest`), env()),
      );
    });

    it("is made on the engine that has the image, where Docker has none of its name", async () => {
      const tag = `trainlint-test/only-podman-${process.pid}:latest`;
      const dockerfile = 'FROM trainlint-test/busybox:static\nENTRYPOINT ["true"]\n';
      await buildImage({ on: podman.client, tag, dockerfile });
      const { code, stdout, stderr } = await cli.run(["run", tag, "--transcript", "found.json"], {
        env: { XDG_RUNTIME_DIR: podman.runtimeFolder, DOCKER_HOST: undefined },
      });
      expect(code, stdout + stderr).toBe(0);
      const { engine } = JSON.parse(await readFile(join(cli.work, "found.json"), "utf8"));
      expect(engine.name).toBe("podman");
    });

    it("leaves no container and no volume behind", async () => {
      expect(await podman.client.listContainers({ all: true })).toEqual([]);
      expect((await podman.client.listVolumes()).Volumes ?? []).toEqual([]);
    });
  });
});
