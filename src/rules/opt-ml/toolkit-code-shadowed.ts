import { survivingPlaces } from "../../core/dockerfile/effects/surviving.ts";
import type { DockerfileModel, PlaceEffect } from "../../core/dockerfile/model.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { imageLaunch } from "../../core/entrypoint/launch-words.ts";
import { dockerfileToolkitLaunch, toolkitLaunch } from "../../core/entrypoint/toolkit-launch.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf, filesUnder } from "../../core/image/lookup.ts";
import type { FileEntry, ImageModel } from "../../core/image/model.ts";
import type { JobModel } from "../../core/job/model.ts";
import { has, placeOf, stringAt } from "../../core/job/request.ts";
import { isWithin } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";
import { toolkitIn } from "../../core/sagemaker.ts";
import { CODE_FOLDER, PROGRAM_VARIABLE, toolkitQueries, trainIsToolkit } from "../../core/toolkit.ts";

const SUBMITTED = ["HyperParameters", "sagemaker_submit_directory"] as const;

const HELP = `Leave ${CODE_FOLDER} empty in the image, so that each job brings its source; or keep the program in the image, set ENV ${PROGRAM_VARIABLE}, and submit none.`;

const launchNeeds = needsOf((image, files) => toolkitLaunch(imageLaunch(image.config), files));

