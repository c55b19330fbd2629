import { spokenPointer } from "../../core/job/pointer.ts";
import { textPlace } from "../../core/job/request.ts";

import { defineRule } from "../../core/rule.ts";

export const unfilledPlaceholder = defineRule({
  id: "TL617",
  name: "unfilled-placeholder",
  summary: "Values that are still to be filled in",
  rationale:
    "Examples and templates mark what the reader must fill in, such as <your-role-arn>. No other rule judges such a value; this one lists them, once for the request.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "warning",
  precision: "high",
  options: {},
  messages: {
    unfilled: ({ list, count }: { list: string; count: number }) => ({
      message: `${count === 1 ? "A value is" : `${count} values are`} still to be filled in: ${list}.`,
      help: "Fill them in before you send the request; trainlint judges them then.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const all = [...job.placeholders, ...job.leftOut];
      const [first] = all;
      if (first === undefined) return;
      const shown = all.slice(0, 20).map(({ pointer, text }) => `${text} (${spokenPointer(pointer)})`);
      if (all.length > shown.length) shown.push("and more");
      const at = textPlace(first.range, first.pointer);
      const evidence = { placeholders: all.map(({ pointer, text }) => ({ pointer, text })) };
      yield {
        ...messages.unfilled({ list: shown.join(", "), count: all.length }),
        at,
        evidence,
      };
    },
  },
  examples: [
    { title: "Everything is filled in", job: '{ "TrainingJobName": "demo" }' },
    {
      title: "Two placeholders",
      job: '{\n  "TrainingJobName": "<your-training-job-name>",\n  "RoleArn": "arn:aws:iam::<account>:role/Train"\n}\n',
      findings: [
        {
          messageId: "unfilled",
          message:
            "2 values are still to be filled in: <your-training-job-name> (TrainingJobName), <account> (RoleArn).",
          at: "2:22-2:48",
        },
      ],
    },
  ],
});
