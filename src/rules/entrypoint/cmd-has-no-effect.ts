import type { CommandLine, DockerfileModel } from "../../core/dockerfile/model.ts";
import { inText } from "../../core/finding.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

/** Longest command that a message shows whole, in UTF-16 code units. */
const MAX_COMMAND = 80;

const messages = {
  argumentsDropped: ({ cmd, runs }: { cmd: string; runs: string }) => ({
    message: `CMD has no effect on SageMaker: "train" takes the place of ${cmd}, and what runs is ${runs}.`,
    help: "Put what the program needs into ENTRYPOINT, or pass it as hyperparameters or environment variables of the job.",
  }),
  programDropped: ({ cmd }: { cmd: string }) => ({
    message: `CMD has no effect on SageMaker: without an ENTRYPOINT the program "train" is looked for on PATH and run instead of ${cmd}.`,
    help: "Make the program the ENTRYPOINT, in exec form.",
  }),
  dropped: ({ cmd, base }: { cmd: string; base: string }) => ({
    message: `CMD has no effect on SageMaker: "train" takes the place of ${cmd}, as the argument of the ENTRYPOINT that ${base} may have, or as the program.`,
    help: "Make the program the ENTRYPOINT, in exec form.",
  }),
};

/** TL104: SageMaker replaces CMD by `train`. */
export const cmdHasNoEffect = defineRule({
  id: "TL104",
  name: "cmd-has-no-effect",
  summary: "CMD, which SageMaker replaces by the argument `train`",
  rationale: `SageMaker runs \`docker run IMAGE train\`, and \`train\` takes the place of CMD. What CMD says works in a local
\`docker run IMAGE\` and never on SageMaker: its options are gone, and where CMD is the whole program and there is no
ENTRYPOINT, a program called \`train\` is looked for on PATH. CMD is still of use for other ways to run the image, so this is
only a remark.

Only a CMD of the file itself is reported, not one that a base image brings.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "Dockerfile reference: how CMD and ENTRYPOINT interact",
      url: "https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact",
    },
  ],
  severity: "info",
  precision: "very-high",
  assumes: ["train"],
  options: {},
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { cmd } = dockerfile.config;
      if (!cmd.known || cmd.value === null || cmd.instruction?.keyword !== "CMD") return;
      // `CMD ["train"]` says what SageMaker does.
      if (cmd.value.form === "exec" && cmd.value.argv.join(" ") === "train") return;
      yield {
        ...composed(dockerfile, cmd.value, messages),
        at: inText(dockerfile.path, cmd.instruction.range),
        evidence: { cmd: cmd.value.argv },
      };
    },
  },
  examples: [
    {
      title: "No CMD",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "What SageMaker passes anyway",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["/run"]\nCMD ["train"]\n',
    },
    {
      title: "An ENTRYPOINT resets the CMD of the stage before",
      dockerfile: 'FROM python:3.12 AS base\nCMD ["python"]\nFROM base\nENTRYPOINT ["/run"]\n',
    },
    {
      title: "Options in CMD",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/train.py"]\nCMD ["--epochs", "10"]\n',
      findings: [
        {
          messageId: "argumentsDropped",
          severity: "info",
          message:
            'CMD has no effect on SageMaker: "train" takes the place of `--epochs 10`, and what runs is `python /opt/train.py train`.',
          at: "3:1-3:23",
        },
      ],
    },
    {
      title: "The program in CMD",
      dockerfile: 'FROM python:3.12\nCOPY train /usr/local/bin/\nCMD ["python", "/opt/train.py"]\n',
      findings: [
        {
          messageId: "programDropped",
          message:
            'CMD has no effect on SageMaker: without an ENTRYPOINT the program "train" is looked for on PATH and run instead of `python /opt/train.py`.',
          at: "3:1-3:32",
        },
      ],
    },
    {
      title: "A base image that may have an ENTRYPOINT",
      dockerfile: "FROM registry.example.com/team/base:1\nCMD python /opt/train.py\n",
      findings: [
        {
          messageId: "dropped",
          message:
            'CMD has no effect on SageMaker: "train" takes the place of `python /opt/train.py`, as the argument of the ENTRYPOINT that registry.example.com/team/base:1 may have, or as the program.',
          at: "2:1-2:25",
        },
      ],
    },
  ],
});

function composed(dockerfile: DockerfileModel, value: CommandLine, compose: Composers<typeof messages>) {
  const cmd = shown(value, "");
  const { entrypoint } = dockerfile.config;
  if (!entrypoint.known) {
    const base = dockerfile.base.kind === "image" ? dockerfile.base.reference : "the base image";
    return compose.dropped({ cmd, base });
  }
  if (entrypoint.value === null) return compose.programDropped({ cmd });
  return compose.argumentsDropped({ cmd, runs: shown(entrypoint.value, " train") });
}

/** A command as a person would write it; of the shell form the line alone. */
function shown(command: CommandLine, more: string): string {
  const line = command.line?.text.replace(/\s+/g, " ");
  // A shell-form line ignores what follows.
  const text = line ?? command.argv.map(quoted).join(" ") + more;
  return `\`${text.length <= MAX_COMMAND ? text : `${text.slice(0, MAX_COMMAND - 1)}…`}\``;
}

function quoted(word: string): string {
  return word === "" || /[\s"'$\\]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word;
}