/** TL203: the toolkit does not mix the image's code with the job's. */
export const toolkitCodeShadowed = defineRule({
  id: "TL203",
  name: "toolkit-code-shadowed",
  summary:
    "files in `/opt/ml/code`, because of which the training toolkit skips the source that a job submits",
  rationale: `A job that is made with an estimator's \`entry_point\` or \`source_dir\` submits its source, and the SageMaker
training toolkit unpacks it into \`/opt/ml/code\`. It does so only when that folder is empty. With any file in it, the
toolkit says \`Provided path: /opt/ml/code is not empty, abandoning unzipping sourcedir.tar.gz\` among its messages and runs
what is there: an old version of the script, or none.

Where the image sets \`SAGEMAKER_PROGRAM\`, its own code is meant to run, and only a request that submits source all the
same is reported.`,
  refs: [
    {
      title: "Submitted source is not used",
      url: "https://github.com/aws/sagemaker-training-toolkit/issues/222",
    },
    {
      title: "The same with a folder from the image",
      url: "https://github.com/aws/sagemaker-training-toolkit/issues/85",
    },
    {
      title: "The SageMaker training toolkit",
      url: "https://github.com/aws/sagemaker-training-toolkit",
    },
  ],
  severity: "warning",
  precision: "high",
  assumes: ["entrypoint", "train"],
  options: {},
  needs: {
    ...launchNeeds,
    queries: (config) => [
      ...(launchNeeds.queries?.(config) ?? []),
      ...toolkitQueries(config),
      { kind: "tree", path: CODE_FOLDER },
    ],
  },
  messages: {
    placed: ({ by, path }: { by: string; path: string }) => ({
      message: `${by} puts files into ${path}, and nothing sets ${PROGRAM_VARIABLE}: a job must then submit its source, which the training toolkit silently skips because ${CODE_FOLDER} is not empty.`,
      help: HELP,
    }),
    inImage: ({ count, example }: { count: number; example: string }) => ({
      message: `The image has ${count} ${count === 1 ? "file" : "files"} in ${CODE_FOLDER} (${example}), and nothing sets ${PROGRAM_VARIABLE}: a job must then submit its source, which the training toolkit silently skips because the folder is not empty.`,
      help: HELP,
    }),
    submitted: ({ uri }: { uri: string }) => ({
      message: `The request submits source (${uri}), and the image has files in ${CODE_FOLDER}: the training toolkit silently skips the submitted source and runs what the image has.`,
      help: HELP,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const places = codeOf(dockerfile);
      const first = places[0];
      if (first === undefined || !isBaseKnown(dockerfile) || dockerfile.config.env.has(PROGRAM_VARIABLE))
        return;
      yield {
        ...messages.placed({ by: first.by, path: first.path }),
        at: inText(dockerfile.path, first.range),
        evidence: { paths: places.map(({ path }) => path), ...sourceOf(dockerfile) },
      };
    },
    *image(image, { messages }) {
      const files = codeIn(image);
      const first = files[0];
      if (first === undefined || environmentOf(image.config).has(PROGRAM_VARIABLE)) return;
      yield {
        ...messages.inImage({ count: files.length, example: first.path }),
        at: {
          kind: "image-file",
          image: image.name,
          layer: first.layer,
          path: first.path,
          instruction: null,
        },
        evidence: { count: files.length, paths: files.slice(0, 20).map(({ path }) => path) },
      };
    },
    *"job+dockerfile"({ job, dockerfile }, { messages }) {
      const uri = submittedBy(job);
      if (uri === null || codeOf(dockerfile).length === 0) return;
      yield { ...messages.submitted({ uri }), at: placeOf(job, ...SUBMITTED) };
    },
    *"job+image"({ job, image }, { messages }) {
      const uri = submittedBy(job);
      if (uri === null || codeIn(image).length === 0) return;
      yield { ...messages.submitted({ uri }), at: placeOf(job, ...SUBMITTED) };
    },
  },
  examples: [
    {
      title: "The image's own program, named",
      dockerfile:
        "FROM python:3.12\nRUN pip install sagemaker-training\nCOPY train.py /opt/ml/code/train.py\nENV SAGEMAKER_PROGRAM=train.py\n",
    },
    {
      title: "An empty folder",
      dockerfile: "FROM python:3.12\nRUN pip install sagemaker-training && mkdir -p /opt/ml/code\n",
    },
    {
      title: "Without the toolkit nobody unpacks anything",
      dockerfile:
        'FROM python:3.12\nCOPY train.py /opt/ml/code/\nENTRYPOINT ["python", "/opt/ml/code/train.py"]\n',
    },
    {
      title: "A list of packages that stays behind in AWS's image",
      dockerfile:
        "FROM 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker\nCOPY requirements.txt /opt/ml/code/requirements.txt\nRUN pip install -r /opt/ml/code/requirements.txt\n",
      findings: [
        {
          messageId: "placed",
          severity: "warning",
          message:
            "COPY puts files into /opt/ml/code/requirements.txt, and nothing sets SAGEMAKER_PROGRAM: a job must then submit its source, which the training toolkit silently skips because /opt/ml/code is not empty.",
          at: "2:23-2:52",
        },
      ],
    },
    {
      title: "A request that submits source to an image with code",
      dockerfile:
        "FROM python:3.12\nRUN pip install sagemaker-training\nCOPY train.py /opt/ml/code/train.py\nENV SAGEMAKER_PROGRAM=train.py\n",
      job: '{ "HyperParameters": { "sagemaker_submit_directory": "s3://bucket/sourcedir.tar.gz" } }',
      findings: [
        {
          messageId: "submitted",
          message:
            "The request submits source (s3://bucket/sourcedir.tar.gz), and the image has files in /opt/ml/code: the training toolkit silently skips the submitted source and runs what the image has.",
          at: "1:54-1:84",
        },
      ],
    },
    {
      title: "A built image",
      image: composeImage({
        files: {
          "/usr/local/bin/train": "#!/usr/local/bin/python\nfrom sagemaker_training.cli.train import main\n",
          "/opt/ml/code/old.py": "",
        },
      }),
      findings: [
        {
          messageId: "inImage",
          message:
            "The image has 1 file in /opt/ml/code (/opt/ml/code/old.py), and nothing sets SAGEMAKER_PROGRAM: a job must then submit its source, which the training toolkit silently skips because the folder is not empty.",
          at: "/opt/ml/code/old.py",
        },
      ],
    },
  ],
});

/** What the build leaves in the toolkit's folder, where the toolkit is what starts. */
function codeOf(dockerfile: DockerfileModel): PlaceEffect[] {
  if (toolkitIn(dockerfile) !== "present" || dockerfileToolkitLaunch(dockerfile) !== "toolkit") return [];
  return survivingPlaces(dockerfile.effects).filter(({ path }) => isWithin(path, CODE_FOLDER));
}

function codeIn(image: ImageModel): FileEntry[] {
  if (!trainIsToolkit(image) || toolkitLaunch(imageLaunch(image.config), imageFiles(image)) === "own")
    return [];
  return filesUnder(image.files, CODE_FOLDER).filter(({ type }) => type !== "directory");
}

/** A base that is not known may set the variable. */
function isBaseKnown({ base }: DockerfileModel): boolean {
  return base.kind === "scratch" || (base.kind === "image" && base.known !== null);
}

function sourceOf({ base }: DockerfileModel): { source?: string; asOf?: string } {
  const known = base.kind === "image" ? base.known : null;
  return known === null ? {} : { source: known.source, asOf: known.asOf };
}

/** The SDK writes hyperparameters as JSON: `"s3://..."` with its quotes. */
function submittedBy(job: JobModel): string | null {
  if (has(job, "AlgorithmSpecification", "ContainerEntrypoint")) return null;
  const uri = stringAt(job, ...SUBMITTED)?.replace(/^"|"$/g, "") ?? "";
  return uri.startsWith("s3://") ? uri : null;
}
