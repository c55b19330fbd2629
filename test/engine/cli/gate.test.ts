import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, removeImage } from "../support/images.ts";

const GOOD = "trainlint-test/gate-good:latest";
const TINI = "trainlint-test/gate-tini:latest";
const NO_ENTRYPOINT = "trainlint-test/gate-none:latest";
const BUILT = "trainlint-test/gate-built:latest";

const HANDLER = `#!/bin/sh
trap 'echo saved > /opt/ml/model/model.txt; exit 0' TERM
echo "started: $0 $*"
cat /opt/ml/input/config/hyperparameters.json
echo "FOO=$FOO job=$TRAINING_JOB_NAME"
while :; do sleep 1 & wait $!; done
`;

interface RequestParts {
  readonly entrypoint?: readonly string[];
  readonly args?: readonly string[];
  readonly instance?: string;
  readonly seconds?: number;
  readonly channels?: readonly string[];
}

function request(parts: RequestParts): string {
  return JSON.stringify({
    TrainingJobName: "gate-1",
    RoleArn: "arn:aws:iam::123456789012:role/Train",
    AlgorithmSpecification: {
      TrainingImage: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1",
      TrainingInputMode: "File",
      ...(parts.entrypoint === undefined ? {} : { ContainerEntrypoint: parts.entrypoint }),
      ...(parts.args === undefined ? {} : { ContainerArguments: parts.args }),
    },
    HyperParameters: { epochs: "3" },
    Environment: { FOO: "bar" },
    InputDataConfig: (parts.channels ?? ["code"]).map((name) => ({
      ChannelName: name,
      DataSource: {
        S3DataSource: {
          S3DataType: "S3Prefix",
          S3Uri: `s3://demo/${name}`,
          S3DataDistributionType: "FullyReplicated",
        },
      },
    })),
    OutputDataConfig: { S3OutputPath: "s3://demo/out" },
    ResourceConfig: { InstanceType: parts.instance ?? "ml.m5.xlarge", InstanceCount: 1, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: parts.seconds ?? 3600 },
  });
}

interface Found {
  readonly ruleId: string;
  readonly messageId: string;
  readonly severity: string;
  readonly message: string;
}

