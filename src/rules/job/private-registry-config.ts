import { keyPlaceOf, lacks, placeOf, stringAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

/** A repository of Amazon ECR: account, Region and the domain of any partition. */
const ECR = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+\//;

export const privateRegistryConfig = defineRule({
  id: "TL610",
  name: "private-registry-config",
  summary: "An image outside of Amazon ECR without the settings that a private registry needs",
  rationale:
    'SageMaker pulls training images from Amazon ECR. From another registry it pulls only through your VPC: TrainingImageConfig with TrainingRepositoryAccessMode Vpc, and VpcConfig. The service says: "TrainingImageConfig with TrainingRepositoryAccessMode set to VPC must be provided when using a training image from a private Docker registry", or that a valid Amazon Elastic Container Registry path must be given.',
  refs: [
    {
      title: "Use a private Docker registry for training, Amazon SageMaker developer guide",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own-private-registry.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    notEcr: ({ image }: { image: string }) => ({
      message: `${image} is not in Amazon ECR, and TrainingImageConfig is missing: CreateTrainingJob refuses the request.`,
      help: "Push the image to Amazon ECR in the job's Region, or add TrainingImageConfig with TrainingRepositoryAccessMode Vpc, and VpcConfig.",
    }),
    platform: ({ image, mode }: { image: string; mode: string }) => ({
      message: `${image} is not in Amazon ECR, and TrainingRepositoryAccessMode is ${mode}: SageMaker pulls from another registry through your VPC only.`,
      help: 'Write "TrainingRepositoryAccessMode": "Vpc", and add VpcConfig.',
    }),
    noVpc: (_: object) => ({
      message:
        "TrainingRepositoryAccessMode is Vpc, and the request has no VpcConfig: SageMaker has no way to reach the registry.",
      help: "Add VpcConfig with the subnets and security groups that reach the registry.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const image = stringAt(job, "AlgorithmSpecification", "TrainingImage");
      if (image === null || image === "" || ECR.test(image)) return;
      const config = ["AlgorithmSpecification", "TrainingImageConfig"] as const;
      const mode = stringAt(job, ...config, "TrainingRepositoryAccessMode");
      if (lacks(job, ...config)) {
        yield { ...messages.notEcr({ image }), at: placeOf(job, "AlgorithmSpecification", "TrainingImage") };
      } else if (mode !== null && mode !== "Vpc") {
        yield {
          ...messages.platform({ image, mode }),
          at: placeOf(job, ...config, "TrainingRepositoryAccessMode"),
        };
      } else if (mode === "Vpc" && lacks(job, "VpcConfig")) {
        yield { ...messages.noVpc({}), at: keyPlaceOf(job, ...config) };
      }
    },
  },
  examples: [
    {
      title: "An image in Amazon ECR",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1"\n  }\n}\n',
    },
    {
      title: "A private registry through the VPC",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingImage": "registry.example.com/demo:1",\n    "TrainingImageConfig": { "TrainingRepositoryAccessMode": "Vpc" }\n  },\n  "VpcConfig": { "SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"] }\n}\n',
    },
    {
      title: "A public image",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingImage": "pytorch/pytorch:latest"\n  }\n}\n',
      findings: [
        {
          messageId: "notEcr",
          message:
            "pytorch/pytorch:latest is not in Amazon ECR, and TrainingImageConfig is missing: CreateTrainingJob refuses the request.",
          at: "3:22-3:46",
        },
      ],
    },
    {
      title: "The wrong access mode",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingImage": "registry.example.com/demo:1",\n    "TrainingImageConfig": { "TrainingRepositoryAccessMode": "Platform" }\n  }\n}\n',
      findings: [
        {
          messageId: "platform",
          message:
            "registry.example.com/demo:1 is not in Amazon ECR, and TrainingRepositoryAccessMode is Platform: SageMaker pulls from another registry through your VPC only.",
          at: "4:62-4:72",
        },
      ],
    },
    {
      title: "No VpcConfig",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingImage": "registry.example.com/demo:1",\n    "TrainingImageConfig": { "TrainingRepositoryAccessMode": "Vpc" }\n  }\n}\n',
      findings: [
        {
          messageId: "noVpc",
          message:
            "TrainingRepositoryAccessMode is Vpc, and the request has no VpcConfig: SageMaker has no way to reach the registry.",
          at: "4:5-4:26",
        },
      ],
    },
  ],
});
