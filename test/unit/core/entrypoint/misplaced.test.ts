import { describe, expect, test } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import type { BuildContext } from "../../../../src/core/dockerfile/model.ts";
import { misplaced } from "../../../../src/core/entrypoint/misplaced.ts";

function contextOf(files: readonly string[]): BuildContext {
  return {
    file: (path) => (files.includes(path) ? { text: "x\n", mode: 0o755 } : null),
    list: (path) => {
      const below = files.filter((file) => path === "" || file === path || file.startsWith(`${path}/`));
      return below.length === 0 ? null : below;
    },
  };
}

function judge(lines: readonly string[], files: readonly string[] | null = null): string | null {
  const context = files === null ? null : contextOf(files);
  const found = misplaced(dockerfileModel(`${lines.join("\n")}\n`, { path: "Dockerfile", context }));
  return found === null ? null : found.kind;
}

const PYTHON = "FROM python:3.12";
const UBUNTU = "FROM ubuntu:22.04";

describe("files that an ENTRYPOINT names", () => {
  test.each<[string, readonly string[], readonly string[] | null]>([
    ["in WORKDIR", [PYTHON, "WORKDIR /app", "COPY run.sh .", 'ENTRYPOINT ["./run.sh"]'], null],
    ["in a folder on PATH", [PYTHON, "COPY run.sh /usr/local/bin/", 'ENTRYPOINT ["run.sh"]'], null],
    [
      "on a PATH of its own",
      [PYTHON, "ENV PATH=/app:$PATH", "COPY run.sh /app/", 'ENTRYPOINT ["run.sh"]'],
      null,
    ],
    [
      "in a folder that comes whole",
      [PYTHON, "COPY run.sh /x/", "COPY src /app", 'ENTRYPOINT ["/app/run.sh"]'],
      null,
    ],
    [
      "in a folder of another stage",
      [PYTHON, "COPY run.sh /x/", "COPY --from=x /app /app", 'ENTRYPOINT ["/app/run.sh"]'],
      null,
    ],
    ["copied on", [PYTHON, "COPY run.sh /x/", "RUN cp /x/run.sh /run.sh", 'ENTRYPOINT ["/run.sh"]'], null],
    [
      "linked",
      [PYTHON, "COPY run.sh /x/", "RUN ln -s /x/run.sh /usr/bin/run.sh", 'ENTRYPOINT ["run.sh"]'],
      null,
    ],
    ["unpacked", [PYTHON, "COPY run.sh /x/", "ADD app.tar.gz /", 'ENTRYPOINT ["/app/run.sh"]'], null],
    [
      "of a clone",
      [PYTHON, "COPY run.sh /x/", "RUN git clone https://e.com/a /app", 'ENTRYPOINT ["/app/run.sh"]'],
      null,
    ],
    [
      "of a script that runs",
      [PYTHON, "COPY run.sh /x/", "RUN /x/setup.sh", 'ENTRYPOINT ["/app/run.sh"]'],
      null,
    ],
    [
      "of a base that is not known",
      ["FROM example.com/a", "COPY run.sh /x/", 'ENTRYPOINT ["/app/run.sh"]'],
      null,
    ],
    [
      "of AWS's images",
      [
        "FROM 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.1-gpu",
        "COPY run.sh /x/",
        'ENTRYPOINT ["/app/run.sh"]',
      ],
      null,
    ],
    ["nothing like it in the file", [PYTHON, 'ENTRYPOINT ["/app/run.sh"]'], null],
    [
      "a script for a shell on PATH",
      [PYTHON, "COPY run.sh /usr/bin/", 'ENTRYPOINT ["bash", "run.sh"]'],
      null,
    ],
    ["a variable of a shell line", [PYTHON, 'ENTRYPOINT ["sh", "-c", "exec python $APP/train.py"]'], null],
    ["a variable in shell form", [PYTHON, "ENTRYPOINT python $APP/train.py"], null],
    ["a module", [PYTHON, "COPY train.py /x/", 'ENTRYPOINT ["python", "-m", "train"]'], null],
    [
      "in the context",
      [PYTHON, "WORKDIR /app", "COPY . .", 'ENTRYPOINT ["python", "src/train.py"]'],
      ["src/train.py", "train.py"],
    ],
  ])("%s", (_, lines, files) => {
    expect(judge(lines, files)).toBeNull();
  });

  test.each<[string, readonly string[], readonly string[] | null]>([
    ["other-place", [PYTHON, "COPY run.sh /", "WORKDIR /app", 'ENTRYPOINT ["./run.sh"]'], null],
    ["other-place", [PYTHON, "COPY train.py /app/", 'ENTRYPOINT ["python", "-u", "train.py"]'], null],
    ["other-place", [PYTHON, "COPY . /app", 'ENTRYPOINT ["/run.sh"]'], ["run.sh"]],
    [
      "other-place",
      [PYTHON, "COPY . /app", "WORKDIR /app", 'ENTRYPOINT ["bash", "scripts/run.sh"]'],
      ["run.sh"],
    ],
    ["not-on-path", [PYTHON, "WORKDIR /app", "COPY run.sh .", 'ENTRYPOINT ["run.sh"]'], null],
    ["not-on-path", [PYTHON, "COPY run.sh /app/", 'ENTRYPOINT ["dumb-init", "--", "run.sh"]'], null],
    ["variable", ["FROM example.com/a", 'ENTRYPOINT ["$APP/run.sh"]'], null],
    ["variable", [PYTHON, 'ENTRYPOINT ["bash", "${APP}/run.sh"]'], null],
  ])("%s: %j", (kind, lines, files) => {
    expect(judge(lines, files)).toBe(kind);
  });
});

describe("python, where there is only python3", () => {
  const judgeOn = (from: string, ...lines: readonly string[]): string | null =>
    judge([from, ...lines, 'ENTRYPOINT ["python", "/opt/train.py"]']);
  test.each([
    [UBUNTU, ["RUN apt-get install -y python3 python3-pip"]],
    [
      "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04",
      ["RUN apt-get update && apt-get install -y python3.10", "RUN pip3 install torch"],
    ],
    ["FROM debian:bookworm-slim", []],
  ])("%s %j", (from, lines) => {
    expect(judgeOn(from, ...lines)).toBe("not-installed");
  });
  test.each([
    [UBUNTU, ["RUN apt-get install -y python3 python-is-python3"]],
    [UBUNTU, ["RUN apt-get install -y python3", "RUN ln -s /usr/bin/python3 /usr/bin/python"]],
    [UBUNTU, ["RUN update-alternatives --install /usr/bin/python python /usr/bin/python3 1"]],
    [UBUNTU, ["RUN python3 -m venv /venv", "ENV PATH=/venv/bin:$PATH"]],
    [UBUNTU, ["RUN apt-get install -y $PACKAGES"]],
    [
      UBUNTU,
      [
        "RUN wget https://e.com/Miniconda3.sh && bash Miniconda3.sh -b -p /opt/conda",
        "ENV PATH=/opt/conda/bin:$PATH",
      ],
    ],
    [UBUNTU, ["COPY --from=python:3.12 /usr/local /usr/local"]],
    ["FROM ubuntu:18.04", ["RUN apt-get install -y python3"]],
    ["FROM python:3.12-slim", []],
    ["FROM example.com/a", []],
    ["FROM condaforge/miniforge3", []],
  ])("%s %j has it, or may have it", (from, lines) => {
    expect(judgeOn(from, ...lines)).toBeNull();
  });
});