describeWithEngine("the gate on an engine", () => {
  const cli = useCli();
  const env = { ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }) };
  let base = "";

  const json = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await cli.run([...args, "--format", "json"], { env });
    const report = stdout === "" ? null : JSON.parse(stdout);
    const findings: Found[] = report?.findings ?? [];
    return {
      code,
      report,
      findings,
      of: (id: string) => findings.filter(({ ruleId }) => ruleId === id),
      stderr,
    };
  };

  beforeAll(async () => {
    base = await busyboxBase();
    await cli.write("data/run.sh", HANDLER);
    const files = {
      "train.sh": HANDLER,
      "plain.sh": "#!/bin/sh\necho plain\n",
      "bash.sh": "#!/bin/bash\necho\n",
      "env.sh": "#!/usr/bin/env python3\nprint()\n",
      "dos.sh": "#!/bin/sh\r\necho\r\n",
      tini: "not really tini\n",
    };
    const copy =
      "COPY train.sh bash.sh env.sh dos.sh /program/\nCOPY plain.sh /program/\nRUN chmod 644 /program/plain.sh\n";
    await buildImage({
      dockerfile: `FROM ${base}\n${copy}ENTRYPOINT ["/bin/sh", "/program/train.sh"]\n`,
      files,
      tag: GOOD,
    });
    await buildImage({
      dockerfile: `FROM ${base}\n${copy}COPY tini /usr/bin/tini\nENTRYPOINT ["/usr/bin/tini", "--"]\n`,
      files,
      tag: TINI,
    });
    await buildImage({ dockerfile: `FROM ${base}\n${copy}`, files, tag: NO_ENTRYPOINT });
  });

  afterAll(async () => {
    await Promise.all([GOOD, TINI, NO_ENTRYPOINT, BUILT].map(removeImage));
  });

  describe("a request against the image", () => {
    test.each<[string, RequestParts, string[]]>([
      ["a script of the image", { entrypoint: ["/bin/sh"], args: ["/program/train.sh"] }, []],
      ["a script of a channel", { entrypoint: ["/bin/sh"], args: ["/opt/ml/input/data/code/run.sh"] }, []],
      ["a program by its name", { entrypoint: ["sh", "-c", "exit 0"], args: ["x"] }, []],
      ["a script that is not there", { entrypoint: ["/bin/sh"], args: ["/mydir/x.sh"] }, ["missing"]],
      ["a program that is not there", { entrypoint: ["python"], args: ["/program/train.sh"] }, ["missing"]],
      ["no execute permission", { entrypoint: ["/program/plain.sh"], args: ["a"] }, ["notExecutable"]],
      [
        "an interpreter that is not there",
        { entrypoint: ["/program/bash.sh"], args: ["a"] },
        ["noInterpreter"],
      ],
      [
        "one behind env that is not there",
        { entrypoint: ["/program/env.sh"], args: ["a"] },
        ["noInterpreter"],
      ],
      ["Windows line endings", { entrypoint: ["/program/dos.sh"], args: ["a"] }, ["carriageReturn"]],
      ["below /opt/ml", { entrypoint: ["/bin/sh"], args: ["/opt/ml/code/x.sh"] }, ["missing"]],
    ])("%s", async (_, parts, expected) => {
      await cli.write("job.json", request(parts));
      const { of, code, stderr } = await json(["job", "job.json", "--image", GOOD]);
      expect(
        of("TL622").map(({ messageId }) => messageId),
        stderr,
      ).toEqual(expected);
      expect(code).toBe(expected.length === 0 ? 0 : 1);
    });

    test("ContainerArguments alone go to an ENTRYPOINT, or to nothing", async () => {
      await cli.write("job.json", request({ args: ["--epochs", "3"] }));
      expect((await json(["job", "job.json", "--image", GOOD])).of("TL621")).toEqual([]);
      const none = await json(["job", "job.json", "--image", NO_ENTRYPOINT]);
      expect(none.of("TL621")).toHaveLength(1);
      expect(none.code).toBe(1);
    });

    test("tini as ENTRYPOINT is an error, but not for a job that replaces it", async () => {
      await cli.write("job.json", request({ entrypoint: ["/bin/sh"], args: ["/program/train.sh"] }));
      const replaced = await json(["check", "--image", TINI, "--job", "job.json"]);
      expect(replaced.code, JSON.stringify(replaced.findings)).toBe(0);
      expect(replaced.report.skipped).toContainEqual(
        expect.objectContaining({ ruleId: "TL102", reason: expect.stringContaining("ContainerEntrypoint") }),
      );
      await cli.write("job.json", request({}));
      expect((await json(["check", "--image", TINI, "--job", "job.json"])).of("TL102")).toHaveLength(1);
      await cli.write("job.json", request({ args: ["train"] }));
      expect((await json(["check", "--image", TINI, "--job", "job.json"])).of("TL102")).toHaveLength(1);
    });

    test("an instance type of another architecture", async () => {
      await cli.write("job.json", request({ instance: "ml.p6e-gb200.36xlarge" }));
      expect((await json(["job", "job.json", "--image", GOOD])).of("TL611")).toHaveLength(1);
    });
  });

  describe("run --job", () => {
    const transcript = () => readFile(join(cli.work, "run.json"), "utf8").then(JSON.parse);

    test("runs what the job would run, a channel's script from the folder that stands for it", async () => {
      await cli.write(
        "job.json",
        request({ entrypoint: ["/bin/sh"], args: ["/opt/ml/input/data/code/run.sh", "-v"] }),
      );
      const args = ["run", NO_ENTRYPOINT, "--job", "job.json", "--channel", "code=data", "--grace", "20"];
      const { code, stderr } = await json([...args, "--transcript", "run.json"]);
      expect(code, stderr).toBe(0);
      const run = await transcript();
      expect(run.argv).toEqual(["/bin/sh", "/opt/ml/input/data/code/run.sh", "-v"]);
      const output = JSON.stringify(run);
      expect(output).toContain("started: /opt/ml/input/data/code/run.sh -v");
      expect(output).toContain("FOO=bar job=gate-1");
      expect(output).toMatch(/epochs.{1,8}3/);
      expect(run.stop.killed).toBe(false);
    });

    test("the words of the command line win", async () => {
      const args = ["run", GOOD, "--job", "job.json", "--channel", "code=data", "--entrypoint", "/bin/sh"];
      const more = ["--args", "/program/train.sh", "--hyperparameter", "epochs=9", "--grace", "20"];
      const { code } = await json([...args, ...more, "--transcript", "run.json"]);
      expect(code).toBe(0);
      const run = await transcript();
      expect(run.argv).toEqual(["/bin/sh", "/program/train.sh"]);
      expect(JSON.stringify(run)).toMatch(/epochs.{1,8}9/);
    });

    test("the stopping condition ends a run that would wait for the end", async () => {
      await cli.write(
        "job.json",
        request({ entrypoint: ["/bin/sh"], args: ["/program/train.sh"], channels: [], seconds: 2 }),
      );
      const args = [
        "run",
        GOOD,
        "--job",
        "job.json",
        "--until-exit",
        "--grace",
        "20",
        "--transcript",
        "run.json",
      ];
      await json(args);
      const run = await transcript();
      const sent = run.events.find(({ name }: { name: string }) => name === "sigterm");
      expect(sent.at).toBeGreaterThan(1.9);
      expect(sent.at).toBeLessThan(20);
    });

    test("a channel without a folder, and a folder that is not there, are told with what to pass", async () => {
      await cli.write("job.json", request({ channels: ["code", "train"] }));
      const none = await cli.run(["run", GOOD, "--job", "job.json"], { env });
      expect(none.code).toBe(2);
      expect(none.stdout).toContain("--channel code=FOLDER --channel train=FOLDER");
      const args = ["run", GOOD, "--job", "job.json", "--channel", "code=data", "--channel", "train=nowhere"];
      const missing = await cli.run(args, { env });
      expect(missing.code).toBe(2);
      expect(missing.stdout).toContain("There is no folder nowhere for the channel train.");
    });

    test("a request that is not filled in", async () => {
      await cli.write(
        "job.json",
        request({ entrypoint: ["/bin/sh"], args: ["/opt/ml/input/data/<your_channel>/x.sh"] }),
      );
      const { code, stdout } = await cli.run(["run", GOOD, "--job", "job.json", "--channel", "code=data"], {
        env,
      });
      expect(code).toBe(2);
      expect(stdout).toContain("<your_channel>");
    });
  });

  describe("check from the configuration", () => {
    const DOCKERFILE = () =>
      `FROM ${base}\nARG NAME=none\nCOPY . /ctx\nRUN echo $NAME > /name\nENTRYPOINT ["/bin/sh", "/ctx/train.sh"]\n`;
    const names = async () =>
      (await docker.listImages())
        .flatMap(({ RepoTags }) => RepoTags ?? [])
        .filter((name) => /gate|trainlint-check/.test(name))
        .sort();

    test("builds with build arguments and .dockerignore, looks, runs, and takes the image away again", async () => {
      await cli.write("p/docker/Dockerfile", DOCKERFILE());
      await cli.write("p/train.sh", HANDLER);
      await cli.write("p/.dockerignore", "secret\n");
      await cli.write("p/secret", "s");
      await cli.write("p/data/run.sh", HANDLER);
      await cli.write("p/job.json", request({ args: ["train"] }));
      await cli.write(
        "p/.trainlint.yaml",
        "dockerfile: docker/Dockerfile\ncontext: .\nbuild: true\nbuild-args: { NAME: given }\njob: job.json\nchannels: { code: data }\nrun: { grace: 20, transcript: run.json }\nfail-on: warning\n",
      );
      const before = await names();
      const { code, report, stderr } = await json(["check", "--config", "p/.trainlint.yaml"]);
      expect(code, JSON.stringify(report?.findings) + stderr).toBe(0);
      expect(report.steps).toEqual(
        ["lint", "build", "inspect", "run", "job"].map((name) => ({ name, status: "done", reason: null })),
      );
      expect(report.subjects).toContainEqual(
        expect.objectContaining({
          kind: "job",
          name: "p/job.json",
          model: expect.stringContaining("botocore"),
        }),
      );
      expect(JSON.parse(await readFile(join(cli.work, "p/run.json"), "utf8")).stop.killed).toBe(false);
      expect(await names()).toEqual(before);
    });

    test("options win over the configuration, and a named image stays", async () => {
      const args = [
        "check",
        "--config",
        "p/.trainlint.yaml",
        "--image",
        BUILT,
        "--no-run",
        "--build-arg",
        "NAME=mine",
      ];
      const { code, report } = await json(args);
      expect(code).toBe(0);
      expect(report.steps[3]).toMatchObject({ name: "run", status: "not-done" });
      expect(await names()).toContain(BUILT);
      const show = async (file: string) => {
        const container = await docker.createContainer({
          Image: BUILT,
          Entrypoint: ["/bin/cat"],
          Cmd: [file],
          Tty: true,
        });
        const stream = await container.attach({ stream: true, stdout: true });
        await container.start();
        let text = "";
        for await (const chunk of stream) text += chunk;
        await container.remove({ force: true });
        return text.trim();
      };
      expect(await show("/name")).toBe("mine");
      expect(await show("/ctx/secret")).toContain("No such file");
    });

    test("a build that fails: the end of its output, what could not be done, and all that could", async () => {
      await cli.write(
        "p/docker/Dockerfile",
        `FROM ${base}\nRUN echo 'bad \u001b[31mthing'; exit 7\nENTRYPOINT sleep 1\n`,
      );
      await cli.write("p/job.json", request({ args: [] as string[] }));
      const { code, stdout } = await cli.run(["check", "--config", "p/.trainlint.yaml"], { env });
      expect(code).toBe(2);
      expect(stdout).toContain("The image could not be built:");
      expect(stdout).toMatch(/\| bad <U\+001B>\[31mthing/);
      expect(stdout).toContain("[TL101 exec-form-entrypoint]");
      expect(stdout).toContain("[TL601 request-shape]");
      expect(stdout).toMatch(/Steps not done: build \(failed: .*\); inspect \(.*\); run \(.*\)\./);
    });

    test("no engine: the rest is told, and the exit code says that it was the environment", async () => {
      const { code, stdout } = await cli.run(["check", "--config", "p/.trainlint.yaml"], {
        env: { DOCKER_HOST: "unix:///no.sock" },
      });
      expect(code).toBe(3);
      expect(stdout).toContain("[TL101 exec-form-entrypoint]");
    });

    test("# syntax= that can't be fetched falls back to the engine's other builder", async () => {
      await cli.write("p/docker/Dockerfile", `# syntax=docker.invalid/docker/dockerfile:1\n${DOCKERFILE()}`);
      await cli.write("p/job.json", request({ args: ["train"] }));
      const { report, stderr } = await json(["check", "--config", "p/.trainlint.yaml", "--no-run"]);
      expect(report.steps[1], JSON.stringify(report.problems) + stderr).toMatchObject({
        name: "build",
        status: "done",
      });
    });
  });

  test("nothing is left on the engine", async () => {
    const ours = new Set([GOOD, TINI, NO_ENTRYPOINT, BUILT]);
    const containers = await docker.listContainers({ all: true });
    expect(containers.filter(({ Image }) => ours.has(Image) || Image.startsWith("trainlint-check"))).toEqual(
      [],
    );
  });
});
