import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { imageLaunch } from "../../core/entrypoint/launch-words.ts";
import { dockerfileRunPaths, imageRunPaths, type RunPath } from "../../core/entrypoint/run-paths.ts";
import { dockerfileToolkitLaunch, toolkitLaunch } from "../../core/entrypoint/toolkit-launch.ts";
import { inText, type Location, type Related } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf } from "../../core/image/lookup.ts";
import { defineRule } from "../../core/rule.ts";
import { type Range, rangeAt } from "../../core/text.ts";

const HELP =
  'Read the paths of the contract instead, such as os.environ.get("SM_MODEL_DIR", "/opt/ml/model") and /opt/ml/input/data/CHANNEL; or start the program through the toolkit: pip install sagemaker-training, ENV SAGEMAKER_PROGRAM, and no ENTRYPOINT.';

const needs = needsOf((image, files) => imageRunPaths(image.config, files));

/** TL206: SM_ variables are the toolkit's, not the service's. */
export const toolkitVariables = defineRule({
  id: "TL206",
  name: "toolkit-variables",
  summary:
    "a program that demands `SM_*` variables, which only the training toolkit sets, started without it",
  rationale: `\`SM_MODEL_DIR\`, \`SM_CHANNEL_TRAINING\`, \`SM_HPS\`, \`SM_HOSTS\` and their kin are set by the SageMaker training
toolkit, not by the service. A script that was written for AWS's framework images and is started by an ENTRYPOINT of one's
own sees none of them: \`KeyError: 'SM_MODEL_DIR'\` in the first second of the job.

Only what fails is reported: \`os.environ["SM_..."]\` in a program that the container certainly starts without the
toolkit. A default, as in \`os.environ.get("SM_...", ...)\`, is right.`,
  refs: [
    {
      title: "A container of one's own sees no SM_ variables",
      url: "https://github.com/aws/amazon-sagemaker-examples/issues/522",
    },
    {
      title: "The variables of the SageMaker training toolkit",
      url: "https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md",
    },
  ],
  severity: "warning",
  precision: "high",
  assumes: ["entrypoint", "train"],
  options: {},
  needs,
  messages: {
    demanded: ({ path, name }: { path: string; name: string }) => ({
      message: `${path} reads os.environ["${name}"], which only the SageMaker training toolkit sets, and is started without it: the program ends with KeyError: '${name}'.`,
      help: HELP,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      if (dockerfileToolkitLaunch(dockerfile) !== "own") return;
      for (const run of dockerfileRunPaths(dockerfile)) {
        const demand = demandIn(run, (name) => dockerfile.config.env.has(name));
        if (demand === null) continue;
        yield {
          ...messages.demanded({ path: run.path, name: demand.name }),
          ...placeIn(dockerfile, run, demand.range),
          evidence: { variable: demand.name },
        };
        return;
      }
    },
    *image(image, { messages }) {
      const files = imageFiles(image);
      if (toolkitLaunch(imageLaunch(image.config), files) !== "own") return;
      const env = environmentOf(image.config);
      for (const run of imageRunPaths(image.config, files)) {
        const demand = demandIn(run, (name) => env.has(name));
        if (demand === null) continue;
        const layer = run.file?.origin.kind === "image" ? run.file.origin.entry.layer : null;
        yield {
          ...messages.demanded({ path: run.path, name: demand.name }),
          at: { kind: "image-file", image: image.name, layer, path: run.path, instruction: null },
          evidence: { variable: demand.name, line: demand.range.start.line },
        };
        return;
      }
    },
  },
  examples: [
    {
      title: "With a default, or through the toolkit",
      dockerfile:
        'FROM python:3.12\nCOPY train.py /opt/program/\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      files: {
        "train.py":
          'import os\nmodel = os.environ.get("SM_MODEL_DIR", "/opt/ml/model")\nos.environ["SM_HOSTS"] = "[]"\n',
      },
    },
    {
      title: "The image sets the variable itself",
      dockerfile:
        'FROM python:3.12\nENV SM_MODEL_DIR=/opt/ml/model\nCOPY train.py /opt/program/\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      files: { "train.py": 'import os\nprint(os.environ["SM_MODEL_DIR"])\n' },
    },
    {
      title: "A script for AWS's framework images, with an ENTRYPOINT of one's own",
      dockerfile:
        'FROM python:3.12\nCOPY train.py /opt/program/\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
      files: {
        "train.py":
          "import argparse, os\nparser = argparse.ArgumentParser()\nparser.add_argument('--model-dir', default=os.environ['SM_MODEL_DIR'])\n",
      },
      findings: [
        {
          messageId: "demanded",
          severity: "warning",
          message:
            "/opt/program/train.py reads os.environ[\"SM_MODEL_DIR\"], which only the SageMaker training toolkit sets, and is started without it: the program ends with KeyError: 'SM_MODEL_DIR'.",
          at: "3:23-3:46",
        },
      ],
    },
    {
      title: "A built image",
      image: composeImage({
        config: { Entrypoint: ["python3", "/opt/program/train.py"] },
        files: { "/opt/program/train.py": 'import os\ndata = os.environ["SM_CHANNEL_TRAINING"]\n' },
      }),
      findings: [
        {
          messageId: "demanded",
          message:
            "/opt/program/train.py reads os.environ[\"SM_CHANNEL_TRAINING\"], which only the SageMaker training toolkit sets, and is started without it: the program ends with KeyError: 'SM_CHANNEL_TRAINING'.",
          at: "/opt/program/train.py",
        },
      ],
    },
  ],
});

/** `os.environ["SM_X"]` where it is read: not assigned, and not in a comment. */
const DEMAND = /^[^#\n]*?\bos\.environ\[\s*["'](SM_[A-Z][A-Z0-9_]*)["']\s*\](?!\s*=(?!=))/gm;

/** The first variable that a Python program demands and nobody sets. */
function demandIn(run: RunPath, isSet: (name: string) => boolean): { name: string; range: Range } | null {
  const text = run.file?.text ?? null;
  if (text === null || !run.path.endsWith(".py")) return null;
  for (const match of text.text.matchAll(DEMAND)) {
    const name = match[1] ?? "";
    if (isSet(name) || isGuarded(text.text, name)) continue;
    const start = match.index + match[0].indexOf("os.environ[");
    return { name, range: rangeAt(text, start, match.index + match[0].length) };
  }
  return null;
}

/** A program that asks first, sets it, or expects the error: nobody can tell without running it. */
function isGuarded(text: string, name: string): boolean {
  return (
    new RegExp(`["']${name}["']\\s+(?:not\\s+)?in\\s+os\\.environ`).test(text) ||
    new RegExp(`os\\.environ\\[\\s*["']${name}["']\\s*\\]\\s*=(?!=)`).test(text) ||
    new RegExp(`setdefault\\(\\s*["']${name}["']`).test(text) ||
    /except\s+(?:\(?\s*[\w, ]*)?(?:KeyError|Exception)/.test(text)
  );
}

function placeIn(
  dockerfile: DockerfileModel,
  run: RunPath,
  range: Range,
): { at: Location; related?: Related[] } {
  const { file } = run;
  if (file?.origin.kind === "dockerfile") return { at: inText(dockerfile.path, range) };
  const entry = run.entry ?? (dockerfile.config.entrypoint.instruction ?? dockerfile.target.from).range;
  const at = inText(dockerfile.path, entry);
  if (file?.origin.kind !== "context") return { at };
  return { at, related: [{ location: inText(file.origin.path, range), message: "here it is read" }] };
}
