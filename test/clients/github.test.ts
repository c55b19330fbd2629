import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
// @ts-expect-error a plain script
import { act } from "../../tools/clients/act.mjs";
// @ts-expect-error a plain script
import { actionlint } from "../../tools/clients/actionlint.mjs";
import { GIT_ENV, scratchRepository } from "./support/scratch-repository.ts";

const linter: string | null = actionlint.find();
const runner: string | null = act.find();
const folder = mkdtempSync(join(tmpdir(), "trainlint-github-"));
const release = inject("releaseTree");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WORKFLOWS = ["docs/ci/github.yml", "docs/ci/github-image.yml"];
const BAD = "FROM python:3.12\nENTRYPOINT python /opt/program/train.py\n";
const GOOD = 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n';

/** An example of ours that uses the action of the repository that it is in. */
function withLocalAction(path: string): string {
  return readFileSync(path, "utf8").replaceAll(/your-org\/trainlint@\S+/g, "./");
}

describe.skipIf(linter === null)("actionlint", () => {
  function lint(name: string, workflow: string): string {
    const repository = join(folder, name);
    scratchRepository(repository, { ".github/workflows/example.yml": workflow }, release);
    const { stdout, stderr } = spawnSync(resolve(linter ?? ""), ["-oneline"], {
      cwd: repository,
      encoding: "utf8",
    });
    return stdout + stderr;
  }

  test.each(WORKFLOWS)("finds nothing in %s, with the action that it uses", (path) => {
    expect(lint(path, withLocalAction(path))).toBe("");
  });

  test("would find an input that the action does not have", () => {
    const workflow = withLocalAction("docs/ci/github.yml").replace("fail-on:", "fail-at:");
    expect(lint("broken", workflow)).toContain('input "fail-at" is not defined in action "trainlint"');
  });
});

/** The steps of our example that need no other action, and one that shows what the next step sees. */
function offline(path: string, extra: object = {}): string {
  const workflow = parse(withLocalAction(path));
  const [job] = Object.values(workflow.jobs) as { steps: { uses?: string; with?: object }[] }[];
  const steps = (job?.steps ?? []).filter(({ uses }) => uses?.startsWith("github/") !== true);
  for (const step of steps) if (step.uses === "./") step.with = { ...step.with, ...extra };
  const show = {
    if: "${{ always() }}",
    env: {
      SARIF: "${{ steps.trainlint.outputs.sarif-file }}",
      CODE: "${{ steps.trainlint.outputs.exit-code }}",
    },
    run: 'echo "next step: code=$CODE sarif=$SARIF size=$(wc -c < "$SARIF")"',
  };
  return JSON.stringify({ name: "t", on: "push", jobs: { lint: { ...job, steps: [...steps, show] } } });
}

describe.skipIf(runner === null)("act", () => {
  /** Runs a workflow on this machine, the action on the newest Node that is there. */
  function run(
    name: string,
    workflow: string,
    dockerfile: string,
  ): { status: number | null; output: string } {
    const repository = join(folder, name);
    const files = { ".github/workflows/example.yml": workflow, "docker/Dockerfile": dockerfile };
    scratchRepository(repository, files, release);
    const home = join(folder, `${name}-home`);
    mkdirSync(home);
    const node24 = resolve(".cache/node-24/node_modules/node/bin");
    const node = existsSync(node24) ? node24 : dirname(process.execPath);
    const { status, stdout, stderr } = spawnSync(
      resolve(runner ?? ""),
      ["push", "--platform=ubuntu-latest=-self-hosted", "--pull=false"],
      {
        cwd: repository,
        env: { ...GIT_ENV, PATH: `${node}:${process.env.PATH}`, HOME: home },
        encoding: "utf8",
        timeout: 100_000,
      },
    );
    return { status, output: stdout + stderr };
  }

  test("a bad Dockerfile: annotations, a summary, outputs for the next step, a failed job", () => {
    const { status, output } = run("bad", offline("docs/ci/github.yml"), BAD);
    expect(output).toMatch(/❗ +::error file=docker\/Dockerfile,line=2,.*title=TL101 exec-form-entrypoint::/);
    expect(output).toMatch(/Summary - ## trainlint/);
    expect(output).toMatch(/next step: code=1 sarif=trainlint\.sarif size=\d{4,}/);
    expect(output).toContain("Job failed");
    expect(status).toBe(1);
  });

  test("a good one: no annotation, a job that succeeds", () => {
    const { status, output } = run("good", offline("docs/ci/github.yml"), GOOD);
    expect(output).not.toContain("::error");
    expect(output).toContain("next step: code=0");
    expect(status).toBe(0);
  });

  test("inputs reach no shell, and a Dockerfile gives the runner no commands", () => {
    const evil = "$(touch pwned) `touch pwned`; touch pwned";
    const dockerfile = `${BAD}# ::set-output name=x::y\nLABEL a="##[set-output name=x]y"\nENTRYPOINT echo ::add-mask::trainlint\n`;
    const workflow = offline("docs/ci/github.yml", {
      category: evil,
      "sarif-file": "x\nexit-code<<E\n0\nE.sarif",
    });
    const { output } = run("evil", workflow, dockerfile);
    expect(existsSync(join(folder, "evil", "pwned"))).toBe(false);
    expect(output).not.toMatch(/set-output:: x=/);
    expect(output).not.toContain("***");
    expect(output).toContain("next step: code=1");
  });
});
