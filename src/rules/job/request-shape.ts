import { checkShapes, shorten, type Violation } from "../../core/job/check-shapes.ts";
import { isLimitedMap } from "../../core/job/limited-maps.ts";
import { parentPointer, spokenPointer } from "../../core/job/pointer.ts";
import { placeOfViolation } from "../../core/job/request.ts";
import { MODEL_NAME } from "../../core/job/shapes.ts";
import { type ComposedMessage, type Composers, defineRule } from "../../core/rule.ts";

const ROLE = '"RoleArn": "arn:aws:iam::123456789012:role/Train",';

const VALID = `{
  "TrainingJobName": "demo-1",
  ${ROLE}
  "AlgorithmSpecification": {
    "TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo:1",
    "TrainingInputMode": "File"
  },
  "OutputDataConfig": { "S3OutputPath": "s3://demo-bucket/out" },
  "ResourceConfig": { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30 },
  "StoppingCondition": { "MaxRuntimeInSeconds": 3600 }
}
`;

/** Members of DescribeTrainingJob's answer, which people copy into requests. */
const ANSWER_ONLY = new Set(
  "TrainingJobArn TuningJobArn LabelingJobArn AutoMLJobArn ModelArtifacts TrainingJobStatus SecondaryStatus FailureReason CreationTime TrainingStartTime TrainingEndTime LastModifiedTime SecondaryStatusTransitions FinalMetricDataList TrainingTimeInSeconds BillableTimeInSeconds DebugRuleEvaluationStatuses ProfilerRuleEvaluationStatuses ProfilingStatus WarmPoolStatus".split(
    " ",
  ),
);

/** "at least 1", "at most 63", "from 1 to 63". */
function bounds({ min, max }: { min: number | null; max: number | null }): string {
  if (min === null) return `at most ${max}`;
  if (max === null) return `at least ${min}`;
  return min === max ? `exactly ${min}` : `from ${min} to ${max}`;
}

/** The allowed values, or how many there are. */
function choices(allowed: readonly string[]): string {
  return allowed.length > 12 ? `one of the ${allowed.length} names of the model` : allowed.join(", ");
}

const messages = {
  missing: ({ member, where }: { member: string; where: string }) => ({
    message: `${where} has no ${member}: CreateTrainingJob refuses the request.`,
    help: `Add ${member}.`,
  }),
  unknownMember: ({
    member,
    where,
    suggestion,
  }: {
    member: string;
    where: string;
    suggestion: string | null;
  }) => ({
    message: `${where} has no member called "${shorten(member)}": the AWS CLI and boto3 refuse the request.`,
    help: ANSWER_ONLY.has(member)
      ? "It belongs to the answer of DescribeTrainingJob; remove it."
      : suggestion === null
        ? "Remove it, or check its name."
        : `Write ${suggestion}.`,
  }),
  wrongType: ({ where, expected, found }: { where: string; expected: string; found: string }) => ({
    message: `${where} must be ${expected}, and is ${found}: the AWS CLI and boto3 refuse the request.`,
    help: `Write ${expected}.`,
  }),
  notAllowed: (args: {
    where: string;
    value: string;
    suggestion: string | null;
    allowed: readonly string[];
  }) => ({
    message: `${args.where} can't be "${shorten(args.value)}": CreateTrainingJob refuses the request.`,
    help: `${args.suggestion === null ? "" : `Did you mean ${args.suggestion}? `}Allowed: ${choices(args.allowed)} (${MODEL_NAME}).`,
  }),
  pattern: ({ where, value, pattern }: { where: string; value: string; pattern: string }) => ({
    message: `${where} "${shorten(value)}" does not have the form that the API asks for: CreateTrainingJob refuses the request.`,
    help: `The whole of it must match ${pattern} (${MODEL_NAME}).`,
  }),
  outOfRange: ({ where, value, allowed }: { where: string; value: number; allowed: string }) => ({
    message: `${where} is ${value}, and must be ${allowed}: CreateTrainingJob refuses the request.`,
    help: `Choose a number ${allowed} (${MODEL_NAME}).`,
  }),
  length: (args: { where: string; length: number; what: string; allowed: string }) => ({
    message: `${args.where} has ${args.length} ${args.what}, and must have ${args.allowed}: CreateTrainingJob refuses the request.`,
    help: `The limit comes from ${MODEL_NAME}.`,
  }),
};

