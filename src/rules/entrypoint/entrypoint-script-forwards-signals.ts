import { dockerfileFiles } from "../../core/entrypoint/dockerfile-files.ts";
import { imageFiles } from "../../core/entrypoint/image-files.ts";
import { needsOf } from "../../core/entrypoint/image-queries.ts";
import { imageLaunch, plannedStart } from "../../core/entrypoint/launch-words.ts";
import { type LostSignal, lostSignal } from "../../core/entrypoint/lost-signal.ts";
import { placeInDockerfile, placeInImage } from "../../core/entrypoint/places.ts";
import { isShellForm } from "../../core/entrypoint/shell-form.ts";
import { composeImage } from "../../core/image/compose.ts";
import { type Composers, defineRule } from "../../core/rule.ts";

/** Longest command that a message shows whole, in UTF-16 code units. */
const MAX_COMMAND = 60;

interface Where {
  /** The script, with the line where the finding's place does not show it; or "The ENTRYPOINT". */
  readonly where: string;
  readonly command: string;
  readonly shell: string;
}

/** `exec` in front of a command that may have one already. */
function withExec(command: string): string {
  return command.startsWith("exec ") ? command : `exec ${command}`;
}

const messages = {
  child: ({ where, command, shell }: Where) => ({
    message: `${where} runs "${command}" as a child: ${shell} stays in front of it as PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.`,
    help: `Put exec in front of it: ${withExec(command)}. Where something has to come after it, trap SIGTERM, pass it on with kill, and wait until the program has ended.`,
  }),
  pipeline: ({ where, command, shell }: Where) => ({
    message: `${where} runs "${command}" in a pipeline, whose parts are all children of ${shell}: as PID 1 it does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.`,
    help: `Redirect first and then exec, in bash: exec > >(tee -a FILE) 2>&1, and in the next line ${withExec(command)}.`,
  }),
  background: ({ where, command, shell }: Where) => ({
    message: `${where} starts "${command}" in the background and waits without a trap: ${shell}, as PID 1, ignores SIGTERM, so a stopped job is killed after 120 seconds without saving.`,
    help: `Start it with exec instead; or trap SIGTERM, pass it on with kill, and wait until the program has ended.`,
  }),
  abandoned: ({ where, command, shell }: Where) => ({
    message: `${where} starts "${command}" in the background, and nothing comes after it: ${shell} ends, the container ends with it, and the job is reported as completed without training.`,
    help: `Take the & away and put exec in front of it: ${withExec(command)}.`,
  }),
  lateTrap: ({ where, command, shell }: Where) => ({
    message: `${where} runs "${command}" in the foreground, and ${shell} runs its trap for SIGTERM only when that has ended: the program does not hear of a stop, and is killed after 120 seconds without saving.`,
    help: `Start it in the background and wait for it: ${command} & then wait $!, and a second wait behind that.`,
  }),
  diesFirst: ({ where, command, shell }: Where) => ({
    message: `${where} runs "${command}" as a child, and SIGTERM ends ${shell} at once: the container ends with it, and the program is killed before it can save.`,
    help: `Put exec in front of it: ${withExec(command)}.`,
  }),
  endsFirst: ({ where, command, shell }: Where) => ({
    message: `${where} starts "${command}" in the background, and the trap for SIGTERM does not wait for it: ${shell} ends first, the container ends with it, and the program is killed while it saves.`,
    help: "A trapped signal ends wait, so wait twice: write wait $PID again behind it, or in the trap.",
  }),
};

