import { composeImage } from "../../core/image/compose.ts";
import type { JobModel } from "../../core/job/model.ts";
import { keyPlaceOf, lacks, wordsAt } from "../../core/job/request.ts";

import { defineRule } from "../../core/rule.ts";

/** The first argument where the request gives arguments and no entrypoint. */
function argumentsAlone(job: JobModel): string | null {
  if (!lacks(job, "AlgorithmSpecification", "ContainerEntrypoint")) return null;
  return wordsAt(job, "AlgorithmSpecification", "ContainerArguments")?.[0] ?? null;
}

export const argumentsNeedEntrypoint = defineRule({
  id: "TL621",
  name: "arguments-need-entrypoint",
  summary: "ContainerArguments alone, with an image that has no ENTRYPOINT",
  rationale:
    "With ContainerArguments alone, SageMaker assumes that the image has an ENTRYPOINT that takes them. In an image without one, the first argument is started as a program.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "error",
  precision: "high",
  options: {},
  needs: { depth: "config" },
  messages: {
    none: ({ first }: { first: string }) => ({
      message: `The request gives ContainerArguments alone, and the image has no ENTRYPOINT that takes them: "${first}" would be started as a program.`,
      help: "Add ContainerEntrypoint to the request, or an ENTRYPOINT to the image.",
    }),
  },
  check: {
    *"job+image"({ job, image }, { messages }) {
      const first = argumentsAlone(job);
      if (first === null || (image.config.Entrypoint ?? []).length > 0) return;
      yield {
        ...messages.none({ first }),
        at: keyPlaceOf(job, "AlgorithmSpecification", "ContainerArguments"),
      };
    },
    *"job+dockerfile"({ job, dockerfile }, { messages }) {
      const first = argumentsAlone(job);
      const { entrypoint } = dockerfile.config;
      if (first === null) return;
      if (!entrypoint.known)
        yield { skip: `whether the image has an ENTRYPOINT is not known: ${entrypoint.why}` };
      else if (entrypoint.value === null) {
        yield {
          ...messages.none({ first }),
          at: keyPlaceOf(job, "AlgorithmSpecification", "ContainerArguments"),
        };
      }
    },
  },
  examples: [
    {
      title: "The image has an ENTRYPOINT",
      image: composeImage({ config: { Entrypoint: ["python", "/app/train.py"] } }),
      job: '{ "AlgorithmSpecification": { "ContainerArguments": ["--epochs", "3"] } }',
    },
    {
      title: "The image has none",
      image: composeImage({}),
      job: '{ "AlgorithmSpecification": { "ContainerArguments": ["--epochs", "3"] } }',
      findings: [
        {
          messageId: "none",
          message:
            'The request gives ContainerArguments alone, and the image has no ENTRYPOINT that takes them: "--epochs" would be started as a program.',
          at: "1:31-1:51",
        },
      ],
    },
    {
      title: "The Dockerfile has none",
      dockerfile: 'FROM python:3.12\nCMD ["python"]\n',
      job: '{ "AlgorithmSpecification": { "ContainerArguments": ["--epochs", "3"] } }',
      findings: [
        {
          messageId: "none",
          message:
            'The request gives ContainerArguments alone, and the image has no ENTRYPOINT that takes them: "--epochs" would be started as a program.',
          at: "1:31-1:51",
        },
      ],
    },
  ],
});
