import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transcript } from "../../../src/core/run/transcript.ts";
import { useCli } from "../../cli/support/bundle.ts";
import {
  buildImage,
  busyboxBase,
  describeWithEngine,
  docker,
  pythonBase,
  removeImage,
} from "../support/images.ts";
import { containersOf, startBundle, until } from "./support/started.ts";

const python = `trainlint-test/place-${process.pid}-python:latest`;
const waiting = `trainlint-test/place-${process.pid}-waiting:latest`;

/** Tells as JSON what a training program finds. */
const LOOK = `
import json, os, socket, stat, sys
def entry(path):
    s = os.lstat(path)
    return {"mode": oct(stat.S_IMODE(s.st_mode)), "owner": [s.st_uid, s.st_gid], "kind": stat.filemode(s.st_mode)[0]}
def write(path):
    try:
        with open(path, "w") as f: f.write("x")
        return "written"
    except OSError as error: return type(error).__name__
tree = {}
for folder, folders, files in os.walk("/opt/ml"):
    for name in folders + files: tree[os.path.join(folder, name)] = entry(os.path.join(folder, name))
config = {}
for name in sorted(os.listdir("/opt/ml/input/config")):
    with open("/opt/ml/input/config/" + name) as f: config[name] = json.load(f)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({
    "argv": sys.argv[1:], "tree": tree, "config": config, "env": dict(os.environ),
    "tty": [os.isatty(n) for n in range(3)], "stdin": os.readlink("/proc/self/fd/0"),
    "host": socket.gethostname(), "address": socket.gethostbyname(socket.gethostname()),
    "interfaces": sorted(name for _, name in socket.if_nameindex()),
    "write": {p: write(p) for p in sys.argv[1:] if p.startswith("/")},
    "noNewPrivs": status["NoNewPrivs"].strip(), "capabilities": status["CapBnd"].strip(),
}))
`;

const JOB = {
  TrainingJobName: "my-job",
  RoleArn: "arn:aws:iam::123456789012:role/training",
  AlgorithmSpecification: {
    TrainingImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1",
    TrainingInputMode: "FastFile",
    ContainerArguments: ["/opt/ml/input/data/training/new", "/opt/ml/model/new", "--flag"],
  },
  HyperParameters: { epochs: "3", "learning-rate": "0.1" },
  Environment: { WANDB_MODE: "offline", TRAINING_MODE: "a=b c" },
  InputDataConfig: [
    {
      ChannelName: "training",
      ContentType: "text/csv",
      DataSource: {
        S3DataSource: {
          S3DataType: "S3Prefix",
          S3Uri: "s3://bucket/x/",
          S3DataDistributionType: "ShardedByS3Key",
        },
      },
    },
    {
      ChannelName: "validation",
      InputMode: "File",
      DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://bucket/y/" } },
    },
  ],
  ResourceConfig: { InstanceType: "ml.g5.2xlarge", InstanceCount: 1, VolumeSizeInGB: 30 },
  CheckpointConfig: { S3Uri: "s3://bucket/ckpt", LocalPath: "/opt/ml/checkpoints" },
  OutputDataConfig: { S3OutputPath: "s3://bucket/out" },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
};

