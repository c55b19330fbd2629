import { describe, expect, test } from "vitest";
import { showDockerfile } from "../../../src/app/show/dockerfile.ts";
import { showImage } from "../../../src/app/show/image.ts";
import { showJob } from "../../../src/app/show/job.ts";
import { shownText } from "../../../src/app/show/text.ts";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import { composeImage } from "../../../src/core/image/compose.ts";
import type { LaunchRequest } from "../../../src/core/job/launch.ts";
import { parseJob } from "../../../src/core/job/parse.ts";

const NOTHING: LaunchRequest = { containerEntrypoint: null, containerArguments: null };

const shown = (text: string, request = NOTHING) =>
  showDockerfile(dockerfileModel(text, { path: "Dockerfile" }), request);
const firstLine = (text: string, request = NOTHING) => shownText(shown(text, request)).split("\n")[0];

describe("a Dockerfile", () => {
  test.each([
    [
      'FROM python:3.12\nWORKDIR /opt/program\nENTRYPOINT ["python", "/opt/program/main.py"]\n',
      "SageMaker will run `python /opt/program/main.py train` as PID 1, as root, in /opt/program.",
    ],
    [
      'FROM scratch\nUSER 1000:100\nENTRYPOINT ["/a b", "it\'s"]\n',
      "SageMaker will run `'/a b' 'it'\\''s' train` as PID 1, as user 1000:100, in /.",
    ],
    ["FROM scratch\nUSER root:root\n", "SageMaker will run `train` as PID 1, as root, in /."],
    [
      "FROM python:3.12\nENTRYPOINT python t.py\n",
      "SageMaker will run `/bin/sh -c 'python t.py' train` as PID 1, as root, in /.",
    ],
    [
      "FROM example.com/base\n",
      "SageMaker will run the base image's entrypoint, which is not known, with `train` as PID 1, as a user that is not known, in a folder that is not known.",
    ],
    [
      'ARG BASE\nFROM $BASE\nUSER nobody\nWORKDIR /w\nENTRYPOINT ["x"]\n',
      "SageMaker will run `x train` as PID 1, as user nobody, in /w.",
    ],
  ])("%j", (text, line) => {
    expect(firstLine(text)).toBe(line);
  });

  test("says what is unknown, and why", () => {
    const { unknown, reasons, config, launch } = shown('FROM example.com/base\nCMD ["x"]\nENV A=1 B=$A$C\n');
    expect(unknown).toContain("Entrypoint");
    expect(unknown).not.toContain("Cmd");
    expect(reasons.Entrypoint).toBe("it may be set by the base image example.com/base");
    expect(config).toMatchObject({ Entrypoint: null, Cmd: ["x"], Env: ["A=1"] });
    expect(unknown).toContain("Env");
    expect(launch).toMatchObject({ argv: null, args: ["train"] });
  });

  test("says what a public base brings, and where that is known from", () => {
    const { inherited, launch } = shown("FROM condaforge/miniforge3\n");
    expect(inherited).toMatchObject({ base: "condaforge/miniforge3" });
    expect(inherited?.names).toContain("Entrypoint");
    expect(launch.argv).toEqual(["tini", "--", "train"]);
    expect(shown('FROM condaforge/miniforge3\nENTRYPOINT ["x"]').inherited?.names).not.toContain(
      "Entrypoint",
    );
    expect(shown("FROM scratch").inherited).toBeNull();
  });

  test("notes what is easily missed", () => {
    expect(shown("FROM scratch").launch.notes).toEqual([
      "There is no ENTRYPOINT, so `train` must be an executable on PATH.",
    ]);
    const lost = ["`train` becomes $0 of the shell, and no program gets it."];
    expect(shown("FROM scratch\nENTRYPOINT exec x").launch.notes).toEqual(lost);
    expect(shown('FROM scratch\nENTRYPOINT ["bash", "-ec", "x $1"]').launch.notes).toEqual(lost);
    for (const argv of ['["sh", "-c", "x $0"]', '["sh", "-c", "x", "sh"]', '["sh", "-c"]', '["sh", "x.sh"]'])
      expect(shown(`FROM scratch\nENTRYPOINT ${argv}`).launch.notes, argv).toEqual([]);
  });

  test("a request's words take the place of the image's", () => {
    const text = 'FROM python:3.12\nENTRYPOINT ["python"]\nCMD ["x"]\n';
    const request = { containerEntrypoint: ["sh"], containerArguments: ["-c", "y"] };
    expect(shownText(shown(text, request)).split("\n").slice(0, 4)).toEqual([
      "SageMaker will run `sh -c y` as PID 1, as root, in /.",
      "  not used: ENTRYPOINT `python` (ContainerEntrypoint replaces it)",
      "  not used: CMD `x` (ContainerEntrypoint clears it)",
      "  not used: `train` (ContainerArguments replace it)",
    ]);
    const unknownBase = shown("FROM example.com/base", request);
    expect(unknownBase.launch.argv).toEqual(["sh", "-c", "y"]);
  });
});

test("an image is known in full", () => {
  const config = { Entrypoint: ["/run"], Env: ["A=1"], User: "app", WorkingDir: "/w", Volumes: ["/v"] };
  const result = showImage(composeImage({ config }), NOTHING);
  expect(result).toMatchObject({
    subject: { kind: "image", name: "example:latest" },
    unknown: [],
    reasons: {},
  });
  expect(result.config).toMatchObject({ Volumes: { "/v": {} }, Labels: null });
  expect(shownText(result)).toBe(
    "SageMaker will run `/run train` as PID 1, as user app, in /w.\n  environment:\n    A=1\n  volumes: /v\n",
  );
});

describe("a request", () => {
  const specification = (members: object) =>
    showJob(parseJob(JSON.stringify({ AlgorithmSpecification: members }), { path: "job.json" }));

  test("with its own entrypoint", () => {
    const result = specification({ ContainerEntrypoint: ["python", "a.py"] });
    expect(result).toMatchObject({ config: null, unknown: [], launch: { argv: ["python", "a.py"] } });
    expect(shownText(result)).toContain("SageMaker will run `python a.py` as PID 1.");
  });

  test("rests on the image else", () => {
    const result = specification({ TrainingImage: "repo/x:1", ContainerArguments: ["--lr", "1"] });
    expect(result.launch.argv).toBeNull();
    expect(shownText(result)).toContain("SageMaker will run the image's entrypoint with `--lr 1` as PID 1.");
    expect(shownText(result)).toContain("since it rests on the image repo/x:1, which is not at hand");
  });

  test("whose words a shell fills in", () => {
    const script =
      "aws sagemaker create-training-job --algorithm-specification TrainingImage=x,ContainerEntrypoint=python,$MAIN\n";
    const result = showJob(parseJob(script, { path: "job.sh" }));
    expect(result.unknown).toEqual(["ContainerEntrypoint"]);
    expect(result.launch.argv).toBeNull();
    expect(shownText(result)).toContain("SageMaker will run a command that is not known here as PID 1.");
  });
});
