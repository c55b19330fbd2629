import { has, keyPlaceOf } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

export const readOnlyMember = defineRule({
  id: "TL618",
  name: "read-only-member",
  summary: "Members of ResourceConfig that only an answer has",
  rationale:
    "SelectedInstanceType and SelectedInstanceCount say in the answer of DescribeTrainingJob what SageMaker chose. The model has them in the same shape as the request; a request that holds them is refused.",
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
    readOnly: ({ member }: { member: string }) => ({
      message: `ResourceConfig.${member} is set by SageMaker in its answer: CreateTrainingJob refuses it in a request.`,
      help: `Remove ${member}.`,
    }),
  },
  check: {
    *job(job, { messages }) {
      for (const member of ["SelectedInstanceType", "SelectedInstanceCount"]) {
        if (!has(job, "ResourceConfig", member)) continue;
        yield { ...messages.readOnly({ member }), at: keyPlaceOf(job, "ResourceConfig", member) };
      }
    },
  },
  examples: [
    { title: "A request", job: '{ "ResourceConfig": { "InstanceType": "ml.m5.xlarge" } }' },
    {
      title: "Copied from an answer",
      job: '{ "ResourceConfig": { "SelectedInstanceType": "ml.m5.xlarge" } }',
      findings: [
        {
          messageId: "readOnly",
          message:
            "ResourceConfig.SelectedInstanceType is set by SageMaker in its answer: CreateTrainingJob refuses it in a request.",
          at: "1:23-1:45",
        },
      ],
    },
  ],
});
