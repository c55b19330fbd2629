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
  ])("%s", (reference, entrypoint) => {
    expect(findKnownBase(reference)?.config.Entrypoint).toEqual(entrypoint);
  });

  it("but not today's miniconda", () => {
    expect(findKnownBase("continuumio/miniconda3")?.config.Entrypoint).toBeNull();
  });
});

it("knows AWS's training images, and that those for EC2 share their repositories", () => {
  const repository = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training";
  expect(findKnownBase(`${repository}:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker`)).toMatchObject({
    toolkit: "present",
    train: "present",
  });
  expect(findKnownBase(`${repository}:2.3.0-gpu-py311-cu121-ubuntu20.04-ec2`)).toBeNull();
});

it("knows the variables of CUDA images, not their entrypoint", () => {
  const cuda = findKnownBase("nvidia/cuda:12.4.1-runtime-ubuntu22.04");
  expect(cuda?.config.Env).toMatchObject({ NVIDIA_VISIBLE_DEVICES: "all" });
  expect(cuda?.config).not.toHaveProperty("Entrypoint");
});
