import type { DockerfileModel } from "../../core/dockerfile/model.ts";
import { type BufferedPython, bufferedPython } from "../../core/entrypoint/buffered-python.ts";
import { dockerfileFiles } from "../../core/entrypoint/dockerfile-files.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { imageLaunch, wholeLaunch } from "../../core/entrypoint/launch-words.ts";
import { placeInDockerfile, placeInImage } from "../../core/entrypoint/places.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf } from "../../core/image/lookup.ts";
import type { ImageConfig } from "../../core/image/model.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

const VARIABLE = "PYTHONUNBUFFERED";

const messages = {
  buffered: ({ where }: { where: string }) => ({
    message: `${where} starts Python without -u, and ${VARIABLE} is not set: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.`,
    help: `Add ENV ${VARIABLE}=1.`,
  }),
  ignored: ({ where }: { where: string }) => ({
    message: `${where} starts Python with -E or -I, so ${VARIABLE} does not count: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.`,
    help: "Add -u to the options of Python.",
  }),
};

/** TL110: a killed job should leave its last lines in the log. */
export const unbufferedOutput = defineRule({
  id: "TL110",
  name: "unbuffered-output",
  summary: "Python as the program with neither `-u` nor PYTHONUNBUFFERED",
  rationale: `A training container has no terminal, so Python collects what it prints in blocks of 8 KiB. Measured: a program
that prints a line a second shows none after three seconds, and after SIGKILL none ever appears in the log; with \`-u\` or
\`PYTHONUNBUFFERED\` every line is there. A job that is killed, by the 120 seconds of a stop or for want of memory, thus takes
the lines that would explain it along. Local mode of the SageMaker SDK runs with a terminal and hides this.

\`PYTHONUNBUFFERED\` counts with any value that is not empty, \`0\` too. What goes to standard error (the \`logging\` module by
default) is not held back.`,
  refs: [
    {
      title: "Python: -u and PYTHONUNBUFFERED",
      url: "https://docs.python.org/3/using/cmdline.html#cmdoption-u",
    },
  ],
  severity: "info",
  precision: "high",
  assumes: ["entrypoint"],
  options: {},
  needs: needsOf((image, files) => bufferedPython(imageLaunch(image.config), files, isSetIn(image.config))),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const argv = wholeLaunch(dockerfile);
      const isSet = isSetBy(dockerfile);
      const found = argv === null ? null : bufferedPython(argv, dockerfileFiles(dockerfile), isSet !== false);
      if (found === null || (isSet === null && found.ignoresEnvironment)) return;
      yield { ...composed(found, messages), ...placeIn(dockerfile, found), evidence: evidenceOf(found) };
    },
    *image(image, { messages }) {
      const found = bufferedPython(imageLaunch(image.config), imageFiles(image), isSetIn(image.config));
      if (found === null) return;
      yield {
        ...composed(found, messages),
        at: placeInImage(image, found.script?.file ?? found.file),
        evidence: evidenceOf(found),
      };
    },
  },
  examples: [
    { title: "-u", dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "-Eu", "/opt/train.py"]\n' },
    {
      title: "PYTHONUNBUFFERED",
      dockerfile: 'FROM python:3.12\nENV PYTHONUNBUFFERED=TRUE\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "A base image that may set it",
      dockerfile: 'FROM registry.example.com/team/base:1\nENTRYPOINT ["python", "/opt/train.py"]\n',
    },
    {
      title: "A script that sets it",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": 'export PYTHONUNBUFFERED=1\nexec python train.py "$@"\n' },
    },
    {
      title: "Python by name",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["env", "A=1", "python3", "/opt/train.py"]\n',
      findings: [
        {
          messageId: "buffered",
          severity: "info",
          message:
            "The ENTRYPOINT starts Python without -u, and PYTHONUNBUFFERED is not set: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.",
          at: "2:27-2:36",
        },
      ],
    },
    {
      title: "Python in an array that is none for want of double quotes",
      dockerfile: "FROM python:3.12\nENTRYPOINT ['python', 'train.py']\n",
      findings: [
        {
          messageId: "buffered",
          message:
            "The ENTRYPOINT starts Python without -u, and PYTHONUNBUFFERED is not set: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.",
          at: "2:13-2:21",
        },
      ],
    },
    {
      title: "-E makes Python ignore the variable",
      dockerfile: 'FROM python:3.12\nENV PYTHONUNBUFFERED=1\nENTRYPOINT ["python", "-E", "/opt/train.py"]\n',
      findings: [
        {
          messageId: "ignored",
          message:
            "The ENTRYPOINT starts Python with -E or -I, so PYTHONUNBUFFERED does not count: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.",
          at: "3:13-3:21",
        },
      ],
    },
    {
      title: "The last command of a script",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": 'set -e\nexec python train.py "$@"\n' },
      findings: [
        {
          messageId: "buffered",
          message:
            "/run.sh starts Python without -u, and PYTHONUNBUFFERED is not set: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.",
          at: "3:21-3:30",
        },
      ],
    },
    {
      title: "A train program in Python, in an image",
      image: composeImage({ files: { "/usr/local/bin/train": "#!/usr/bin/env python\nprint(1)\n" } }),
      findings: [
        {
          messageId: "buffered",
          message:
            "/usr/local/bin/train starts Python without -u, and PYTHONUNBUFFERED is not set: without a terminal Python holds its output back in blocks, so the log shows nothing for a long time, and nothing at all of the last block when the job is killed.",
          at: "/usr/local/bin/train",
        },
      ],
    },
  ],
});

function isSetIn(config: ImageConfig): boolean {
  return (environmentOf(config).get(VARIABLE) ?? "") !== "";
}

/** Whether the Dockerfile sets the variable; `null` where a base image may. */
function isSetBy({ config, base }: DockerfileModel): boolean | null {
  const value = config.env.get(VARIABLE);
  if (value !== undefined) return value.known ? value.value !== "" : null;
  if (config.envComplete.known) return false;
  const known = base.kind === "image" ? base.known : null;
  // What these families set is in the table; none of them sets this one.
  return known?.kind === "plain" || known?.kind === "cuda" ? false : null;
}

function composed(found: BufferedPython, compose: Composers<typeof messages>) {
  const where = found.script?.file.path ?? found.file?.path ?? "The ENTRYPOINT";
  return found.ignoresEnvironment ? compose.ignored({ where }) : compose.buffered({ where });
}

function evidenceOf({ script, file }: BufferedPython) {
  return { script: (script?.file ?? file)?.path ?? null, line: script?.command.range.start.line ?? null };
}

function placeIn(dockerfile: DockerfileModel, { script, file, word }: BufferedPython) {
  const range = script?.command.range ?? null;
  return placeInDockerfile(dockerfile, {
    word,
    file: script?.file ?? file,
    range,
    note: "Python is started here",
  });
}
