import { survivingPlaces } from "../../core/dockerfile/effects/surviving.ts";
import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { dockerfileRunPaths, imageRunPaths, type RunPath } from "../../core/entrypoint/run-paths.ts";
import { inText, type Location, type Related } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import type { ImageModel } from "../../core/image/model.ts";
import { isWithin } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";
import { MOUNTED_FOLDERS, OPT_ML, toolkitIn } from "../../core/sagemaker.ts";
import { CODE_FOLDER, toolkitQueries, trainIsToolkit } from "../../core/toolkit.ts";

const HELP =
  "Put the program somewhere else, such as /opt/program, and let the ENTRYPOINT (or PATH) lead there.";

const programNeeds = needsOf((image, files) => imageRunPaths(image.config, files));

/** TL202: what must run at `train` must be there at `train`. */
export const programInOptMl = defineRule({
  id: "TL202",
  name: "program-in-opt-ml",
  summary:
    "a program or script under `/opt/ml`, where SageMaker's mounts may hide it, that must run at the start",
  rationale: `SageMaker reserves \`/opt/ml\` and fills it when the job starts. A program that the image keeps there may not be
there when the container starts: \`no such file or directory\`, after the queue and the image pull. Under \`input\`,
\`model\`, \`output\` and \`checkpoints\` it is certainly hidden; elsewhere it may be.

The program is followed from the ENTRYPOINT through wrappers, shells and scripts, as far as the Dockerfile, the build
context or the image shows them. \`/opt/ml/code\` is the folder that the SageMaker training toolkit uses: with the toolkit
it is only mentioned. A script of an input channel (\`/opt/ml/input/data/...\`) that the image does not have is right.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "Adapting your own training container",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/adapt-training-container.html",
    },
  ],
  severity: "warning",
  precision: "high",
  assumes: ["entrypoint", "train"],
  options: {},
  needs: {
    ...programNeeds,
    queries: (config) => [...(programNeeds.queries?.(config) ?? []), ...toolkitQueries(config)],
  },
  messages: {
    hidden: ({ path, folder }: { path: string; folder: string }) => ({
      message: `The program ${path} lies in ${folder}, which SageMaker fills or mounts when the job starts: it is hidden then, and the container fails because the file is not found.`,
      help: HELP,
    }),
    reserved: ({ path }: { path: string }) => ({
      message: `The program ${path} lies under /opt/ml, which SageMaker reserves: it may be hidden during training, and the container then fails because the file is not found.`,
      help: HELP,
    }),
    withToolkit: ({ path }: { path: string }) => ({
      message: `The program ${path} lies in the folder of the SageMaker training toolkit, but is started without it: AWS documents this folder for the toolkit's own start only.`,
      help: `Set ENV SAGEMAKER_PROGRAM and leave the ENTRYPOINT to the toolkit, or put the program somewhere else, such as /opt/program.`,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const toolkit = toolkitIn(dockerfile) === "present";
      for (const run of distinct(dockerfileRunPaths(dockerfile))) {
        const folder = mountedFolder(run.path);
        if (folder !== null && !isPlaced(dockerfile, run)) continue;
        const where = placeIn(dockerfile, run);
        const evidence = { path: run.path };
        if (folder !== null)
          yield { ...messages.hidden({ path: run.path, folder }), ...where, severity: "error", evidence };
        else if (toolkit && isWithin(run.path, CODE_FOLDER))
          yield { ...messages.withToolkit({ path: run.path }), ...where, severity: "info", evidence };
        else yield { ...messages.reserved({ path: run.path }), ...where, evidence };
      }
    },
    *image(image, { messages }) {
      for (const run of distinct(imageRunPaths(image.config, imageFiles(image)))) {
        if (run.file === null) continue;
        const folder = mountedFolder(run.path);
        const at = placeOf(image, run);
        const evidence = { path: run.path };
        if (folder !== null)
          yield { ...messages.hidden({ path: run.path, folder }), at, severity: "error", evidence };
        else if (isWithin(run.path, CODE_FOLDER) && trainIsToolkit(image))
          yield { ...messages.withToolkit({ path: run.path }), at, severity: "info", evidence };
        else yield { ...messages.reserved({ path: run.path }), at, evidence };
      }
    },
  },
  examples: [
    {
      title: "A folder of one's own",
      dockerfile:
        'FROM python:3.12\nCOPY train.py /opt/program/\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "The toolkit's way",
      dockerfile:
        "FROM python:3.12\nRUN pip install sagemaker-training\nCOPY train.py /opt/ml/code/train.py\nENV SAGEMAKER_PROGRAM=train.py\n",
    },
    {
      title: "A script that comes through an input channel",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/ml/input/data/code/train.py"]\n',
    },
    {
      title: "A program in the model folder",
      dockerfile:
        'FROM python:3.12\nCOPY train.py /opt/ml/model/\nENTRYPOINT ["python", "-u", "/opt/ml/model/train.py"]\n',
      findings: [
        {
          messageId: "hidden",
          severity: "error",
          message:
            "The program /opt/ml/model/train.py lies in /opt/ml/model, which SageMaker fills or mounts when the job starts: it is hidden then, and the container fails because the file is not found.",
          at: "3:29-3:53",
        },
      ],
    },
    {
      title: "A relative path, as seen from the working folder",
      dockerfile: 'FROM python:3.12\nWORKDIR /opt/ml/code\nCOPY . .\nENTRYPOINT ["python", "train.py"]\n',
      findings: [
        {
          messageId: "reserved",
          severity: "warning",
          message:
            "The program /opt/ml/code/train.py lies under /opt/ml, which SageMaker reserves: it may be hidden during training, and the container then fails because the file is not found.",
          at: "4:23-4:33",
        },
      ],
    },
    {
      title: "A script elsewhere that runs it",
      dockerfile:
        'FROM python:3.12\nCOPY run.sh /run.sh\nCOPY train.py /opt/ml/code/\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": '#!/bin/bash\nset -e\nexec python /opt/ml/code/train.py "$@"\n', "train.py": "" },
      findings: [
        {
          messageId: "reserved",
          message:
            "The program /opt/ml/code/train.py lies under /opt/ml, which SageMaker reserves: it may be hidden during training, and the container then fails because the file is not found.",
          at: "4:21-4:30",
        },
      ],
    },
    {
      title: "A folder of /opt/ml on PATH",
      dockerfile:
        'FROM python:3.12\nENV PATH="/opt/ml/code:${PATH}"\nCOPY --chmod=755 train /opt/ml/code/train\n',
      files: { train: "#!/usr/bin/env python3\n" },
      findings: [
        {
          messageId: "reserved",
          message:
            "The program /opt/ml/code/train lies under /opt/ml, which SageMaker reserves: it may be hidden during training, and the container then fails because the file is not found.",
          at: "1:1-1:17",
        },
      ],
    },
    {
      title: "The toolkit's folder without the toolkit's start",
      dockerfile:
        'FROM python:3.12\nRUN pip install sagemaker-training\nCOPY train.py /opt/ml/code/train.py\nENTRYPOINT ["python", "/opt/ml/code/train.py"]\n',
      findings: [
        {
          messageId: "withToolkit",
          severity: "info",
          message:
            "The program /opt/ml/code/train.py lies in the folder of the SageMaker training toolkit, but is started without it: AWS documents this folder for the toolkit's own start only.",
          at: "4:23-4:46",
        },
      ],
    },
    {
      title: "A built image",
      image: composeImage({
        config: { Entrypoint: ["Rscript", "/opt/ml/mars.R"] },
        files: { "/opt/ml/mars.R": "print(1)\n", "/usr/bin/Rscript": {} },
      }),
      findings: [
        {
          messageId: "reserved",
          message:
            "The program /opt/ml/mars.R lies under /opt/ml, which SageMaker reserves: it may be hidden during training, and the container then fails because the file is not found.",
          at: "/opt/ml/mars.R",
        },
      ],
    },
  ],
});

