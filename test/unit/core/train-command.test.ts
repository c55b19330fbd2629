import { describe, expect, test } from "vitest";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import { trainIn } from "../../../src/core/entrypoint/train-command.ts";
import { toolkitIn } from "../../../src/core/sagemaker.ts";
import { contextOf } from "./dockerfile/effects/effects-in.ts";

const P = "FROM python:3.12\n";
const model = (text: string, files: Record<string, string> | null = null) =>
  dockerfileModel(text, { path: "Dockerfile", context: files === null ? null : contextOf(files) });

describe("whether an executable train is on PATH", () => {
  test.each([
    ["a file of that name", `${P}COPY train /usr/local/bin/train\n`],
    ["a file into a folder of PATH", `${P}COPY train /usr/local/bin/\n`],
    [
      "a file in a folder that ENV adds",
      `${P}ENV PATH=/opt/program:$PATH\nCOPY train.py /opt/program/train\n`,
    ],
    ["through another variable", `${P}ENV H=/opt/h\nENV PATH="$H/bin:$PATH"\nCOPY train.py $H/bin/train\n`],
    ["a link", `${P}RUN ln -s /opt/x.py /usr/local/bin/train\n`],
    ["a redirection", `${P}RUN echo x > /usr/local/bin/train\n`],
    ["the toolkit", `${P}RUN pip install sagemaker-training\n`],
    ["a stage's file", `FROM alpine AS a\nCOPY train.py /b/train\n${P}COPY --from=a /b /usr/local/bin\n`],
    ["AWS's image", "FROM 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3-gpu-py311\n"],
  ])("present: %s", (_, text) => {
    expect(trainIn(model(text)).presence).toBe("present");
  });

  test.each([
    ["a folder on PATH", `${P}ENV PATH=/opt/program:$PATH\nCOPY program /opt/program\nCMD x\n`],
    ["a folder above it", `${P}ENV PATH=/opt/program:$PATH\nCOPY . /opt\n`],
    ["scripts into /usr/local/bin", `${P}COPY scripts/ /usr/local/bin/\nCMD x\n`],
    [
      "a folder on PATH by way of a stage",
      `FROM python:3 AS b\nCOPY program /opt/program\n${P}ENV PATH=/opt/program:$PATH\nCOPY --from=b /opt/program /opt/program\n`,
    ],
    ["a list where the toolkit is meant", `${P}RUN pip install -r r.txt\nENV SAGEMAKER_PROGRAM=t.py\n`],
    ["a script where /opt/ml is used", `${P}RUN ./install.sh\nCOPY . /opt/ml/code\n`],
    ["CMD train", `${P}RUN ./install.sh\nCMD ["train"]\n`],
    ["the root of an unknown image", "FROM scratch\nCOPY --from=example.com/x:1 / /\nCMD x\n"],
    ["an unknown base", "FROM example.com/x:1\nCMD x\n"],
  ])("unknown: %s", (_, text) => {
    expect(trainIn(model(text)).presence).toBe("unknown");
  });

  test.each([
    ["nothing", `${P}CMD x\n`, null],
    ["PATH has an empty folder", `${P}ENV PATH=/opt/program:$PATH\nCOPY . /app\nCMD x\n`, null],
    ["a list of packages", `${P}RUN pip install -r r.txt\nCMD x\n`, "pip installs r.txt"],
    [
      "an environment on PATH",
      `${P}WORKDIR /app\nENV PATH=/app/.venv/bin:$PATH\nCOPY . .\nCMD x\n`,
      "COPY to /app",
    ],
    [
      "an environment from a stage",
      `FROM python:3 AS b\nCOPY . /app\nRUN uv sync\n${P}ENV PATH=/app/.venv/bin:$PATH\nCOPY --from=b /app/.venv /app/.venv\nCMD x\n`,
      "COPY to /app/.venv",
    ],
    ["serve alone", `${P}ENV PATH=/opt/program:$PATH\nCOPY serve /opt/program/\n`, null],
    ["the SDK is not the toolkit", `${P}RUN pip install sagemaker\nENV SAGEMAKER_PROGRAM=t.py\n`, null],
    [
      "an archive unpacked over /usr/local",
      `${P}RUN curl x | tar xz -C /usr/local\nCMD x\n`,
      "tar to /usr/local",
    ],
  ])("absent, with what was not seen into: %s", (_, text, unseen) => {
    expect(trainIn(model(text))).toMatchObject({ presence: "absent", unseen });
  });

  test("a list of the build context is seen", () => {
    const text = `${P}COPY r.txt /tmp/\nRUN pip install -r /tmp/r.txt\nENV SAGEMAKER_PROGRAM=t.py\n`;
    expect(trainIn(model(text, { "r.txt": "torch==2 # x\nnumpy\n" }))).toMatchObject({
      presence: "absent",
      unseen: null,
    });
    expect(trainIn(model(text, { "r.txt": "torch\nSageMaker_Training==5\n" })).presence).toBe("present");
    expect(trainIn(model(text, { "r.txt": "-r other.txt\n" })).presence).toBe("unknown");
    expect(trainIn(model(text, { "r.txt": "git+https://x.org/y.git\n" })).presence).toBe("unknown");
  });
});

test.each([
  [`${P}RUN pip install sagemaker-training==5.1\n`, "present"],
  ["FROM example.com/x\nENV SAGEMAKER_PROGRAM=t.py\n", "present"],
  ["FROM example.com/x\n", "unknown"],
  [`${P}ENV SAGEMAKER_PROGRAM=t.py\nRUN pip install -r r.txt\n`, "unknown"],
  [`${P}ENV SAGEMAKER_PROGRAM=t.py\n`, "absent"],
  [`${P}RUN pip install sagemaker\n`, "absent"],
])("the toolkit in %j is %s", (text, presence) => {
  expect(toolkitIn(model(text))).toBe(presence);
});
