import { has, isOpen, keyPlaceOf, lacks } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

const IMAGE = ["AlgorithmSpecification", "TrainingImage"] as const;
const ALGORITHM = ["AlgorithmSpecification", "AlgorithmName"] as const;

export const imageOrAlgorithm = defineRule({
  id: "TL609",
  name: "image-or-algorithm",
  summary: "Neither or both of TrainingImage and AlgorithmName",
  rationale:
    "A job that runs a container names it by exactly one of TrainingImage and AlgorithmName; the service refuses both and neither.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    neither: (_: object) => ({
      message:
        "AlgorithmSpecification names neither a TrainingImage nor an AlgorithmName: CreateTrainingJob refuses the request.",
      help: "Add TrainingImage with the path of your image in Amazon ECR.",
    }),
    both: (_: object) => ({
      message:
        "AlgorithmSpecification names both a TrainingImage and an AlgorithmName: CreateTrainingJob refuses the request.",
      help: "Keep TrainingImage for your own container, AlgorithmName for an algorithm resource.",
    }),
  },
  check: {
    *job(job, { messages }) {
      if (!has(job, "AlgorithmSpecification") || isOpen(job, "AlgorithmSpecification")) return;
      if (has(job, "ServerlessJobConfig")) return;
      const open = isOpen(job, ...IMAGE) || isOpen(job, ...ALGORITHM);
      if (has(job, ...IMAGE) && has(job, ...ALGORITHM)) {
        if (open) return;
        yield { ...messages.both({}), at: keyPlaceOf(job, ...ALGORITHM) };
      } else if (lacks(job, ...IMAGE) && lacks(job, ...ALGORITHM)) {
        yield { ...messages.neither({}), at: keyPlaceOf(job, "AlgorithmSpecification") };
      }
    },
  },
  examples: [
    {
      title: "An image",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File", "TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1" }\n}\n',
    },
    {
      title: "Neither",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File" }\n}\n',
      findings: [
        {
          messageId: "neither",
          message:
            "AlgorithmSpecification names neither a TrainingImage nor an AlgorithmName: CreateTrainingJob refuses the request.",
          at: "2:3-2:27",
        },
      ],
    },
    {
      title: "Both",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File", "TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1", "AlgorithmName": "demo" }\n}\n',
      findings: [
        {
          messageId: "both",
          message:
            "AlgorithmSpecification names both a TrainingImage and an AlgorithmName: CreateTrainingJob refuses the request.",
          at: "2:132-2:147",
        },
      ],
    },
  ],
});