/** Those under /opt/ml, each path once. */
function distinct(runs: readonly RunPath[]): RunPath[] {
  const byPath = new Map<string, RunPath>();
  for (const run of runs) if (isWithin(run.path, OPT_ML) && !byPath.has(run.path)) byPath.set(run.path, run);
  return [...byPath.values()];
}

function mountedFolder(path: string): string | null {
  return (
    MOUNTED_FOLDERS.map((folder) => `${OPT_ML}/${folder}`).find((folder) => isWithin(path, folder)) ?? null
  );
}

/** Whether the build puts the program there; what it does not may come with the job. */
function isPlaced(dockerfile: DockerfileModel, { path, file }: RunPath): boolean {
  if (file !== null) return true;
  return survivingPlaces(dockerfile.effects).some(
    (place) => place.path === path || (place.extent !== "file" && isWithin(path, place.path)),
  );
}

function placeIn(dockerfile: DockerfileModel, run: RunPath): { at: Location; related?: Related[] } {
  const { entrypoint } = dockerfile.config;
  const range = run.entry ?? (entrypoint.instruction ?? dockerfile.target.from).range;
  const at = inText(dockerfile.path, range);
  if (run.named === null || run.named.script.origin.kind === "image") return { at };
  const { script, range: named } = run.named;
  const path = script.origin.kind === "context" ? script.origin.path : dockerfile.path;
  return { at, related: [{ location: inText(path, named), message: "here it is started" }] };
}

function placeOf(image: ImageModel, { file, path }: RunPath): Location {
  const layer = file?.origin.kind === "image" ? file.origin.entry.layer : null;
  return { kind: "image-file", image: image.name, layer, path, instruction: null };
}
