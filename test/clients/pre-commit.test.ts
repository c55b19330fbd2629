import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { isDockerfileName } from "../../src/edges/files/names.ts";
// @ts-expect-error a plain script
import { preCommit } from "../../tools/clients/pre-commit.mjs";
import { GIT_ENV } from "./support/scratch-repository.ts";

const program: string | null = preCommit.find();
const folder = mkdtempSync(join(tmpdir(), "trainlint-pre-commit-"));
const release = join(folder, "release");
const project = join(folder, "project");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n';
const BAD = "FROM python:3.12\nENTRYPOINT python /opt/program/train.py\n";

/** Nothing of the user's own settings, and no way to a registry or a proxy. */
const env = {
  PATH: `${dirname(resolve(program ?? "x"))}:${process.env.PATH}`,
  HOME: folder,
  PRE_COMMIT_HOME: join(folder, "cache"),
  ...GIT_ENV,
  npm_config_registry: "http://127.0.0.1:9/",
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
};

/** Without the network at all, where this machine lets us (root on Linux). */
const OFFLINE = spawnSync("unshare", ["--net", "true"]).status === 0 ? ["unshare", "--net"] : [];

function run(cwd: string, ...command: readonly string[]): { status: number | null; output: string } {
  const [name = "", ...args] = [...OFFLINE, ...command];
  const { status, stdout, stderr } = spawnSync(name, args, { cwd, env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

function must(cwd: string, ...command: readonly string[]): string {
  const { status, output } = run(cwd, ...command);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${output}`);
  return output;
}

/** Puts these files into the project, and tries to commit them. */
function commit(files: { readonly [path: string]: string }): { status: number | null; output: string } {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
    must(project, "git", "add", path);
  }
  const result = run(project, "git", "commit", "-m", "change");
  if (result.status !== 0) must(project, "git", "reset", "--quiet");
  return result;
}

describe.skipIf(program === null)("pre-commit", () => {
  beforeAll(() => {
    cpSync(inject("releaseTree"), release, { recursive: true });
    for (const repository of [release, project]) must(folder, "git", "init", "--quiet", repository);
    must(release, "git", "add", "--all");
    must(release, "git", "commit", "--quiet", "-m", "Release");
    must(release, "git", "tag", "v1");
    writeFileSync(
      join(project, ".pre-commit-config.yaml"),
      `repos:\n  - repo: ${release}\n    rev: v1\n    hooks: [{ id: trainlint }, { id: trainlint-job }]\n`,
    );
    must(project, "git", "add", ".pre-commit-config.yaml");
    must(project, "pre-commit", "install", "--install-hooks");
  }, 120_000);

  test("a bad Dockerfile blocks the commit, and its findings are shown", () => {
    const { status, output } = commit({ "docker/Dockerfile": BAD });
    expect(status).toBe(1);
    expect(output).toMatch(/^trainlint\.+Failed/m);
    expect(output).toContain("docker/Dockerfile:2:1 error: ENTRYPOINT is in shell form");
    expect(output).toContain("[TL101 exec-form-entrypoint]");
    expect(output).not.toMatch(/Next:|Not checked:/);
  });

  test("a good one passes, without a word", () => {
    const { status, output } = commit({ "docker/Dockerfile": GOOD });
    expect(output).toMatch(/^trainlint\.+Passed/m);
    expect(output).not.toMatch(/error|warning/);
    expect(status).toBe(0);
  });

  test("so with training-job requests", () => {
    const bad = commit({ "jobs/training-job.json": '{"TrainingJobName": "x", "Nonsense": 1}' });
    expect(bad.status).toBe(1);
    expect(bad.output).toMatch(/^trainlint \(training jobs\)\.+Failed/m);
    expect(bad.output).toContain("TL601");
    const good = commit({ "jobs/training-job.json": GOOD_JOB });
    expect(good).toMatchObject({ status: 0 });
  });

  test("other files are none of its business", () => {
    const { status, output } = commit({ "docs/Dockerfile.md": "# About\n", "job.txt": "x\n" });
    expect(status).toBe(0);
    expect(output).toMatch(/^trainlint\.+\(no files to check\)Skipped/m);
  });

  test("on pre-commit's pseudo terminal nothing moves the cursor", () => {
    writeFileSync(join(project, "Dockerfile.bad"), BAD);
    must(project, "git", "add", "Dockerfile.bad");
    const { status, output } = run(project, "pre-commit", "run", "--color", "always");
    expect(status).toBe(1);
    expect(output).toContain("TL101");
    expect(output.replaceAll(/\u001b\[[0-9;]*m/g, "")).not.toMatch(/[\u001b\r]/);
  });
});

test("the hook takes the files that a search of the folder finds", () => {
  const [hook] = parse(readFileSync(".pre-commit-hooks.yaml", "utf8"));
  const pattern = (text: string) => new RegExp(text.replace("(?i)", ""), "i");
  const names = [
    ...["Dockerfile", "dockerfile", "Dockerfile.gpu", "gpu.Dockerfile", "Dockerfile-train", "Containerfile"],
    ...["train_dockerfile", "Dockerfile.md", "Dockerfile.dockerignore", "Dockerfile.j2", "dockerfile.py"],
    ...["MyDockerfile", "Dockerfile~", "Dockerfile.", "x.containerfile", "README", "Dockerfile.tar.gz"],
  ];
  const taken = names.filter((name) => pattern(hook.files).test(name) && !pattern(hook.exclude).test(name));
  expect(taken).toEqual(names.filter(isDockerfileName));
  expect(taken.length).toBeGreaterThan(5);
});

const GOOD_JOB = JSON.stringify({
  TrainingJobName: "example",
  RoleArn: "arn:aws:iam::123456789012:role/service-role/training",
  AlgorithmSpecification: {
    TrainingImage: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/training:1",
    TrainingInputMode: "File",
  },
  OutputDataConfig: { S3OutputPath: "s3://example-bucket/output" },
  ResourceConfig: { InstanceType: "ml.m5.xlarge", InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
});
