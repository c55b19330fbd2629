import { describe, expect, it } from "vitest";
import { withJob } from "../../../src/app/jobs.ts";
import type { SmokeRequest } from "../../../src/app/request.ts";
import { UserError } from "../../../src/core/errors.ts";
import { parseJob } from "../../../src/core/job/parse.ts";

const NOTHING: SmokeRequest = {
  graceSeconds: null,
  entrypoint: [],
  args: [],
  channels: [],
  environment: {},
  hyperparameters: {},
  readyLog: null,
  readyFile: null,
  runFor: null,
  stopAfter: null,
  untilExit: false,
  maxSeconds: null,
  network: null,
  memoryBytes: null,
  pids: null,
  gpus: null,
  jobName: null,
  instanceType: null,
  checkpointPath: null,
  transcript: null,
};

function job(members: object) {
  return parseJob(JSON.stringify({ TrainingJobName: "j", ...members }), { path: "job.json" });
}

const channel = (name: string, members: object = {}) => ({
  ChannelName: name,
  DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://b/c" } },
  ...members,
});

describe("what a smoke run takes from a request", () => {
  it("launch, maps, channels with their modes, checkpoints, instance", () => {
    const model = job({
      AlgorithmSpecification: {
        TrainingInputMode: "FastFile",
        ContainerEntrypoint: ["a"],
        ContainerArguments: ["b"],
      },
      HyperParameters: { a: "1", b: "2" },
      Environment: { X: "x" },
      InputDataConfig: [channel("one"), channel("two", { InputMode: "Pipe" })],
      CheckpointConfig: { S3Uri: "s3://b/c" },
      ResourceConfig: { InstanceType: "ml.g5.xlarge" },
    });
    const given = ["one", "two", "three"].map((name) => ({
      name,
      directory: `/${name}`,
      inputMode: "File" as const,
    }));
    expect(withJob({ ...NOTHING, channels: given, hyperparameters: { b: "3" } }, model)).toMatchObject({
      entrypoint: ["a"],
      args: ["b"],
      hyperparameters: { a: "1", b: "3" },
      environment: { X: "x" },
      channels: [
        { name: "one", directory: "/one", inputMode: "FastFile" },
        { name: "two", directory: "/two", inputMode: "Pipe" },
        { name: "three", directory: "/three", inputMode: "File" },
      ],
      checkpointPath: "/opt/ml/checkpoints",
      instanceType: "ml.g5.xlarge",
      jobName: "j",
    });
    expect(withJob({ ...NOTHING, args: ["own"], channels: given }, model)).toMatchObject({
      entrypoint: [],
      args: ["own"],
    });
  });

  it.each<[string, Partial<SmokeRequest>, number | undefined, Partial<SmokeRequest>]>([
    ["nothing said", {}, undefined, { stopAfter: null, runFor: null }],
    ["longer than the run", {}, 3600, { stopAfter: null, runFor: null }],
    ["shorter than the run", {}, 3, { runFor: 3 }],
    ["shorter than the run's own time", { runFor: 60 }, 30, { runFor: 30 }],
    ["before a stop", { stopAfter: 60 }, 30, { stopAfter: 30 }],
    ["after a stop", { stopAfter: 10 }, 30, { stopAfter: 10 }],
    ["until the end", { untilExit: true }, 30, { untilExit: false, stopAfter: 30 }],
    [
      "until the end, which comes first",
      { untilExit: true, maxSeconds: 10 },
      30,
      { untilExit: true, stopAfter: null },
    ],
  ])("MaxRuntimeInSeconds: %s", (_, own, seconds, expected) => {
    const model = job(seconds === undefined ? {} : { StoppingCondition: { MaxRuntimeInSeconds: seconds } });
    expect(withJob({ ...NOTHING, ...own }, model)).toMatchObject(expected);
  });

  it.each([
    [
      "a channel without a folder",
      { InputDataConfig: [channel("a"), channel("b")] },
      "--channel a=FOLDER --channel b=FOLDER",
    ],
    ["a channel that is not named", { InputDataConfig: [channel("<your-channel>")] }, "Fill it in"],
    [
      "words that are not filled in",
      { AlgorithmSpecification: { ContainerArguments: ["<script>"] } },
      "--entrypoint",
    ],
  ])("%s", (_, members, help) => {
    try {
      withJob(NOTHING, job(members));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).help).toContain(help);
    }
  });
});
