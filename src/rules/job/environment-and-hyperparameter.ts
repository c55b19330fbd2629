import { checkShapes, shorten, type Violation } from "../../core/job/check-shapes.ts";
import { isLimitedMap } from "../../core/job/limited-maps.ts";
import { spokenPointer } from "../../core/job/pointer.ts";
import { placeOfViolation } from "../../core/job/request.ts";
import { MODEL_NAME } from "../../core/job/shapes.ts";
import type { ComposedMessage, Composers } from "../../core/rule.ts";

import { defineRule } from "../../core/rule.ts";

const messages = {
  notString: ({ where, found }: { where: string; found: string }) => ({
    message: `${where} must be a string, and is ${found}: the AWS CLI and boto3 refuse the request.`,
    help: "Write a string; the container gets every value as a string.",
  }),
  name: ({ where, name }: { where: string; name: string }) => ({
    message: `${where} has the name "${shorten(name)}", which the API does not allow: CreateTrainingJob refuses the request.`,
    help: `Environment names are letters, digits and underscores, and don't begin with a digit (${MODEL_NAME}).`,
  }),
  length: (args: { where: string; length: number; what: string; max: number | null }) => ({
    message: `${args.where} has ${args.length} ${args.what}, and may have ${args.max}: CreateTrainingJob refuses the request.`,
    help: `The limit comes from ${MODEL_NAME}.`,
  }),
};

function compose(violation: Violation, say: Composers<typeof messages>): ComposedMessage | null {
  const where = spokenPointer(violation.pointer);
  if (violation.kind === "type") return say.notString({ where, found: violation.found });
  if (violation.kind === "pattern") {
    return say.name({ where: where.split(".")[0] ?? where, name: violation.value });
  }
  return violation.kind === "length" ? say.length({ ...violation, where }) : null;
}

export const environmentAndHyperparameter = defineRule({
  id: "TL614",
  name: "environment-and-hyperparameter",
  summary: "Hyperparameters and environment variables beyond the limits of the API, or not strings",
  rationale:
    "HyperParameters and Environment are maps of strings to strings. Numbers and booleans must be written as strings; at most 100 entries each; hyperparameters: names up to 256 and values up to 2500 characters; environment: names of letters, digits and underscores, values up to 512 characters.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages,
  check: {
    *job(job, { messages: say }) {
      for (const violation of checkShapes(job)) {
        if (!isLimitedMap(violation.pointer)) continue;
        const composed = compose(violation, say);
        if (composed === null) continue;
        yield { ...composed, at: placeOfViolation(job, violation), evidence: { model: MODEL_NAME } };
      }
    },
  },
  examples: [
    {
      title: "Strings",
      job: '{ "HyperParameters": { "epochs": "3" }, "Environment": { "LOG_LEVEL": "debug" } }',
    },
    {
      title: "A number, and a name with a hyphen",
      job: '{\n  "HyperParameters": { "epochs": 3 },\n  "Environment": { "LOG-LEVEL": "debug" }\n}\n',
      findings: [
        {
          messageId: "notString",
          message:
            "HyperParameters.epochs must be a string, and is the number 3: the AWS CLI and boto3 refuse the request.",
          at: "2:34-2:35",
        },
        {
          messageId: "name",
          message:
            'Environment has the name "LOG-LEVEL", which the API does not allow: CreateTrainingJob refuses the request.',
          at: "3:20-3:31",
        },
      ],
    },
    {
      title: "A value that is too long",
      job: '{ "Environment": { "A": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" } }',
      findings: [
        {
          messageId: "length",
          message:
            "Environment.A has 513 characters, and may have 512: CreateTrainingJob refuses the request.",
          at: "1:25-1:540",
        },
      ],
    },
  ],
});
