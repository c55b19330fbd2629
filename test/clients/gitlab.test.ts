import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
// @ts-expect-error a plain script
import { gitlabCiLocal } from "../../tools/clients/gitlab-ci-local.mjs";
import { GIT_ENV, scratchRepository } from "./support/scratch-repository.ts";

const program: string | null = gitlabCiLocal.find();
const node = resolve(".cache/node-24/node_modules/node/bin");
const folder = mkdtempSync(join(tmpdir(), "trainlint-gitlab-"));
const release = inject("releaseTree");
const home = join(folder, "home");

beforeAll(() => {
  mkdirSync(home);
  // What trainlint's own image has on PATH.
  writeFileSync(join(home, "trainlint"), `#!/bin/sh\nexec node ${release}/dist/trainlint.mjs "$@"\n`);
  chmodSync(join(home, "trainlint"), 0o755);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a pipeline that includes the component as our example does, on this machine. */
function pipeline(
  name: string,
  inputs: object,
  dockerfile: string,
): { status: number | null; output: string } {
  const example = parse(readFileSync("docs/ci/gitlab.yml", "utf8"));
  const [{ inputs: own }] = example.include;
  const repository = join(folder, name);
  scratchRepository(
    repository,
    {
      ".gitlab-ci.yml": JSON.stringify({
        include: [{ local: "templates/trainlint.yml", inputs: { ...own, ...inputs } }],
      }),
      "docker/Dockerfile": dockerfile,
    },
    release,
  );
  const { status, stdout, stderr } = spawnSync(
    join(node, "node"),
    [resolve(program ?? ""), "--force-shell-executor", "--no-color"],
    {
      cwd: repository,
      env: { ...GIT_ENV, PATH: `${node}:${home}:${process.env.PATH}`, HOME: home },
      encoding: "utf8",
    },
  );
  return { status, output: stdout + stderr };
}

describe.skipIf(program === null || !existsSync(node))("gitlab-ci-local", () => {
  test("the component is valid, runs, and fails for a bad Dockerfile with its reports written", () => {
    const { status, output } = pipeline("bad", {}, "FROM python:3.12\nENTRYPOINT python train.py\n");
    expect(output).toContain("json schema validated");
    expect(output).toContain("docker/Dockerfile:2:1 error");
    expect(status).toBe(1);
    const entries = JSON.parse(readFileSync(join(folder, "bad/trainlint-code-quality.json"), "utf8"));
    expect(entries.length).toBeGreaterThan(0);
    expect(entries[0]).toMatchObject({ location: { path: "docker/Dockerfile", lines: { begin: 2 } } });
    for (const name of ["trainlint-junit.xml", "trainlint.sarif"]) {
      expect(existsSync(join(folder, "bad", name))).toBe(true);
    }
  });

  test("it passes for a good one", () => {
    const { status } = pipeline("good", {}, 'FROM python:3.12\nENTRYPOINT ["python", "train.py"]\n');
    expect(status).toBe(0);
  });

  test("an unknown level is refused by the component itself", () => {
    const { status, output } = pipeline("level", { "fail-on": "sometimes" }, "FROM scratch\n");
    expect(status).not.toBe(0);
    expect(output).toContain("sometimes");
  });
});
