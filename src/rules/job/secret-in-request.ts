import type { JobModel } from "../../core/job/model.ts";
import { keyPlaceOf, listAt, stringAt, valueAt } from "../../core/job/request.ts";
import { isObject } from "../../core/json.ts";
import { defineRule } from "../../core/rule.ts";
import { secretIn } from "../../core/secrets/recognize.ts";

interface Value {
  readonly where: string;
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** The values that the API keeps as they are and shows to whoever may describe the job. */
function* valuesOf(job: JobModel): Generator<Value> {
  for (const map of ["Environment", "HyperParameters"]) {
    const entries = valueAt(job, map);
    if (!isObject(entries)) continue;
    for (const name of Object.keys(entries)) yield { where: `${map}.${name}`, name, path: [map, name] };
  }
  for (const index of listAt(job, "Tags").keys()) {
    const name = stringAt(job, "Tags", index, "Key") ?? "";
    yield { where: `Tags[${index}]`, name, path: ["Tags", index, "Value"] };
  }
}

export const secretInRequest = defineRule({
  id: "TL627",
  name: "secret-in-request",
  summary: "A password, token or key in plain text in the request",
  rationale:
    "Environment, HyperParameters and Tags are no place for secrets, says the API reference: SageMaker keeps them as they are, shows them in the console and to everyone who may call DescribeTrainingJob, and writes hyperparameters to a file in the container.",
  refs: [
    {
      title: "API reference: CreateTrainingJob",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "warning",
  precision: "medium",
  options: {},
  messages: {
    plain: ({ where, what }: { where: string; what: string }) => ({
      message: `${where} holds ${what} in plain text: everyone who may describe the training job can read it.`,
      help: "Keep it in AWS Secrets Manager, pass its name, and let the program read it with the job's role. Replace the secret if the file was shared.",
    }),
  },
  check: {
    *job(job, { messages }) {
      for (const { where, name, path } of valuesOf(job)) {
        const value = stringAt(job, ...path);
        const what = value === null ? null : secretIn(name, value);
        if (what !== null) yield { ...messages.plain({ where, what }), at: keyPlaceOf(job, ...path) };
      }
    },
  },
  examples: [
    {
      title: "Names of secrets, and tokens of another kind",
      job: '{ "Environment": { "HF_TOKEN_SECRET": "training/hf", "WANDB_API_KEY": "<your-api-key>" }, "HyperParameters": { "pad_token": "<|endoftext|>", "max_token": "2048" } }',
    },
    {
      title: "A token",
      job: '{ "Environment": { "WANDB_API_KEY": "0123456789abcdef0123456789abcdef01234567" } }',
      findings: [
        {
          messageId: "plain",
          message:
            "Environment.WANDB_API_KEY holds a secret key in plain text: everyone who may describe the training job can read it.",
          at: "1:20-1:35",
        },
      ],
    },
  ],
});
