import { describe, expect, it } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import { runRules } from "../../../../src/core/engine.ts";
import { composeImage } from "../../../../src/core/image/compose.ts";
import { parseJob } from "../../../../src/core/job/parse.ts";
import { roleOf } from "../../../../src/core/role/role.ts";
import { rules } from "../../../../src/rules/index.ts";

function dockerfile(text: string) {
  return dockerfileModel(text, { path: "Dockerfile" });
}

function roleOfText(text: string) {
  const { role, basis, certain } = roleOf(null, { dockerfile: dockerfile(text) });
  return basis === "default" ? "training" : `${role}${certain ? "" : ", perhaps"}`;
}

const DLC = "763104351884.dkr.ecr.us-east-1.amazonaws.com";

describe("a Dockerfile is guessed to be made for", () => {
  it.each([
    ["an inference image of AWS", `FROM ${DLC}/pytorch-inference:2.3.0-cpu-py311-ubuntu20.04-sagemaker\n`],
    [
      "one with a script of its own",
      `FROM ${DLC}/pytorch-inference:2.3.0\nENV SAGEMAKER_PROGRAM=inference.py\n`,
    ],
    ["TensorFlow Serving", "FROM tensorflow/serving:2.14.0\nCOPY model /models/m\n"],
    ["a program serve on PATH, and no train", "FROM python:3.12\nCOPY serve /usr/local/bin/serve\n"],
    [
      "a label of hosting",
      'FROM python:3.12\nLABEL com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true\nCMD ["python", "x.py"]\n',
    ],
    ["TorchServe as the entrypoint", 'FROM python:3.12\nENTRYPOINT ["torchserve", "--start"]\n'],
    [
      "a model server behind a shell",
      "FROM python:3.12\nENTRYPOINT exec tritonserver --model-repository /m\n",
    ],
  ])("serving: %s", (_, text) => {
    expect(roleOfText(text)).toBe("serving");
  });

  it.each([
    ["gunicorn as the command", 'FROM python:3.12\nCMD ["gunicorn", "-b", "0.0.0.0:8080", "app:app"]\n'],
    ["a module that serves", 'FROM python:3.12\nENTRYPOINT ["python", "-m", "uvicorn", "app:app"]\n'],
    ["a script called serve.py", 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/serve.py"]\n'],
    [
      "serve, where a folder on PATH may have train",
      "FROM python:3.12\nENV PATH=/opt/program:$PATH\nCOPY code /opt/program\nCOPY serve /usr/local/bin/serve\n",
    ],
  ])("serving, perhaps: %s", (_, text) => {
    expect(roleOfText(text)).toBe("serving, perhaps");
  });

  it.each([
    [
      "AWS's Spark image",
      "FROM 173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.3\n",
    ],
    [
      "its folder as the entrypoint",
      'FROM python:3.12\nENTRYPOINT ["python3", "/opt/ml/processing/code/x.py"]\n',
    ],
    ["files in its folder", "FROM python:3.12\nRUN mkdir -p /opt/ml/processing/input\n"],
  ])("processing: %s", (_, text) => {
    expect(roleOfText(text)).toBe("processing");
  });

  it.each([
    ["nothing in particular", "FROM python:3.12\n"],
    [
      "train and serve side by side",
      "FROM python:3.12\nCOPY train serve /usr/local/bin/\nEXPOSE 8080\nLABEL com.amazonaws.sagemaker.capabilities.multi-models=true\n",
    ],
    [
      "nginx and gunicorn installed, nothing started",
      "FROM python:3.12\nRUN pip install gunicorn flask\nCOPY app /opt/program\n",
    ],
    [
      "a train.py beside a server",
      'FROM python:3.12\nCOPY train.py serve.py /opt/\nCMD ["gunicorn", "serve:app"]\n',
    ],
    [
      "a model server that is only the base",
      'FROM vllm/vllm-openai:v0.6.0\nENTRYPOINT ["python3", "/opt/grpo.py"]\n',
    ],
    [
      "an inference image that trains",
      `FROM ${DLC}/pytorch-inference:2.3.0\nENTRYPOINT ["python", "train.py"]\n`,
    ],
    [
      "AWS's training image, extended",
      `FROM ${DLC}/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker\nEXPOSE 8080\n`,
    ],
    [
      "AWS's own framework container",
      "FROM sklearn-base:1.2-1\nLABEL com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true\nENV SAGEMAKER_TRAINING_MODULE sagemaker_sklearn_container.training:main\n",
    ],
  ])("training: %s", (_, text) => {
    expect(roleOfText(text)).toBe("training");
  });
});

describe("a built image is guessed to be made for", () => {
  it.each([
    ["serving", composeImage({ files: { "/usr/local/bin/serve": "#!/bin/sh\n" } })],
    ["serving", composeImage({ config: { Cmd: ["torchserve", "--start"] } })],
    ["serving, perhaps", composeImage({ config: { Cmd: ["/bin/sh", "-c", "cd /app && gunicorn app:app"] } })],
    ["processing", composeImage({ config: { Entrypoint: ["python3", "/opt/ml/processing/code/x.py"] } })],
    ["training", composeImage({ config: { Entrypoint: ["python", "/opt/program/main.py"] } })],
    [
      "training",
      composeImage({
        config: { Cmd: ["serve"], Labels: { "com.amazonaws.sagemaker.capabilities.multi-models": "true" } },
        files: { "/usr/local/bin/train": "#!/bin/sh\n", "/usr/local/bin/serve": "#!/bin/sh\n" },
      }),
    ],
  ])("%s", (expected, image) => {
    const { role, basis, certain } = roleOf(null, { image });
    expect(basis === "default" ? "training" : `${role}${certain ? "" : ", perhaps"}`).toBe(expected);
  });
});

it("is not guessed where the user says it, gives a request, or trains in one of two subjects", () => {
  const serving = dockerfile("FROM tensorflow/serving:2.14.0\n");
  expect(roleOf("training", { dockerfile: serving })).toMatchObject({ role: "training", basis: "given" });
  expect(roleOf(null, { dockerfile: serving, job: parseJob("{}", { path: "job.json" }) })).toMatchObject({
    role: "training",
    basis: "default",
  });
  const image = composeImage({ files: { "/usr/local/bin/train": "#!/bin/sh\n" } });
  expect(roleOf(null, { dockerfile: serving, image }).role).toBe("training");
});

describe("what becomes of the rules", () => {
  const judge = (text: string, given: "training" | "serving" | null) => {
    const subjects = { dockerfile: dockerfile(text) };
    return runRules(rules, subjects, new Map(), {}, roleOf(given, subjects));
  };
  const server = 'FROM python:3.12\nCMD ["gunicorn", "app:app"]\n';

  it("on a guess that may be wrong, errors are warnings that say so", () => {
    const found = judge(server, null).findings.find(({ ruleId }) => ruleId === "TL103");
    expect(found?.severity).toBe("warning");
    expect(found?.help).toContain("because its CMD runs gunicorn");
    expect(found?.evidence.guess).toEqual({ role: "serving", because: "its CMD runs gunicorn" });
  });

  it("but the user's word counts in full", () => {
    expect(judge(server, "training").findings.find(({ ruleId }) => ruleId === "TL103")?.severity).toBe(
      "error",
    );
    expect(judge(server, "serving").findings.filter(({ ruleId }) => ruleId === "TL103")).toEqual([]);
  });

  const torchserve =
    "FROM pytorch/torchserve:latest\nRUN apt-get install -y nvidia-driver-535\nCOPY m /opt/ml/model/m\n";

  it("on a certain sign, rules for training images are skipped with the reason; the others judge", () => {
    const result = judge(torchserve, null);
    expect(
      result.findings.filter(({ severity }) => severity === "error").map(({ ruleId }) => ruleId),
    ).toEqual(["TL301"]);
    const reason = result.skipped.find(({ ruleId }) => ruleId === "TL201")?.reason;
    expect(reason).toBe(
      "this looks like an image for serving, because its base image pytorch/torchserve:latest is made for serving; --role training judges it all the same",
    );
  });

  it("and with --role training everything is judged", () => {
    const ids = judge(torchserve, "training").findings.map(({ ruleId }) => ruleId);
    expect(ids).toContain("TL201");
  });

  it("a guess changes nothing for the exec form and tini, which hosting needs as well", () => {
    const shell = "FROM tensorflow/serving:2.14.0\nENTRYPOINT /usr/bin/tf_serving_entrypoint.sh\n";
    const web = 'FROM python:3.12\nENTRYPOINT ["tini", "--"]\nCMD ["gunicorn", "app:app"]\n';
    expect(judge(shell, null).findings[0]).toMatchObject({ ruleId: "TL101", severity: "error" });
    expect(judge(web, null).findings[0]).toMatchObject({ ruleId: "TL102", severity: "error" });
  });

  it("but the user's word skips them", () => {
    const result = judge("FROM python:3.12\nENTRYPOINT python serve.py\n", "serving");
    expect(result.findings).toEqual([]);
    expect(result.skipped.find(({ ruleId }) => ruleId === "TL101")?.reason).toContain("made for serving");
  });
});