describeWithEngine("the place that a smoke run makes", () => {
  const cli = useCli();
  const env = { DOCKER_HOST: process.env.DOCKER_HOST, SECRET_OF_THE_HOST: "secret" };

  beforeAll(async () => {
    await buildImage({
      tag: python,
      dockerfile: `FROM ${await pythonBase()}\nENV FROM_IMAGE=1\nCOPY look.py /opt/look.py\nENTRYPOINT ["python3", "/opt/look.py"]\n`,
      files: { "look.py": LOOK },
    });
    await buildImage({
      tag: waiting,
      dockerfile: `FROM ${await busyboxBase()}\nLABEL for=${waiting}\nENTRYPOINT ["sleep"]\n`,
    });
    await cli.write("train/x.csv", "1,2\n");
    await cli.write("valid/y.csv", "3,4\n");
    await cli.write("job.json", JSON.stringify(JOB));
  });
  afterAll(async () => {
    await removeImage(python);
    await removeImage(waiting);
  });

  const look = async (args: readonly string[]) => {
    const ran = await cli.run(["run", python, "--transcript", "run.json", ...args], { env });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const run = JSON.parse(await readFile(join(cli.work, "run.json"), "utf8")) as Transcript;
    return { run, seen: JSON.parse(run.stdout.tail[0] ?? "") };
  };
  const channels = ["--channel", "training=train", "--channel", "validation=valid"];

  it("has SageMaker's files with the request's values", async () => {
    const { run, seen } = await look(["--job", "job.json", ...channels]);
    expect(seen.argv).toEqual(JOB.AlgorithmSpecification.ContainerArguments);
    expect(seen.config).toEqual({
      "hyperparameters.json": { epochs: "3", "learning-rate": "0.1" },
      "inputdataconfig.json": {
        training: {
          ContentType: "text/csv",
          TrainingInputMode: "File",
          S3DistributionType: "ShardedByS3Key",
          RecordWrapperType: "None",
        },
        validation: {
          TrainingInputMode: "File",
          S3DistributionType: "FullyReplicated",
          RecordWrapperType: "None",
        },
      },
      "resourceconfig.json": {
        current_host: "algo-1",
        current_instance_type: "ml.g5.2xlarge",
        current_group_name: "homogeneousCluster",
        hosts: ["algo-1"],
        instance_groups: [
          {
            instance_group_name: "homogeneousCluster",
            instance_type: "ml.g5.2xlarge",
            hosts: ["algo-1"],
          },
        ],
        network_interface_name: "eth0",
      },
      "checkpointconfig.json": { LocalPath: "/opt/ml/checkpoints" },
    });
    expect(seen.write).toEqual({
      "/opt/ml/input/data/training/new": "OSError",
      "/opt/ml/model/new": "written",
    });
    expect(run.channels).toEqual([
      { name: "training", inputMode: "FastFile" },
      { name: "validation", inputMode: "File" },
    ]);
    expect(run.filesAtEnd).toMatchObject([{ path: "/opt/ml/model/new", size: 1 }]);
  });

  it("belongs to root, and has one folder for each channel", async () => {
    const { seen } = await look(channels);
    const folder = { mode: "0o755", owner: [0, 0], kind: "d" };
    for (const path of [
      "input",
      "input/config",
      "input/data",
      "model",
      "output",
      "output/data",
      "checkpoints",
    ]) {
      expect(seen.tree[`/opt/ml/${path}`], path).toEqual(folder);
    }
    expect(seen.tree["/opt/ml/input/config/hyperparameters.json"]).toEqual({
      mode: "0o644",
      owner: [0, 0],
      kind: "-",
    });
    expect(Object.keys(seen.tree)).toEqual(
      expect.arrayContaining(["/opt/ml/input/data/training/x.csv", "/opt/ml/input/data/validation/y.csv"]),
    );
  });

  it("has no terminal, no network, no privileges, and nothing of the host's environment", async () => {
    const { seen } = await look([]);
    expect(seen.argv).toEqual(["train"]);
    expect(seen.tty).toEqual([false, false, false]);
    expect(seen.stdin).toBe("/dev/null");
    expect(seen.interfaces).toEqual(["lo"]);
    expect(seen.host).toBe("algo-1");
    expect(seen.address).toBe("127.0.0.1");
    expect(seen.noNewPrivs).toBe("1");
    // Docker's default set, or fewer.
    expect(BigInt(`0x${seen.capabilities}`) & ~0xa80425fbn).toBe(0n);
    expect(seen.env).toEqual({
      FROM_IMAGE: "1",
      HOME: "/root",
      HOSTNAME: "algo-1",
      LC_CTYPE: "C.UTF-8",
      PATH: expect.any(String),
      TRAINING_JOB_NAME: "trainlint-smoke",
      TRAINING_JOB_ARN: expect.stringMatching(
        /^arn:aws:sagemaker:[a-z0-9-]+:\d{12}:training-job\/trainlint-smoke$/,
      ),
    });
  });

  it("has the request's environment, and that of the command line", async () => {
    const { seen } = await look([
      "--job",
      "job.json",
      ...channels,
      "--env",
      "WANDB_MODE=online",
      "--env",
      "X=",
    ]);
    expect(seen.env).toMatchObject({
      TRAINING_JOB_NAME: "my-job",
      WANDB_MODE: "online",
      TRAINING_MODE: "a=b c",
      X: "",
    });
  });

  it("is bounded: memory without swap, processes, and no log on the engine", async () => {
    const run = startBundle(cli, ["run", waiting, "--args", "600", "--stop-after", "600", "--memory", "64m"]);
    await until(
      async () => (await containersOf(waiting)).length === 1,
      run.ended.then(() => run.output),
    );
    const [id = ""] = await containersOf(waiting);
    const { HostConfig, Config, Mounts } = await docker.getContainer(id).inspect();
    expect(HostConfig).toMatchObject({
      Memory: 64 * 1024 * 1024,
      MemorySwap: 64 * 1024 * 1024,
      PidsLimit: 4096,
      NetworkMode: "none",
      Privileged: false,
      LogConfig: { Type: "none" },
      SecurityOpt: ["no-new-privileges"],
      CapAdd: null,
      DeviceRequests: null,
    });
    expect(Config.Tty).toBe(false);
    expect(Mounts.map(({ Type }) => Type)).toEqual(["volume", "volume", "volume", "volume"]);
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(3);
    expect(await containersOf(waiting)).toEqual([]);
  });

  it.each([
    ["a folder that is not there", ["--channel", "training=nowhere"], /no folder nowhere/],
    ["a name that leads elsewhere", ["--channel", "..=train"], /not a name of a channel/],
    ["a network that is not there", ["--network", "trainlint-no-such-network"], /network/],
  ])("is refused with %s", async (_what, args, message) => {
    const ran = await cli.run(["run", python, ...args], { env });
    expect(ran.code).toBe(2);
    expect(ran.stdout + ran.stderr).toMatch(message);
    expect(await containersOf(python)).toEqual([]);
  });

  it("is refused by an image with a file where a folder is mounted", async () => {
    const file = `trainlint-test/place-${process.pid}-file:latest`;
    await buildImage({
      tag: file,
      dockerfile: `FROM ${python}\nCOPY look.py /opt/ml/model\n`,
      files: { "look.py": "" },
    });
    const ran = await cli.run(["run", file], { env });
    await removeImage(file);
    expect([ran.code, ran.stdout + ran.stderr]).toEqual([
      2,
      expect.stringContaining("The image has a file at /opt/ml/model, where SageMaker mounts a folder"),
    ]);
    expect(await containersOf(file)).toEqual([]);
  });

  describe("with a channel in Pipe mode", () => {
    const PIPES = `
import os, sys, time
def epoch(n):
    path = f"/opt/ml/input/data/training_{n}"
    while not os.path.exists(path): time.sleep(0.01)
    with open(path, "rb") as f: return f.read()
first, second = epoch(0), epoch(1)
print(first == second, len(first), first[:8], first[-8:])
with open("/opt/ml/input/data/training_2", "rb") as f: print(f.read(4))
print(os.listdir("/opt/ml/input/data/validation"))
`;
    const pipes = `trainlint-test/place-${process.pid}-pipes:latest`;
    afterAll(() => removeImage(pipes));

    it("has FIFOs with all of its files, one for each epoch", async () => {
      await buildImage({
        tag: pipes,
        dockerfile: `FROM ${await pythonBase()}\nCOPY train.py /opt/train.py\nUSER 1000\nENTRYPOINT ["python3", "/opt/train.py"]\n`,
        files: { "train.py": PIPES },
      });
      await cli.write("pipe/a/1.bin", `BEGINNING${"x".repeat(200_000)}`);
      await cli.write("pipe/b.bin", `${"y".repeat(100_000)}THE-END!`);
      const [training, validation] = JOB.InputDataConfig;
      const job = {
        ...JOB,
        AlgorithmSpecification: { TrainingImage: "x" },
        InputDataConfig: [{ ...training, InputMode: "Pipe" }, validation],
      };
      await cli.write("pipe.json", JSON.stringify(job));
      const args = ["--job", "pipe.json", "--channel", "training=pipe", "--channel", "validation=valid"];
      const ran = await cli.run(["run", pipes, ...args, "--transcript", "pipes.json"], { env });
      const run = JSON.parse(await readFile(join(cli.work, "pipes.json"), "utf8")) as Transcript;
      expect(run.stderr.tail).toEqual([]);
      expect(run.stdout.tail).toEqual(["True 300017 b'BEGINNIN' b'THE-END!'", "b'BEGI'", "['y.csv']"]);
      expect(ran.code).toBe(0);
    });
  });
});
