import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { imageLaunch } from "../../core/entrypoint/launch-words.ts";
import { dockerfileToolkitLaunch, toolkitLaunch } from "../../core/entrypoint/toolkit-launch.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf } from "../../core/image/lookup.ts";
import type { JobModel } from "../../core/job/model.ts";
import { has, isOpen, keyPlaceOf, placeOf } from "../../core/job/request.ts";
import { TRAINING_MODULE } from "../../core/role/sign.ts";
import { defineRule } from "../../core/rule.ts";
import { toolkitIn } from "../../core/sagemaker.ts";
import { PROGRAM_VARIABLE, toolkitQueries, trainIsToolkit } from "../../core/toolkit.ts";

const HYPERPARAMETER = PROGRAM_VARIABLE.toLowerCase();

/** TL205: the toolkit must be told what to run. */
export const toolkitProgramMissing = defineRule({
  id: "TL205",
  name: "toolkit-program-missing",
  summary: "an image that starts the training toolkit, and a request that does not tell it what to run",
  rationale: `The SageMaker training toolkit runs the program that the hyperparameter \`sagemaker_program\` or the variable
\`SAGEMAKER_PROGRAM\` names. An estimator of the SageMaker SDK writes the hyperparameter for its \`entry_point\`; a request
that is written by hand often has neither. The toolkit then ends with exit code 1: \`The training entry point name is
empty\`, or in older versions \`'NoneType' object has no attribute 'endswith'\`.

AWS's own framework images decide by themselves (XGBoost can train without a program), and are not judged.`,
  refs: [
    {
      title: "The SageMaker training toolkit",
      url: "https://github.com/aws/sagemaker-training-toolkit",
    },
    { title: "The error as users see it", url: "https://github.com/NVIDIA-Merlin/Merlin/issues/1023" },
  ],
  severity: "error",
  precision: "high",
  assumes: ["entrypoint"],
  options: {},
  needs: { depth: "files", queries: toolkitQueries },
  messages: {
    missing: (_: object) => ({
      message: `The image starts the SageMaker training toolkit, and neither the image nor the request names a program for it: the toolkit ends at once with exit code 1 (the training entry point name is empty).`,
      help: `Set ENV ${PROGRAM_VARIABLE} in the image, or add the hyperparameter ${HYPERPARAMETER} to the request.`,
    }),
  },
  check: {
    *"job+dockerfile"({ job, dockerfile }, { messages }) {
      const { base, config } = dockerfile;
      const known = base.kind === "image" ? base.known : null;
      if (base.kind !== "scratch" && known?.kind !== "plain") return;
      if (toolkitIn(dockerfile) !== "present" || dockerfileToolkitLaunch(dockerfile) !== "toolkit") return;
      if (config.env.has(PROGRAM_VARIABLE) || config.env.has(TRAINING_MODULE) || mayName(job)) return;
      yield { ...messages.missing({}), at: placeIn(job) };
    },
    *"job+image"({ job, image }, { messages }) {
      const env = environmentOf(image.config);
      if (!trainIsToolkit(image) || toolkitLaunch(imageLaunch(image.config), imageFiles(image)) !== "toolkit")
        return;
      if (env.has(PROGRAM_VARIABLE) || env.has(TRAINING_MODULE) || mayName(job)) return;
      yield { ...messages.missing({}), at: placeIn(job) };
    },
  },
  examples: [
    {
      title: "The request names it",
      dockerfile: "FROM python:3.12\nRUN pip install sagemaker-training\n",
      job: '{ "HyperParameters": { "sagemaker_program": "train.py" } }',
    },
    {
      title: "The image names it",
      dockerfile: "FROM python:3.12\nRUN pip install sagemaker-training\nENV SAGEMAKER_PROGRAM=train.py\n",
      job: '{ "HyperParameters": { "epochs": "3" } }',
    },
    {
      title: "Nobody names it",
      dockerfile: "FROM python:3.12\nRUN pip install sagemaker-training\nCOPY train.py /opt/ml/code/\n",
      job: '{ "HyperParameters": { "epochs": "3" } }',
      findings: [
        {
          messageId: "missing",
          severity: "error",
          message:
            "The image starts the SageMaker training toolkit, and neither the image nor the request names a program for it: the toolkit ends at once with exit code 1 (the training entry point name is empty).",
          at: "1:22-1:39",
        },
      ],
    },
    {
      title: "A built image, and a request without hyperparameters",
      image: composeImage({
        files: {
          "/usr/local/bin/train": "#!/usr/local/bin/python\nfrom sagemaker_training.cli.train import main\n",
        },
      }),
      job: '{ "TrainingJobName": "a" }',
      findings: [
        {
          messageId: "missing",
          message:
            "The image starts the SageMaker training toolkit, and neither the image nor the request names a program for it: the toolkit ends at once with exit code 1 (the training entry point name is empty).",
          at: "1:1-1:27",
        },
      ],
    },
  ],
});

/** Whether the request names a program, starts another one, or could for all that is known here. */
function mayName(job: JobModel): boolean {
  const algorithm = ["ContainerEntrypoint", "ContainerArguments", "AlgorithmName"];
  return (
    has(job, "HyperParameters", HYPERPARAMETER) ||
    has(job, "Environment", PROGRAM_VARIABLE) ||
    isOpen(job, "HyperParameters") ||
    isOpen(job, "Environment") ||
    algorithm.some((name) => has(job, "AlgorithmSpecification", name))
  );
}

function placeIn(job: JobModel) {
  return has(job, "HyperParameters") ? placeOf(job, "HyperParameters") : keyPlaceOf(job);
}
