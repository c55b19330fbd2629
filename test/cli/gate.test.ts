import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useCli } from "./support/bundle.ts";

const JOB = `{
  "TrainingJobName": "demo-1",
  "RoleArn": "arn:aws:iam::123456789012:role/Train",
  "AlgorithmSpecification": {
    "TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1",
    "TrainingInputMode": "File"
  },
  "InputDataConfig": [
    { "ChannelName": "train", "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://b/t" } } },
    { "ChannelName": "extra", "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://b/e" } } }
  ],
  "OutputDataConfig": { "S3OutputPath": "s3://b/out" },
  "ResourceConfig": { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30 },
  "StoppingCondition": { "MaxRuntimeInSeconds": 3600 }
}
`;

describe("init and check without an engine", () => {
  const cli = useCli();
  const config = async () => await readFile(join(cli.work, ".trainlint.yaml"), "utf8");

  test("an empty folder: nothing to check, nothing to write", async () => {
    const check = await cli.run(["check"]);
    expect([check.code, check.stderr]).toEqual([2, expect.stringContaining("trainlint init")]);
    const init = await cli.run(["init"]);
    expect([init.code, init.stderr]).toEqual([2, expect.stringContaining("no Dockerfile")]);
  });

  test("init writes what it finds, check reads it, and init does not overwrite", async () => {
    await cli.write("docker/train.Dockerfile", "FROM python:3.12\nENTRYPOINT python train.py\n");
    await cli.write("Dockerfile", 'FROM python:3.12\nCOPY t.py /t.py\nENTRYPOINT ["python", "/t.py"]\n');
    await cli.write("t.py", "print()\n");
    await cli.write("package.json", "{}\n");
    await cli.write("requests/job.json", JOB);
    await cli.write(
      "requests/start.sh",
      "aws sagemaker create-training-job --cli-input-json file://job.json\n",
    );
    await cli.write("other.json", '{ "AlgorithmSpecification": "in a text" ');
    await cli.write("data/train/x.csv", "1\n");
    const init = await cli.run(["init"]);
    expect(init.code, init.stderr).toBe(0);
    expect(init.stdout).toContain("requests/job.json");
    const text = await config();
    for (const line of [
      "dockerfile: Dockerfile",
      "job: requests/job.json",
      "# Other Dockerfiles here: docker/train.Dockerfile.",
      "# Other requests here: requests/start.sh.",
      "  train: data/train",
      "#  extra: path/to/folder",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    const check = await cli.run(["check", "--format", "json"]);
    expect(check.code, check.stdout).toBe(0);
    const report = JSON.parse(check.stdout);
    expect(
      report.subjects.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`),
    ).toEqual(["dockerfile Dockerfile", "job requests/job.json"]);
    expect(
      report.steps.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`),
    ).toEqual(["lint done", "build not-done", "inspect not-done", "run not-done", "job done"]);
    const again = await cli.run(["init"]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("--force")]);
    await cli.write(".trainlint.yaml", "fail-on: info\n");
    expect((await cli.run(["init", "--force"])).code).toBe(0);
    expect(await config()).toBe(text);
  });

  test("check prints what it has read, and options win over it", async () => {
    const printed = JSON.parse((await cli.run(["check", "--print-config"])).stdout);
    expect(printed).toMatchObject({ dockerfile: "Dockerfile", build: false, job: "requests/job.json" });
    const check = await cli.run(["check", "--dockerfile", "docker/train.Dockerfile", "--format", "json"]);
    expect(check.code).toBe(1);
    expect(JSON.parse(check.stdout).subjects[0].name).toBe("docker/train.Dockerfile");
    const both = await cli.run(["check", "--run", "--no-run"]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("contradict")]);
  });

  test("later steps are told although earlier ones failed, and the request can be in a script", async () => {
    await cli.write("bad/Dockerfile", "RUN x\nFRO y\n");
    const args = [
      "check",
      "--dockerfile",
      "bad/Dockerfile",
      "--job",
      "requests/start.sh",
      "--format",
      "json",
    ];
    const { code, stdout } = await cli.run(args);
    const report = JSON.parse(stdout);
    expect(code).toBe(2);
    expect(report.steps[0]).toMatchObject({ name: "lint", status: "failed" });
    expect(report.findings.map(({ location }: { location: { path: string } }) => location.path)).toContain(
      "requests/job.json",
    );
  });

  test("a request against the Dockerfile alone", async () => {
    await cli.write("none/Dockerfile", "FROM scratch\nCOPY a /a\n");
    await cli.write("none/a", "a");
    await cli.write(
      "args.json",
      JOB.replace('"File"', '"File", "ContainerArguments": ["/a", "--epochs", "3"]'),
    );
    const { code, stdout } = await cli.run(["job", "args.json", "--dockerfile", "none/Dockerfile"]);
    expect(code).toBe(1);
    expect(stdout).toContain("[TL621 arguments-need-entrypoint]");
  });

  test("rules and findings name the API's model", async () => {
    expect((await cli.run(["rules"])).stdout).toMatch(
      /CreateTrainingJob as botocore \d+\.\d+\.\d+, SageMaker API 2017-07-24/,
    );
    const { jobModel } = JSON.parse((await cli.run(["rules", "--format", "json"])).stdout);
    expect(jobModel).toMatchObject({
      library: expect.stringContaining("botocore"),
      apiVersion: "2017-07-24",
    });
    const job = await cli.run(["job", "requests/job.json", "--format", "json"]);
    expect(JSON.parse(job.stdout).subjects[0].model).toContain("botocore");
  });

  test.each([
    ["json", '{ // c\n  "TrainingJobName": "<name>",\n}\n', ["TL616 1:3", "TL616 2:30", "TL617 2:22"]],
    ["yaml", "TrainingJobName: <name>\nHyperParameters:\n  epochs: 3\n", ["TL614 3:11", "TL617 1:18"]],
    [
      "sh",
      "aws sagemaker create-training-job \\\n  --training-job-name $NAME \\\n  --resource-config InstanceType=ml.m5.large,InstanceCount=one\n",
      ["TL601 3:60"],
    ],
  ])("every finding of a request as %s has its line and column", async (ending, text, expected) => {
    await cli.write(`r.${ending}`, text);
    const { stdout } = await cli.run(["job", `r.${ending}`, "--format", "json"]);
    const places = JSON.parse(stdout).findings.map(
      ({ ruleId, location }: { ruleId: string; location: { start: { line: number; column: number } } }) =>
        `${ruleId} ${location.start.line}:${location.start.column}`,
    );
    expect(places).toEqual(expect.arrayContaining(expected));
  });
});

describe("standard input", () => {
  const cli = useCli();

  test("a request from standard input, with files counted from the working folder", async () => {
    await cli.write("job.json", JOB);
    const command =
      "aws sagemaker create-training-job --cli-input-json file://job.json --training-job-name a_b\n";
    const { code, stdout } = await cli.run(["job", "-"], { input: command });
    expect(code).toBe(1);
    expect(stdout).toContain('<stdin>:1:88 error: TrainingJobName "a_b"');
    const same = await cli.run(["check", "--job", "-"], { input: JOB });
    expect([same.code, same.stderr]).toEqual([0, ""]);
  });
});
