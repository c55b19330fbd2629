import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { type MissingFile, missingFile } from "../../core/entrypoint/image-missing.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { type Misplaced, misplaced } from "../../core/entrypoint/misplaced.ts";
import { inText, type Severity } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { parentOf } from "../../core/paths.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

const messages = {
  missing: ({ word, places, said }: { word: string; places: string; said: string }) => ({
    message: `The ENTRYPOINT starts ${word}, which the image does not have (looked for: ${places}): the container does not start: ${said}.`,
    help: "Put the program there, or write in the ENTRYPOINT where it is.",
  }),
  scriptMissing: ({ word, by, places }: { word: string; by: string; places: string }) => ({
    message: `The ENTRYPOINT gives ${by} the file ${word}, which the image does not have (looked for: ${places}): the job fails at once.`,
    help: "Put the file there, or write its whole path in the ENTRYPOINT.",
  }),
  folder: ({ word, path }: { word: string; path: string }) => ({
    message: `The ENTRYPOINT names ${word}, and ${path} is a folder: the container does not start.`,
    help: "Name the file in it. COPY of a file to the path of an existing folder puts the file into the folder.",
  }),
  variable: ({ word }: { word: string }) => ({
    message: `The ENTRYPOINT names "${word}" in exec form, in which nobody expands variables: a file of just that name is looked for, and the job fails at once.`,
    help: "Write the path out, or start a script that uses the variable and ends in exec.",
  }),
  otherPlace: ({ word, path, placed }: { word: string; path: string; placed: string }) => ({
    message: `The ENTRYPOINT names ${word}, which is looked for at ${path}, and the file is at ${placed}: the job fails at once.`,
    help: `Write ${placed} in the ENTRYPOINT. SageMaker does not change the WORKDIR of the image.`,
  }),
  notOnPath: ({ word, placed }: { word: string; placed: string }) => ({
    message: `The ENTRYPOINT names ${word} without a folder, so it is looked for in PATH alone, and ${placed} is not in a folder of PATH: the container does not start: exec: "${word}": executable file not found in $PATH.`,
    help: `Write ${placed} in the ENTRYPOINT, or add ENV PATH="${parentOf(placed)}:$PATH".`,
  }),
  notInstalled: ({ base }: { base: string }) => ({
    message: `The ENTRYPOINT starts python, and nothing in this file brings a program of that name to ${base}, where the package python3 brings only python3: the container does not start: exec: "python": executable file not found in $PATH.`,
    help: "Start python3, or install the package python-is-python3.",
  }),
};

