import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, removeImage } from "../support/images.ts";
import { containersOf, startBundle, startOnTerminal, until } from "./support/started.ts";

const hasTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;
const prefix = `trainlint-test/int-${process.pid}`;

/** Says that it got SIGTERM, and is slow to end. */
const SLOW = `#!/bin/sh
trap 'echo told >&2; sleep 1; echo model > /opt/ml/model/m; exit 0' TERM
echo "epoch 1"
while :; do sleep 60 & wait $!; done
`;

describeWithEngine("a smoke run that is interrupted", () => {
  const cli = useCli();
  const images: string[] = [];
  /** An image of its own for each test: what is left of a run is looked for by its image. */
  const image = async (name: string): Promise<string> => {
    const tag = `${prefix}-${name}:latest`;
    images.push(tag);
    const dockerfile = `FROM ${await busyboxBase()}\nLABEL for=${tag}\nCOPY train /usr/bin/train\n`;
    return await buildImage({ tag, dockerfile, files: { train: SLOW } });
  };
  beforeAll(async () => void (await busyboxBase()));
  afterAll(async () => {
    for (const tag of images) await removeImage(tag);
  });

  describe.concurrent("by a signal", () => {
    it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
      "%s stops and removes its container, and says so",
      async (signal) => {
        const tag = await image(signal.toLowerCase());
        const run = startBundle(cli, ["run", tag, "--stop-after", "600"]);
        await until(async () => (await containersOf(tag)).length === 1, run.ended.then(String));
        run.child.kill(signal);
        expect(await run.ended).toBe(3);
        expect(run.output).toMatch(`Interrupted by ${signal}. The container was stopped and removed.`);
        expect(await containersOf(tag)).toEqual([]);
      },
    );

    it("during the grace period does so too", async () => {
      const tag = await image("grace");
      const run = startBundle(cli, ["run", tag, "--ready-log", "epoch", "--run-for", "600"]);
      await until(
        () => hasProcess(tag, "sleep 1"),
        run.ended.then(() => run.output),
      );
      run.child.kill("SIGINT");
      expect(await run.ended).toBe(3);
      expect(await containersOf(tag)).toEqual([]);
    });

    it.skipIf(!hasTerminal)("Ctrl-C on a terminal, where the progress was shown", async () => {
      const tag = await image("terminal");
      const run = startOnTerminal(cli, ["run", tag, "--stop-after", "600"]);
      await run.until(/running, \d+ s \| epoch 1/);
      run.child.stdin?.write("\u0003");
      await run.until(/interrupted, stopping and removing the container/);
      expect(await run.ended).toBe(3);
      expect(run.output).toMatch(/Interrupted by SIGINT\. The container was stopped and removed\./);
      expect(await containersOf(tag)).toEqual([]);
    });
  });

  describe.concurrent("progress", () => {
    it.skipIf(!hasTerminal)("shows phase, time, grace left and the last line on a terminal", async () => {
      const tag = await image("progress");
      const run = startOnTerminal(cli, ["run", tag, "--ready-log", "epoch", "--grace", "30"]);
      await run.until(/SIGTERM sent, \d+ s, (?:30|29) s of grace left \| told/);
      expect(await run.ended).toBe(0);
    });

    it.skipIf(!hasTerminal).each([{ CI: "true" }, { PRE_COMMIT: "1" }])("is quiet with %j", async (env) => {
      const tag = await image(`quiet-${Object.keys(env)[0]?.toLowerCase()}`);
      const run = startOnTerminal(cli, ["run", tag, "--ready-log", "epoch", "--grace", "30"], env);
      expect(await run.ended).toBe(0);
      expect(run.output).not.toMatch(/grace left|running,|creating/);
    });
  });

  it("by SIGKILL leaves a container, which the next run removes, and no other", async () => {
    const tag = await image("killed");
    const killed = startBundle(cli, ["run", tag, "--stop-after", "600"]);
    await until(async () => (await containersOf(tag)).length === 1, killed.ended.then(String));
    const [left = ""] = await containersOf(tag);
    const other = await image("beside");
    const beside = startBundle(cli, ["run", other, "--stop-after", "600"]);
    await until(async () => (await containersOf(other)).length === 1, beside.ended.then(String));
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(await containersOf(tag)).toEqual([left]);
    const next = await cli.run(["run", other, "--ready-log", "epoch"], {
      env: { DOCKER_HOST: process.env.DOCKER_HOST },
    });
    expect(next.code, next.stdout + next.stderr).toBe(0);
    expect(await containersOf(tag)).toEqual([]);
    expect(await containersOf(other)).toHaveLength(1);
    beside.child.kill("SIGINT");
    await beside.ended;
    expect(await containersOf(other)).toEqual([]);
  });

  it("by SIGKILL leaves a container and FIFOs, which `trainlint clean` removes", async () => {
    const tag = await image("clean");
    const temporary = `${cli.work}/tmp`;
    await cli.write("tmp/.keep", "");
    await cli.write("data/x.csv", "1,2\n");
    await cli.write("job.json", PIPE_JOB);
    const env = { TMPDIR: temporary };
    const run = startBundle(
      cli,
      ["run", tag, "--job", "job.json", "--channel", "training=data", "--stop-after", "600"],
      env,
    );
    await until(
      async () => (await containersOf(tag)).length === 1,
      run.ended.then(() => run.output),
    );
    const folders = (): string[] =>
      readdirSync(temporary).filter((name) => name.startsWith("trainlint-run-"));
    expect(folders()).toHaveLength(1);
    run.child.kill("SIGKILL");
    await run.ended;
    const cleaned = await cli.run(["clean"], { env: { ...env, DOCKER_HOST: process.env.DOCKER_HOST } });
    expect(cleaned.code, cleaned.stderr).toBe(0);
    expect(cleaned.stdout).toMatch(/^Removed \d+ leftovers\.$/m);
    expect(await containersOf(tag)).toEqual([]);
    expect(folders()).toEqual([]);
  });
});

/** Whether a process runs in the container of an image; `sleep 1` is what the trap does, so SIGTERM was sent. */
async function hasProcess(image: string, command: string): Promise<boolean> {
  const [id] = await containersOf(image);
  if (id === undefined) return false;
  const top = await docker
    .getContainer(id)
    .top()
    .catch(() => ({ Processes: [] }));
  return top.Processes.some((row: readonly string[]) => row.at(-1) === command);
}

const PIPE_JOB = JSON.stringify({
  TrainingJobName: "pipe",
  RoleArn: "arn:aws:iam::123456789012:role/training",
  AlgorithmSpecification: { TrainingImage: "x", TrainingInputMode: "Pipe" },
  InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3Uri: "s3://bucket/x" } } }],
});
