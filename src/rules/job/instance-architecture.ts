import { composeImage } from "../../core/image/compose.ts";
import { architectureOf, instancesOf } from "../../core/job/instances.ts";
import { placeOf } from "../../core/job/request.ts";
import { builtPlatform } from "../../core/platform.ts";

import { defineRule } from "../../core/rule.ts";

export const instanceArchitecture = defineRule({
  id: "TL611",
  name: "instance-architecture",
  summary: "An image of another processor architecture than the instance type",
  rationale:
    "A container starts only on processors of its architecture. All instance types of SageMaker training are x86-64 but for ml.p6e-gb200, whose processor is Arm by its product name. An arm64 image, as a build on an Arm laptop makes it, fails with: exec format error.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  needs: { depth: "config" },
  messages: {
    image: ({ found, type, wanted }: { found: string; type: string; wanted: string }) => ({
      message: `The image is built for ${found}, and ${type} runs ${wanted}: the container does not start (exec format error).`,
      help: `Build it for the instance: docker build --platform linux/${wanted}.`,
    }),
    platform: ({ found, type, wanted }: { found: string; type: string; wanted: string }) => ({
      message: `The Dockerfile builds for linux/${found}, and ${type} runs ${wanted}: the container does not start (exec format error).`,
      help: `Build for linux/${wanted}.`,
    }),
  },
  check: {
    *"job+image"({ job, image }, { messages }) {
      for (const { type, path } of instancesOf(job)) {
        const wanted = architectureOf(type);
        const found = image.platform.architecture;
        if (wanted === null || found === "" || found === wanted) continue;
        // That the one Arm type takes no amd64 image rests on its product's name alone.
        const report = { ...messages.image({ found, type, wanted }), at: placeOf(job, ...path) };
        yield wanted === "arm64" ? { ...report, severity: "warning" } : report;
      }
    },
    *"job+dockerfile"({ job, dockerfile }, { messages }) {
      const [os, found = ""] = builtPlatform(dockerfile)?.platform.split("/") ?? [];
      if (os !== "linux" || found === "") return;
      for (const { type, path } of instancesOf(job)) {
        const wanted = architectureOf(type);
        if (wanted === null || wanted === found) continue;
        const report = { ...messages.platform({ found, type, wanted }), at: placeOf(job, ...path) };
        yield wanted === "arm64" ? { ...report, severity: "warning" } : report;
      }
    },
  },
  examples: [
    {
      title: "An amd64 image",
      image: composeImage({}),
      job: '{ "ResourceConfig": { "InstanceType": "ml.m5.xlarge" } }',
    },
    {
      title: "An arm64 image",
      image: composeImage({ architecture: "arm64" }),
      job: '{ "ResourceConfig": { "InstanceType": "ml.m5.xlarge" } }',
      findings: [
        {
          messageId: "image",
          message:
            "The image is built for arm64, and ml.m5.xlarge runs amd64: the container does not start (exec format error).",
          at: "1:39-1:53",
        },
      ],
    },
    {
      title: "An amd64 image on the Arm type",
      image: composeImage({}),
      job: '{ "ResourceConfig": { "InstanceType": "ml.p6e-gb200.36xlarge" } }',
      findings: [
        {
          messageId: "image",
          severity: "warning",
          message:
            "The image is built for amd64, and ml.p6e-gb200.36xlarge runs arm64: the container does not start (exec format error).",
          at: "1:39-1:62",
        },
      ],
    },
    {
      title: "A Dockerfile for Arm",
      dockerfile: 'FROM --platform=linux/arm64 python:3.12\nENTRYPOINT ["python"]\n',
      job: '{ "ResourceConfig": { "InstanceType": "ml.g5.xlarge" } }',
      findings: [
        {
          messageId: "platform",
          message:
            "The Dockerfile builds for linux/arm64, and ml.g5.xlarge runs amd64: the container does not start (exec format error).",
          at: "1:39-1:53",
        },
      ],
    },
  ],
});
