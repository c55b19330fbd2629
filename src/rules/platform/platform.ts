import type { DockerfileModel, Instruction } from "../../core/dockerfile/model.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { architectureOf, instancesOf } from "../../core/job/instances.ts";
import type { JobModel } from "../../core/job/model.ts";
import {
  type BuiltPlatform,
  builtPlatform,
  normalPlatform,
  TRAINING_PLATFORMS,
} from "../../core/platform.ts";
import { defineRule } from "../../core/rule.ts";

const HELP =
  "Build for linux/amd64: docker build --platform linux/amd64, without another platform in FROM. If the jobs run on ml.p6e-gb200 only, add linux/arm64 to this rule's option platforms.";

/** TL401: an image runs on instances of its own platform only. */
export const platform = defineRule({
  id: "TL401",
  name: "platform",
  summary: "an image for an operating system or processor that no instance type of SageMaker training has",
  rationale: `The instance types of SageMaker training run Linux on x86-64 (\`linux/amd64\`); there is none with Graviton,
and only \`ml.p6e-gb200\` is Arm, by the name of its processor. An image for another platform does not start there:
\`exec format error\`. It is what a build on an Apple or Graviton machine makes unless it is told otherwise.

What counts in a Dockerfile is the image that the target stage stands on: \`FROM --platform=...\`, with ARG defaults such
as \`TARGETARCH\` expanded, and names such as \`arm64v8/python\`. \`$BUILDPLATFORM\` and \`$TARGETPLATFORM\` are not known
unless \`--platform\` is given. Stages that are only copied from may have any platform.`,
  refs: [
    {
      title: "CreateTrainingJob, ResourceConfig: the instance types",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html",
    },
    {
      title: "Dockerfile reference: FROM and platforms",
      url: "https://docs.docker.com/reference/dockerfile/#from",
    },
    {
      title: "exec format error, as users see it",
      url: "https://github.com/aws/deep-learning-containers/issues/1157",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {
    platforms: {
      type: "string-list",
      default: TRAINING_PLATFORMS,
      description: "The platforms of the instances that the jobs run on, as os/architecture.",
    },
  },
  needs: { depth: "config" },
  messages: {
    asked: ({ platform, how }: { platform: string; how: string }) => ({
      message: `The image is built for ${platform} (${how}), which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).`,
      help: HELP,
    }),
    tag: ({ platform, reference }: { platform: string; reference: string }) => ({
      message: `The base image ${reference} is for ${platform}, by its tag, which no instance type of SageMaker training but ml.p6e-gb200 runs: the container would not start (exec format error).`,
      help: HELP,
    }),
    windows: ({ reference }: { reference: string }) => ({
      message: `The base image ${reference} is for Windows: SageMaker training runs Linux containers only.`,
      help: "Build on a Linux image.",
    }),
    argument: ({ name, value }: { name: string; value: string }) => ({
      message: `ARG ${name} has the default ${value}, which the builder uses instead of the platform that it builds for: what this stage fetches or builds by it does not run on the instances of SageMaker training.`,
      help: `Write ARG ${name} without a default; the builder sets it.`,
    }),
    image: ({ platform }: { platform: string }) => ({
      message: `The image is for ${platform}, which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).`,
      help: HELP,
    }),
    imageSystem: ({ os }: { os: string }) => ({
      message: `The image is for ${os}: SageMaker training runs Linux containers only.`,
      help: "Build on a Linux image.",
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages, options, alongside }) {
      if (hasInstances(alongside.job)) {
        yield { skip: "the request names its instance types, and TL611 compares the platform with them" };
        return;
      }
      const built = builtPlatform(dockerfile);
      if (built !== null && !isAllowed(built.platform, options.platforms)) {
        const reference = dockerfile.base.kind === "image" ? dockerfile.base.reference : "scratch";
        const at = inText(dockerfile.path, built.range);
        const evidence = { platform: built.platform };
        if (built.source === "windows") yield { ...messages.windows({ reference }), at, evidence };
        else if (built.source === "tag")
          yield {
            ...messages.tag({ platform: built.platform, reference }),
            at,
            severity: "warning",
            evidence,
          };
        else
          yield {
            ...messages.asked({ platform: built.platform, how: wordsFor(built, reference) }),
            at,
            evidence,
          };
      }
      for (const { name, value, instruction } of platformArguments(dockerfile)) {
        const found = normalPlatform(value);
        if (found === null || isAllowed(found, options.platforms)) continue;
        yield {
          ...messages.argument({ name, value }),
          at: inText(dockerfile.path, instruction.range),
          severity: "warning",
          evidence: { platform: found },
        };
      }
    },
    *image(image, { messages, options, alongside }) {
      if (hasInstances(alongside.job)) {
        yield { skip: "the request names its instance types, and TL611 compares the platform with them" };
        return;
      }
      const { os, architecture } = image.platform;
      const found = `${os === "" ? "linux" : os}/${architecture}`;
      if (architecture === "" || isAllowed(found, options.platforms)) return;
      const evidence = { platform: found };
      const at = (pointer: string) => ({ kind: "image-config" as const, image: image.name, pointer });
      if (os !== "linux" && os !== "") yield { ...messages.imageSystem({ os }), at: at("/os"), evidence };
      else yield { ...messages.image({ platform: found }), at: at("/architecture"), evidence };
    },
  },
  examples: [
    {
      title: "The platform that SageMaker runs",
      dockerfile: 'FROM --platform=linux/amd64 python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "A build stage on the builder's own machine, which is only copied from",
      dockerfile:
        "FROM --platform=$BUILDPLATFORM golang:1.22 AS build\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /train .\nFROM debian:12\nCOPY --from=build /train /usr/local/bin/train\n",
    },
    {
      title: "A stage takes the platform of the stage that it is built on",
      dockerfile:
        'FROM python:3.12 AS base\nFROM --platform=linux/arm64 base\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "An Arm platform",
      dockerfile: 'FROM --platform=linux/arm64 python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      findings: [
        {
          messageId: "asked",
          severity: "error",
          message:
            "The image is built for linux/arm64 (--platform in FROM), which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).",
          at: "1:6-1:28",
        },
      ],
    },
    {
      title: "An Arm platform in the parent stage, through the default of an argument",
      dockerfile:
        "ARG TARGETARCH=arm64\nFROM --platform=linux/${TARGETARCH} python:3.12 AS base\nFROM base\nCOPY train /usr/local/bin/train\n",
      findings: [
        {
          messageId: "asked",
          message:
            "The image is built for linux/arm64 (--platform in FROM), which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).",
          at: "2:6-2:36",
        },
      ],
    },
    {
      title: "The platform that the build is asked for",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      buildPlatform: "linux/arm64/v8",
      findings: [
        {
          messageId: "asked",
          message:
            "The image is built for linux/arm64 (--platform of the build), which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).",
          at: "1:1-1:17",
        },
      ],
    },
    {
      title: "A repository and a tag for Arm",
      dockerfile: 'FROM arm64v8/python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      findings: [
        {
          messageId: "asked",
          message:
            "The image is built for linux/arm64 (arm64v8/python:3.12 holds nothing else), which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).",
          at: "1:1-1:25",
        },
      ],
    },
    {
      title: "A tag that says Arm",
      dockerfile:
        'FROM registry.example.com/base:1.0-arm64\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      findings: [
        {
          messageId: "tag",
          severity: "warning",
          message:
            "The base image registry.example.com/base:1.0-arm64 is for linux/arm64, by its tag, which no instance type of SageMaker training but ml.p6e-gb200 runs: the container would not start (exec format error).",
          at: "1:1-1:41",
        },
      ],
    },
    {
      title: "Windows",
      dockerfile:
        'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nENTRYPOINT ["python", "C:/train.py"]\n',
      findings: [
        {
          messageId: "windows",
          message:
            "The base image mcr.microsoft.com/windows/servercore:ltsc2022 is for Windows: SageMaker training runs Linux containers only.",
          at: "1:1-1:51",
        },
      ],
    },
    {
      title: "A default that wins over the builder's own value",
      dockerfile:
        'FROM python:3.12\nARG TARGETARCH=arm64\nRUN curl -LO https://example.com/tool-$TARGETARCH\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      findings: [
        {
          messageId: "argument",
          severity: "warning",
          message:
            "ARG TARGETARCH has the default arm64, which the builder uses instead of the platform that it builds for: what this stage fetches or builds by it does not run on the instances of SageMaker training.",
          at: "2:1-2:21",
        },
      ],
    },
    {
      title: "A request names an Arm instance: TL611 judges",
      dockerfile: "FROM --platform=linux/arm64 python:3.12\n",
      job: '{ "ResourceConfig": { "InstanceType": "ml.p6e-gb200.36xlarge" } }',
    },
    {
      title: "An arm64 image",
      image: composeImage({ architecture: "arm64" }),
      findings: [
        {
          messageId: "image",
          message:
            "The image is for linux/arm64, which no instance type of SageMaker training but ml.p6e-gb200 runs: the container does not start (exec format error).",
          at: "/architecture",
        },
      ],
    },
    {
      title: "A Windows image",
      image: { ...composeImage({}), platform: { os: "windows", architecture: "amd64", variant: null } },
      findings: [
        {
          messageId: "imageSystem",
          message: "The image is for windows: SageMaker training runs Linux containers only.",
          at: "/os",
        },
      ],
    },
  ],
});

function isAllowed(found: string, platforms: readonly string[]): boolean {
  return platforms.some((allowed) => normalPlatform(allowed) === found);
}

function hasInstances(job: JobModel | undefined): boolean {
  return job !== undefined && instancesOf(job).some(({ type }) => architectureOf(type) !== null);
}

function wordsFor({ source }: BuiltPlatform, reference: string): string {
  if (source === "flag") return "--platform in FROM";
  return source === "build" ? "--platform of the build" : `${reference} holds nothing else`;
}

/** ARG TARGETARCH and TARGETPLATFORM with a default in the stages that the image is built from. */
function platformArguments(
  dockerfile: DockerfileModel,
): { name: string; value: string; instruction: Instruction }[] {
  return dockerfile.steps.flatMap((step) =>
    ["TARGETARCH", "TARGETPLATFORM"].flatMap((name) => {
      const value = step.args.get(name);
      if (value?.known !== true || value.instruction === null) return [];
      const { instruction } = value;
      const isFirst =
        dockerfile.steps.find((other) => other.args.get(name)?.instruction === instruction) === step;
      const isOwn = dockerfile.steps.some((other) => other.instruction === instruction);
      return isFirst && isOwn ? [{ name, value: value.value, instruction }] : [];
    }),
  );
}