/** TL105: what a script starts must hear of the stop. */
export const entrypointScriptForwardsSignals = defineRule({
  id: "TL105",
  name: "entrypoint-script-forwards-signals",
  summary: "an entrypoint script that starts the program as a child and does not hand SIGTERM on to it",
  rationale: `SageMaker stops a job with SIGTERM to PID 1, and with SIGKILL after 120 seconds. When the entrypoint is a shell
script, PID 1 is the shell. A shell has no handler for SIGTERM, so the kernel drops the signal for PID 1, and the program,
a child of the shell, never hears of it: 120 seconds later everything is killed, exit code 137, and what was not saved is
lost. Neither bash nor dash replaces itself with the last command of a script; \`exec\` does that.

A trap alone does not help: bash and dash run it only when the command in the foreground has ended. It takes the program in
the background, a trap that sends the signal on, and two \`wait\`s, since the trapped signal ends the first one:

\`\`\`sh
trap 'kill -TERM "$child"' TERM
python train.py "$@" &
child=$!
wait "$child"
wait "$child"
\`\`\`

Behind tini or dumb-init the shell is not PID 1, and SIGTERM ends it at once: the container ends, and the program is killed
in the middle of saving (exit code 143).

The script is read from the build context or from a here-document of COPY, or out of the image, and the branch that is
judged is the one that runs with the argument \`train\`. AWS's own PyTorch images have this fault, so it is a warning; a smoke
run (\`trainlint run\`) shows what really happens.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "The training toolkit and SIGTERM",
      url: "https://github.com/aws/sagemaker-training-toolkit/issues/125",
    },
    {
      title: "Bash manual: signals",
      url: "https://www.gnu.org/software/bash/manual/html_node/Signals.html",
    },
  ],
  severity: "warning",
  precision: "high",
  assumes: ["entrypoint"],
  options: {},
  needs: needsOf((image, files) => lostSignal(imageLaunch(image.config), files)),
  messages,
  check: {
    *dockerfile(dockerfile, { messages }) {
      const start = plannedStart(dockerfile);
      const lost = start === null ? null : lostSignal(start.argv, dockerfileFiles(dockerfile));
      if (lost === null) return;
      const { word, file, command } = lost;
      const note = "this command does not get SIGTERM";
      const place = placeInDockerfile(dockerfile, { word, file, range: file && command.range, note });
      yield { ...composed(lost, messages), ...place, evidence: evidenceOf(lost) };
    },
    *image(image, { messages }) {
      // The shell form is TL101's.
      if (isShellForm(image.config)) return;
      const lost = lostSignal(imageLaunch(image.config), imageFiles(image));
      if (lost === null) return;
      yield { ...composed(lost, messages), at: placeInImage(image, lost.file), evidence: evidenceOf(lost) };
    },
  },
  examples: [
    {
      title: "The script becomes the program",
      dockerfile:
        'FROM python:3.12\nCOPY --chmod=755 entrypoint.sh /entrypoint.sh\nENTRYPOINT ["/entrypoint.sh"]\n',
      files: { "entrypoint.sh": '#!/bin/bash\nset -e\nexec python /opt/program/train.py "$@"\n' },
    },
    {
      title: "A trap that forwards, and two waits",
      dockerfile:
        "FROM python:3.12\nCOPY --chmod=755 <<'EOF' /entrypoint.sh\n#!/bin/sh\ntrap 'kill -TERM $child' TERM\npython /opt/program/train.py &\nchild=$!\nwait $child\nwait $child\nEOF\nENTRYPOINT [\"/entrypoint.sh\"]\n",
    },
    {
      title: "Only the branch that runs with `train` counts",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": 'if [ "$1" = serve ]; then\n  python serve.py\nelse\n  exec python train.py\nfi\n' },
    },
    {
      title: "A line behind bash -c, which becomes its last command",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["bash", "-c", "cd /opt/program && python train.py"]\n',
    },
    {
      title: "A child of the script",
      dockerfile:
        'FROM python:3.12\nCOPY --chmod=755 entrypoint.sh /entrypoint.sh\nENTRYPOINT ["/entrypoint.sh"]\n',
      files: { "entrypoint.sh": '#!/bin/bash\nset -e\npython /opt/program/train.py "$@"\n' },
      findings: [
        {
          messageId: "child",
          severity: "warning",
          message:
            '/entrypoint.sh line 3 runs "python /opt/program/train.py "$@"" as a child: bash stays in front of it as PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "3:13-3:29",
        },
      ],
    },
    {
      title: "dash keeps a shell in front of the last command of a line",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["sh", "-c", "python train.py"]\n',
      findings: [
        {
          messageId: "child",
          message:
            'The ENTRYPOINT runs "python train.py" as a child: sh stays in front of it as PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "2:25-2:42",
        },
      ],
    },
    {
      title: "A pipeline to tee, in a here-document",
      dockerfile:
        'FROM python:3.12\nCOPY <<\'EOF\' /opt/run.sh\n#!/bin/bash\nexec python train.py 2>&1 | tee /opt/ml/output/log\nEOF\nENTRYPOINT ["bash", "/opt/run.sh"]\n',
      findings: [
        {
          messageId: "pipeline",
          message:
            '/opt/run.sh runs "exec python train.py" in a pipeline, whose parts are all children of bash: as PID 1 it does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "4:1-4:26",
        },
      ],
    },
    {
      title: "In the background, without a trap",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": "python train.py &\nwait\n" },
      findings: [
        {
          messageId: "background",
          message:
            '/run.sh line 1 starts "python train.py" in the background and waits without a trap: bash, as PID 1, ignores SIGTERM, so a stopped job is killed after 120 seconds without saving.',
          at: "3:21-3:30",
        },
      ],
    },
    {
      title: "In the background, and then the script ends",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": "python train.py &\necho started\n" },
      findings: [
        {
          messageId: "abandoned",
          message:
            '/run.sh line 1 starts "python train.py" in the background, and nothing comes after it: bash ends, the container ends with it, and the job is reported as completed without training.',
          at: "3:21-3:30",
        },
      ],
    },
    {
      title: "A trap, but the program is in the foreground",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": "trap 'kill -TERM 0' TERM\npython train.py\n" },
      findings: [
        {
          messageId: "lateTrap",
          message:
            '/run.sh line 2 runs "python train.py" in the foreground, and bash runs its trap for SIGTERM only when that has ended: the program does not hear of a stop, and is killed after 120 seconds without saving.',
          at: "3:21-3:30",
        },
      ],
    },
    {
      title: "Behind an init, the shell dies first",
      dockerfile:
        'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["dumb-init", "--", "bash", "/run.sh"]\n',
      files: { "run.sh": "python train.py\n" },
      findings: [
        {
          messageId: "diesFirst",
          message:
            '/run.sh line 1 runs "python train.py" as a child, and SIGTERM ends bash at once: the container ends with it, and the program is killed before it can save.',
          at: "3:40-3:49",
        },
      ],
    },
    {
      title: "One wait is not enough",
      dockerfile: 'FROM python:3.12\nCOPY run.sh /run.sh\nENTRYPOINT ["bash", "/run.sh"]\n',
      files: { "run.sh": "trap 'kill -TERM $child' TERM\npython train.py &\nchild=$!\nwait $child\n" },
      findings: [
        {
          messageId: "endsFirst",
          message:
            '/run.sh line 2 starts "python train.py" in the background, and the trap for SIGTERM does not wait for it: bash ends first, the container ends with it, and the program is killed while it saves.',
          at: "3:21-3:30",
        },
      ],
    },
    {
      title: "A script inside an image that runs another one",
      image: composeImage({
        config: { Entrypoint: ["/start.sh"] },
        files: {
          "/start.sh": '#!/usr/bin/env bash\nexec /opt/run.sh "$@"\n',
          "/opt/run.sh": '#!/bin/sh\npython3 /opt/train.py "$@"\n',
        },
      }),
      findings: [
        {
          messageId: "child",
          message:
            '/opt/run.sh line 2 runs "python3 /opt/train.py "$@"" as a child: sh stays in front of it as PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "/opt/run.sh",
        },
      ],
    },
  ],
});

const MESSAGE_OF = {
  child: "child",
  pipeline: "pipeline",
  background: "background",
  abandoned: "abandoned",
  "late-trap": "lateTrap",
  "dies-first": "diesFirst",
  "ends-first": "endsFirst",
} as const;

function composed(lost: LostSignal, compose: Composers<typeof messages>) {
  const { file, command, shell } = lost;
  const line = file?.origin.kind === "dockerfile" ? "" : ` line ${command.range.start.line}`;
  const where = file === null ? "The ENTRYPOINT" : file.path + line;
  return compose[MESSAGE_OF[lost.fault]]({ where, command: written(lost), shell });
}

/** The command as written, cut where it is long. */
function written({ command }: LostSignal): string {
  const text = command.argv.map((word) => word.raw).join(" ");
  return text.length <= MAX_COMMAND ? text : `${text.slice(0, MAX_COMMAND - 1)}…`;
}

function evidenceOf(lost: LostSignal) {
  return {
    script: lost.file?.path ?? null,
    line: lost.command.range.start.line,
    command: written(lost),
    shell: lost.shell,
    behind: lost.behind,
  };
}
