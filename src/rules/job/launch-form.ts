import { has, keyPlaceOf, lacks, wordsAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

const ENTRYPOINT = ["AlgorithmSpecification", "ContainerEntrypoint"] as const;
const ARGUMENTS = ["AlgorithmSpecification", "ContainerArguments"] as const;

function line(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

export const launchForm = defineRule({
  id: "TL605",
  name: "launch-form",
  summary: "Says in one line what the request makes SageMaker run; warns where `train` is dropped",
  rationale:
    "ContainerEntrypoint and ContainerArguments replace the image's ENTRYPOINT and CMD as `docker run` does. Without either, SageMaker starts the image's ENTRYPOINT with the one argument `train`. With ContainerEntrypoint alone, no argument is passed at all: neither `train` nor the image's CMD. With ContainerArguments alone, the image's ENTRYPOINT gets them instead of `train`, so the image must have one.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "info",
  precision: "very-high",
  options: {},
  messages: {
    image: (_: object) => ({
      message:
        "SageMaker will run the image's ENTRYPOINT with the one argument train; the image's CMD is dropped.",
      help: "Nothing to change; to run something else, give ContainerEntrypoint and ContainerArguments.",
    }),
    entrypointOnly: ({ words }: { words: readonly string[] }) => ({
      message: `SageMaker will run ${line(words)} with no arguments: ContainerEntrypoint alone drops the argument train and the image's CMD.`,
      help: 'If the program expects train or a script, give it in ContainerArguments, such as "ContainerArguments": ["train"].',
    }),
    argumentsOnly: ({ words }: { words: readonly string[] }) => ({
      message: `SageMaker will run the image's ENTRYPOINT with ${line(words)}, instead of train; the image must have an ENTRYPOINT.`,
      help: "Nothing to change when the image has an ENTRYPOINT; otherwise add ContainerEntrypoint.",
    }),
    both: ({ words }: { words: readonly string[] }) => ({
      message: `SageMaker will run ${line(words)}; the image's ENTRYPOINT and CMD are not used.`,
      help: "Nothing to change.",
    }),
  },
  check: {
    *job(job, { messages }) {
      if (!has(job, "AlgorithmSpecification")) return;
      const entrypoint = wordsAt(job, ...ENTRYPOINT);
      const args = wordsAt(job, ...ARGUMENTS);
      const notKnown =
        (entrypoint === null && !lacks(job, ...ENTRYPOINT)) || (args === null && !lacks(job, ...ARGUMENTS));
      if (notKnown) {
        yield {
          skip: "ContainerEntrypoint or ContainerArguments is not a list of strings, or not known here",
        };
      } else if (entrypoint !== null && args !== null) {
        yield { ...messages.both({ words: [...entrypoint, ...args] }), at: keyPlaceOf(job, ...ENTRYPOINT) };
      } else if (entrypoint !== null) {
        const at = keyPlaceOf(job, ...ENTRYPOINT);
        yield { ...messages.entrypointOnly({ words: entrypoint }), at, severity: "warning" };
      } else if (args !== null) {
        yield { ...messages.argumentsOnly({ words: args }), at: keyPlaceOf(job, ...ARGUMENTS) };
      } else yield { ...messages.image({}), at: keyPlaceOf(job, "AlgorithmSpecification") };
    },
  },
  examples: [
    {
      title: "A serverless job runs no container",
      job: '{ "TrainingJobName": "demo", "ServerlessJobConfig": {} }',
    },
    {
      title: "Neither: the image decides",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File" }\n}\n',
      findings: [
        {
          messageId: "image",
          message:
            "SageMaker will run the image's ENTRYPOINT with the one argument train; the image's CMD is dropped.",
          at: "2:3-2:27",
        },
      ],
    },
    {
      title: "An entrypoint alone gets no arguments",
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["/opt/program/run.sh"]\n  }\n}\n',
      findings: [
        {
          messageId: "entrypointOnly",
          severity: "warning",
          message:
            "SageMaker will run /opt/program/run.sh with no arguments: ContainerEntrypoint alone drops the argument train and the image's CMD.",
          at: "3:5-3:26",
        },
      ],
    },
    {
      title: "Arguments alone go to the image's ENTRYPOINT",
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerArguments": ["--epochs", "3"]\n  }\n}\n',
      findings: [
        {
          messageId: "argumentsOnly",
          message:
            "SageMaker will run the image's ENTRYPOINT with --epochs 3, instead of train; the image must have an ENTRYPOINT.",
          at: "3:5-3:25",
        },
      ],
    },
    {
      title: "Both",
      job: '{\n  "AlgorithmSpecification": {\n    "ContainerEntrypoint": ["python"],\n    "ContainerArguments": ["/app/train.py"]\n  }\n}\n',
      findings: [
        {
          messageId: "both",
          message: "SageMaker will run python /app/train.py; the image's ENTRYPOINT and CMD are not used.",
          at: "3:5-3:26",
        },
      ],
    },
  ],
});