/** TL111: what the ENTRYPOINT names must be where it is looked for. */
export const entrypointProgramMissing = defineRule({
  id: "TL111",
  name: "entrypoint-program-missing",
  summary: "an ENTRYPOINT that names a program or a script which is not where it is looked for",
  rationale: `A program with a slash in its name is looked for as seen from WORKDIR, one without in the folders of PATH, never
in WORKDIR; an interpreter looks for its script as seen from WORKDIR. SageMaker changes neither. When the file is not there,
the job fails after the queue and the image pull: \`exec: "run.sh": executable file not found in $PATH\`,
\`stat /run.sh: no such file or directory\`, or \`python: can't open file '/train.py'\` with exit code 2. Exec form does not
expand variables: \`["python", "$SCRIPT"]\` looks for a file that is called \`$SCRIPT\`.

On a built image this is certain. On a Dockerfile it is reported where the base image is known, everything that the file runs
can be seen into, and a file of that name is placed somewhere else. What lies under \`/opt/ml\` may come with the job and is
not missed.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "Dockerfile reference: exec form and variables",
      url: "https://docs.docker.com/reference/dockerfile/#exec-form",
    },
  ],
  severity: "error",
  precision: "very-high",
  assumes: ["entrypoint"],
  options: {},
  needs: needsOf((image, files) => missingFile(image, files)),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const found = misplaced(dockerfile);
      if (found === null) return;
      const { instruction } = dockerfile.config.entrypoint;
      const range = found.named.word.range ?? (instruction ?? dockerfile.target.from).range;
      const base = dockerfile.base.kind === "image" ? dockerfile.base.reference : "scratch";
      // A package may depend on one that brings python.
      const severity: Severity = found.kind === "not-installed" ? "warning" : "error";
      const evidence = { word: found.named.value };
      yield { ...planned(found, base, messages), at: inText(dockerfile.path, range), severity, evidence };
    },
    *image(image, { messages }) {
      const found = missingFile(image, imageFiles(image));
      if (found === null) return;
      const at = { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" } as const;
      yield { ...inImage(found, messages), at, evidence: { word: found.named.value, places: found.places } };
    },
  },
  examples: [
    {
      title: "A relative program that is in WORKDIR",
      dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY run.sh .\nENTRYPOINT ["./run.sh"]\n',
    },
    {
      title: "A folder of the build context may bring it",
      dockerfile:
        'FROM python:3.12\nCOPY run.sh /run.sh\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["./run.sh"]\n',
    },
    {
      title: "Files under /opt/ml come with the job",
      image: composeImage({ config: { Entrypoint: ["/opt/ml/code/run"] } }),
    },
    {
      title: "A relative program beside WORKDIR",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nWORKDIR /app\nENTRYPOINT ["./run.sh"]\n',
      findings: [
        {
          messageId: "otherPlace",
          severity: "error",
          message:
            "The ENTRYPOINT names ./run.sh, which is looked for at /app/run.sh, and the file is at /run.sh: the job fails at once.",
          at: "4:13-4:23",
        },
      ],
    },
    {
      title: "A script that Python looks for in WORKDIR",
      dockerfile: 'FROM python:3.12\nCOPY . /opt/program\nENTRYPOINT ["python", "train.py"]\n',
      files: { "train.py": "print(1)\n" },
      findings: [
        {
          messageId: "otherPlace",
          message:
            "The ENTRYPOINT names train.py, which is looked for at /train.py, and the file is at /opt/program/train.py: the job fails at once.",
          at: "3:23-3:33",
        },
      ],
    },
    {
      title: "A name without a folder is looked for in PATH alone",
      dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY run.sh .\nENTRYPOINT ["run.sh"]\n',
      findings: [
        {
          messageId: "notOnPath",
          message:
            'The ENTRYPOINT names run.sh without a folder, so it is looked for in PATH alone, and /app/run.sh is not in a folder of PATH: the container does not start: exec: "run.sh": executable file not found in $PATH.',
          at: "4:13-4:21",
        },
      ],
    },
    {
      title: "A variable in exec form",
      dockerfile: 'FROM python:3.12\nENV APP=/opt/program\nENTRYPOINT ["python", "${APP}/train.py"]\n',
      findings: [
        {
          messageId: "variable",
          message:
            'The ENTRYPOINT names "${APP}/train.py" in exec form, in which nobody expands variables: a file of just that name is looked for, and the job fails at once.',
          at: "3:23-3:40",
        },
      ],
    },
    {
      title: "python, where only python3 is installed",
      dockerfile:
        'FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3 python3-pip\nENTRYPOINT ["python", "/opt/train.py"]\n',
      findings: [
        {
          messageId: "notInstalled",
          severity: "warning",
          message:
            'The ENTRYPOINT starts python, and nothing in this file brings a program of that name to ubuntu:22.04, where the package python3 brings only python3: the container does not start: exec: "python": executable file not found in $PATH.',
          at: "3:13-3:21",
        },
      ],
    },
    {
      title: "An image without the program",
      image: composeImage({ config: { Entrypoint: ["python"], Env: ["PATH=/usr/bin:/bin"] } }),
      findings: [
        {
          messageId: "missing",
          message:
            'The ENTRYPOINT starts python, which the image does not have (looked for: /usr/bin/python, /bin/python): the container does not start: exec: "python": executable file not found in $PATH.',
          at: "/config/Entrypoint",
        },
      ],
    },
    {
      title: "An image without the script",
      image: composeImage({
        config: { Entrypoint: ["python", "train.py"], WorkingDir: "/app" },
        files: { "/usr/bin/python": {} },
      }),
      findings: [
        {
          messageId: "scriptMissing",
          message:
            "The ENTRYPOINT gives python the file train.py, which the image does not have (looked for: /app/train.py): the job fails at once.",
          at: "/config/Entrypoint",
        },
      ],
    },
    {
      title: "An image in which the program is a folder",
      image: composeImage({
        config: { Entrypoint: ["/run"] },
        files: { "/run": { type: "directory" }, "/run/run": "#!/bin/sh\n" },
      }),
      findings: [
        {
          messageId: "folder",
          message: "The ENTRYPOINT names /run, and /run is a folder: the container does not start.",
          at: "/config/Entrypoint",
        },
      ],
    },
  ],
});

function planned(found: Misplaced, base: string, compose: Composers<typeof messages>) {
  const word = found.named.value;
  switch (found.kind) {
    case "variable":
      return compose.variable({ word });
    case "other-place":
      return compose.otherPlace({ word, path: found.path, placed: found.placed });
    case "not-on-path":
      return compose.notOnPath({ word, placed: found.placed });
    case "not-installed":
      return compose.notInstalled({ base });
  }
}

function inImage({ kind, named, places }: MissingFile, compose: Composers<typeof messages>) {
  const { value: word, as, by } = named;
  const shown = places.join(", ");
  if (kind === "folder") return compose.folder({ word, path: shown });
  if (as === "script") return compose.scriptMissing({ word, by, places: shown });
  const said = word.includes("/")
    ? "no such file or directory"
    : `exec: "${word}": executable file not found in $PATH`;
  return compose.missing({ word, places: shown, said });
}
