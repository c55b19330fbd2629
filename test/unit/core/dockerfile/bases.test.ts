import { describe, expect, it } from "vitest";
import { findKnownBase } from "../../../../src/core/dockerfile/bases.ts";

it.each([
  "ubuntu",
  "ubuntu:22.04",
  "docker.io/library/ubuntu:22.04",
  "docker.io/python:3.12-slim",
  "public.ecr.aws/docker/library/python:3.12",
  "python@sha256:0000000000000000000000000000000000000000000000000000000000000000",
  "amazonlinux:2",
])("%s is a plain image, certainly without a train", (reference) => {
  expect(findKnownBase(reference)).toMatchObject({
    kind: "plain",
    train: "absent",
    config: { Entrypoint: null },
  });
});

it.each([
  "123456789012.dkr.ecr.us-east-1.amazonaws.com/python:3",
  "registry.example.com/library/python",
  "localhost:5000/python",
  "someone/python",
  "123456789012.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3",
])("%s is nobody's public image", (reference) => {
  expect(findKnownBase(reference)).toBeNull();
});

describe("images that start tini", () => {
  it.each([
    ["condaforge/miniforge3:24.3.0-0", ["tini", "--"]],
    ["jupyter/scipy-notebook:latest", ["tini", "-g", "--"]],
    ["quay.io/jupyter/base-notebook:latest", ["tini", "-g", "--", "start.sh"]],
    ["continuumio/miniconda3:4.5.12", ["/usr/bin/tini", "--"]],
    ["daskdev/dask:2023.9.0-py3.11", ["tini", "-g", "--", "/usr/bin/prepare.sh"]],
  ])("%s", (reference, entrypoint) => {
    expect(findKnownBase(reference)?.config.Entrypoint).toEqual(entrypoint);
  });

  it.each(["continuumio/miniconda3:24.7.1-0", "continuumio/anaconda3:2024.10-1"])(
    "but not %s",
    (reference) => {
      expect(findKnownBase(reference)?.config.Entrypoint).toBeNull();
    },
  );

  it("nor the latest miniconda, whose script prints that it is deprecated and runs its arguments", () => {
    const latest = findKnownBase("continuumio/miniconda3");
    expect(latest).toMatchObject({ runsArguments: true, train: "absent" });
    expect(latest?.config).not.toHaveProperty("Entrypoint");
  });

  it("and what nobody verified is not known", () => {
    expect(findKnownBase("continuumio/anaconda3:2019.03")).toBeNull();
  });

  it("of which only that much is certain", () => {
    const old = findKnownBase("jupyter/base-notebook:1386e2046833");
    expect(old).toMatchObject({ startsTini: true, train: "absent" });
    expect(old?.config).not.toHaveProperty("Entrypoint");
  });
});

describe("images that AWS makes for SageMaker", () => {
  const dlc = "763104351884.dkr.ecr.us-east-1.amazonaws.com";

  it.each([
    `${dlc}/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker`,
    `${dlc}/huggingface-pytorch-training-neuronx:2.1.2-transformers4.43.2-neuronx-py310-sdk2.20.0-ubuntu20.04`,
    "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/tensorflow-training:2.14.1-cpu-py310-ubuntu20.04-sagemaker",
    "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
    "public.ecr.aws/deep-learning-containers/pytorch-training:2.8.0-cpu-py312-ubuntu22.04-sagemaker",
  ])("%s has the toolkit and its train", (reference) => {
    expect(findKnownBase(reference)).toMatchObject({
      toolkit: "present",
      train: "present",
      kind: "sagemaker",
    });
  });

  it.each([
    `${dlc}/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-ec2`,
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
    "public.ecr.aws/deep-learning-containers/pytorch:2.10-cu129",
  ])("%s is another matter", (reference) => {
    expect(findKnownBase(reference)).toBeNull();
  });

  it.each([
    [`${dlc}/pytorch-inference:2.3.0-cpu-py311-ubuntu20.04-sagemaker`, "serving"],
    [`${dlc}/huggingface-pytorch-tgi-inference:2.3.0-tgi2.2.0-gpu-py310-cu121-ubuntu22.04`, "serving"],
    [`${dlc}/djl-inference:0.29.0-tensorrtllm0.11.0-cu124`, "serving"],
    ["tensorflow/serving:2.14.0", "serving"],
    ["173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.3-cpu-py39-v1", "processing"],
  ])("%s is made for %s", (reference, role) => {
    expect(findKnownBase(reference)?.role).toBe(role);
  });
});

describe("CUDA images", () => {
  it.each([
    ["nvidia/cuda:12.4.1-base-ubuntu22.04", null],
    ["nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04", ["/opt/nvidia/nvidia_entrypoint.sh"]],
    ["nvcr.io/nvidia/cuda:13.0.1-devel-rockylinux9", ["/opt/nvidia/nvidia_entrypoint.sh"]],
    ["nvidia/cuda:11.3.1-cudnn8-devel-ubuntu20.04", undefined],
  ])("%s: entrypoint %j, and always the variables that show the driver", (reference, entrypoint) => {
    const cuda = findKnownBase(reference);
    expect(cuda?.config.Env).toMatchObject({ NVIDIA_VISIBLE_DEVICES: "all" });
    expect(cuda?.config.Entrypoint).toEqual(entrypoint);
    expect(cuda).toMatchObject({ runsArguments: true, train: "absent" });
  });
});

it("gives every row a source and the day it was read", () => {
  const references = ["ubuntu", "python:3.12", "nvidia/cuda:12.4.1-base-ubuntu22.04", "rayproject/ray:2.9.0"];
  for (const reference of references) {
    expect(findKnownBase(reference)).toMatchObject({
      asOf: "2026-11-24",
      source: expect.stringMatching(/\S/),
    });
  }
});

it("rocker's images for GPUs are built on nvidia/cuda and start nothing of their own", () => {
  expect(findKnownBase("rocker/ml:4.2.3")).toMatchObject({
    kind: "cuda",
    runsArguments: true,
    train: "absent",
  });
  expect(findKnownBase("rocker/cuda:4.0.4-cuda11.1")?.family).toBe("rocker");
  expect(findKnownBase("rocker/cuda:cuda13.0-py3.12")).toBeNull();
});