function compose(violation: Violation, say: Composers<typeof messages>): ComposedMessage {
  const where = spokenPointer(violation.pointer);
  const around = spokenPointer(parentPointer(violation.pointer));
  switch (violation.kind) {
    case "missing":
      return say.missing({ where: capital(where), member: violation.member });
    case "unknown-member":
      return say.unknownMember({ ...violation, where: capital(around) });
    case "type":
      return say.wrongType({ ...violation, where });
    case "enum":
      return say.notAllowed({ ...violation, where });
    case "pattern":
      return say.pattern({ ...violation, where });
    case "range":
      return say.outOfRange({ where, value: violation.value, allowed: bounds(violation) });
    case "length":
      return say.length({
        where,
        length: violation.length,
        what: violation.what,
        allowed: bounds(violation),
      });
  }
}

function capital(text: string): string {
  return text === "the request" ? "The request" : text;
}

export const requestShape = defineRule({
  id: "TL601",
  name: "request-shape",
  summary: "A member of the request that the CreateTrainingJob API does not have, lacks, or limits otherwise",
  rationale: `The AWS CLI and boto3 check only names, types and minima before they send a request; maxima, patterns and allowed values are checked by the service, after everything else is in place. This rule checks all of them offline, against the API's model as ${MODEL_NAME} has it.\n\nAlgorithmSpecification, ResourceConfig and StoppingCondition are optional in the model since serverless jobs exist, and are still needed by a job that runs a container.`,
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
    *job(job, { messages }) {
      for (const violation of checkShapes(job)) {
        if (isLimitedMap(violation.pointer)) continue;
        yield {
          ...compose(violation, messages),
          at: placeOfViolation(job, violation),
          evidence: { model: MODEL_NAME },
        };
      }
    },
  },
  examples: [
    { title: "Every member as the API has it", job: VALID },
    {
      title: "A member that is not there",
      job: VALID.replace(`  ${ROLE}\n`, ""),
      findings: [
        {
          messageId: "missing",
          message: "The request has no RoleArn: CreateTrainingJob refuses the request.",
          at: "1:1-10:2",
        },
      ],
    },
    {
      title: "A member under another name",
      job: VALID.replace('"RoleArn"', '"RoleARN"'),
      findings: [
        {
          messageId: "unknownMember",
          message: 'The request has no member called "RoleARN": the AWS CLI and boto3 refuse the request.',
          at: "3:3-3:12",
        },
      ],
    },
    {
      title: "A number in quotes, and a number that is too small",
      job: VALID.replace('"InstanceCount": 1', '"InstanceCount": "1"').replace("3600", "0"),
      findings: [
        {
          messageId: "wrongType",
          message:
            'ResourceConfig.InstanceCount must be a whole number, and is the string "1": the AWS CLI and boto3 refuse the request.',
          at: "9:72-9:75",
        },
        {
          messageId: "outOfRange",
          message:
            "StoppingCondition.MaxRuntimeInSeconds is 0, and must be at least 1: CreateTrainingJob refuses the request.",
          at: "10:49-10:50",
        },
      ],
    },
    {
      title: "A value that the API does not know, and a name with an underscore",
      job: VALID.replace('"File"', '"file"').replace("demo-1", "demo_1"),
      findings: [
        {
          messageId: "pattern",
          message:
            'TrainingJobName "demo_1" does not have the form that the API asks for: CreateTrainingJob refuses the request.',
          at: "2:22-2:30",
        },
        {
          messageId: "notAllowed",
          message: `AlgorithmSpecification.TrainingInputMode can't be "file": CreateTrainingJob refuses the request.`,
          at: "6:26-6:32",
        },
      ],
    },
    {
      title: "An empty list of arguments",
      job: VALID.replace('"File"', '"File", "ContainerArguments": []'),
      findings: [
        {
          messageId: "length",
          message:
            "AlgorithmSpecification.ContainerArguments has 0 items, and must have from 1 to 100: CreateTrainingJob refuses the request.",
          at: "6:56-6:58",
        },
      ],
    },
  ],
});
