import { outlineOfLine } from "../../core/dockerfile/shell/outline.ts";
import { execFormFix } from "../../core/entrypoint/exec-form-fix.ts";
import { initByName, tiniCommand } from "../../core/entrypoint/init.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { defineRule } from "../../core/rule.ts";

/** TL101: only the exec form starts the program itself, with the argument `train` and the signals of a stop. */
export const execFormEntrypoint = defineRule({
  id: "TL101",
  name: "exec-form-entrypoint",
  summary: "ENTRYPOINT in shell form, or meant as exec form but not a valid JSON array of strings",
  rationale: `SageMaker starts the container as \`docker run IMAGE train\` and stops it with SIGTERM, then SIGKILL
after 120 seconds. With the shell form the engine runs \`/bin/sh -c "LINE" train\`: the word \`train\` becomes \`$0\`
of the shell and is lost, and the shell is PID 1. A shell that stays (dash, the \`sh\` of Debian and Ubuntu, always
does) has no SIGTERM handler, so the signal is ignored, the program never hears of the stop, and the container is
killed with its model unsaved.

Hosting would suffer the same, with the argument \`serve\`: a guess that an image is made for serving changes nothing here.

An ENTRYPOINT that looks like exec form but is not a JSON array of strings (single quotes, a missing comma, an
unquoted word) is taken as shell form by the builder without a word.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "Dockerfile reference: shell and exec form",
      url: "https://docs.docker.com/reference/dockerfile/#shell-and-exec-form",
    },
  ],
  severity: "error",
  precision: "very-high",
  standsOnGuess: true,
  assumes: ["entrypoint"],
  options: {},
  needs: { depth: "config" },
  messages: {
    shellForm: ({ shell, line }: { shell: string; line: string }) => ({
      message: `ENTRYPOINT is in shell form: SageMaker's argument "train" is lost, and ${shell} is PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.`,
      help: `Use the exec form: ENTRYPOINT ${execFormOf(line)}.`,
    }),
    brokenExecForm: ({ reason, shell }: { reason: string; shell: string }) => ({
      message: `ENTRYPOINT is not a valid JSON array (${reason}), so the builder takes the whole line as shell form: ${shell} runs it as a command, which fails or loses "train" and SIGTERM.`,
      help: 'Write a JSON array of strings in double quotes, such as ENTRYPOINT ["python", "/opt/program/train.py"].',
    }),
    execInShell: ({ line }: { line: string }) => ({
      message: `ENTRYPOINT is in shell form with "exec": SIGTERM reaches the program, but SageMaker's argument "train" is lost.`,
      help: `Use the exec form: ENTRYPOINT ${execFormOf(line.replace(/^\s*exec\s+/, ""))}.`,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { entrypoint } = dockerfile.config;
      if (!entrypoint.known || entrypoint.value?.form !== "shell" || entrypoint.instruction === null) return;
      const command = entrypoint.value;
      const at = inText(dockerfile.path, entrypoint.instruction.range);
      const shell = command.argv[0] ?? "/bin/sh";
      const line = command.line?.text ?? "";
      const evidence = { argv: command.argv };
      const fix = execFormFix(dockerfile, command, entrypoint.instruction);
      const fixed = fix === null ? {} : { fix };
      if (command.brokenExecForm !== null) {
        yield {
          ...messages.brokenExecForm({ reason: command.brokenExecForm.reason, shell }),
          at,
          evidence,
          ...fixed,
          related: [
            {
              location: inText(dockerfile.path, command.brokenExecForm.range),
              message: command.brokenExecForm.reason,
            },
          ],
        };
      } else if (startsWithExec(line)) {
        yield { ...messages.execInShell({ line }), at, severity: "warning", evidence, ...fixed };
      } else yield { ...messages.shellForm({ shell, line }), at, evidence, ...fixed };
    },
    *image(image, { messages }) {
      const argv = image.config.Entrypoint ?? [];
      const [shell = "", flag, line = ""] = argv;
      if (argv.length !== 3 || flag !== "-c" || !/^\/bin\/(?:ba|da|a)?sh$/.test(shell)) return;
      const at = { kind: "image-config" as const, image: image.name, pointer: "/config/Entrypoint" };
      const evidence = { argv };
      if (startsWithExec(line))
        yield { ...messages.execInShell({ line }), at, severity: "warning", evidence };
      else if (line.startsWith("[")) {
        const reason = "it was written with a bracket but is not a JSON array of strings";
        yield { ...messages.brokenExecForm({ reason, shell }), at, evidence };
      } else yield { ...messages.shellForm({ shell, line }), at, evidence };
    },
  },
  examples: [
    {
      title: "The exec form",
      dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "/opt/program/train.py"]\n',
    },
    {
      title: "The shell form",
      dockerfile: "FROM python:3.12\nENTRYPOINT python /opt/program/train.py\n",
      findings: [
        {
          messageId: "shellForm",
          severity: "error",
          message:
            'ENTRYPOINT is in shell form: SageMaker\'s argument "train" is lost, and /bin/sh is PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "2:1-2:40",
        },
      ],
    },
    {
      title: "Single quotes are not JSON",
      dockerfile: "FROM python:3.12\nENTRYPOINT ['python', 'train.py']\n",
      findings: [
        {
          messageId: "brokenExecForm",
          message:
            'ENTRYPOINT is not a valid JSON array (single quotes are not JSON; use double quotes), so the builder takes the whole line as shell form: /bin/sh runs it as a command, which fails or loses "train" and SIGTERM.',
          at: "2:1-2:34",
        },
      ],
    },
    {
      title: "The shell form with exec passes the signal on, but not the argument",
      dockerfile: "FROM python:3.12\nENTRYPOINT exec python train.py\n",
      findings: [
        {
          messageId: "execInShell",
          severity: "warning",
          message:
            'ENTRYPOINT is in shell form with "exec": SIGTERM reaches the program, but SageMaker\'s argument "train" is lost.',
          at: "2:1-2:32",
        },
      ],
    },
    {
      title: "An operator in quotes is a word like any other",
      dockerfile: "FROM python:3.12\nENTRYPOINT exec python train.py --note 'a; b' > /tmp/log\n",
      findings: [
        {
          messageId: "execInShell",
          severity: "warning",
          message:
            'ENTRYPOINT is in shell form with "exec": SIGTERM reaches the program, but SageMaker\'s argument "train" is lost.',
          at: "2:1-2:57",
        },
      ],
    },
    {
      title: "exec in front of a pipeline is a child all the same",
      dockerfile: "FROM python:3.12\nENTRYPOINT exec python train.py | tee /tmp/log\n",
      findings: [
        {
          messageId: "shellForm",
          message:
            'ENTRYPOINT is in shell form: SageMaker\'s argument "train" is lost, and /bin/sh is PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "2:1-2:47",
        },
      ],
    },
    {
      title: "An image that was built from the shell form",
      image: composeImage({ config: { Entrypoint: ["/bin/sh", "-c", "python train.py"] } }),
      findings: [
        {
          messageId: "shellForm",
          message:
            'ENTRYPOINT is in shell form: SageMaker\'s argument "train" is lost, and /bin/sh is PID 1 and does not pass SIGTERM on, so a stopped job is killed after 120 seconds without saving.',
          at: "/config/Entrypoint",
        },
      ],
    },
  ],
});

/** Whether the line is one command, and that is `exec ...`: the shell becomes the program. */
function startsWithExec(line: string): boolean {
  const { commands, problems } = outlineOfLine(line);
  const [command, ...more] = commands;
  if (command === undefined || more.length > 0 || problems.length > 0) return false;
  return command.exec && !command.background && !command.piped && !command.subshell;
}

/** The exec form of a line of plain words; for anything that needs a shell, one that becomes the program. */
function execFormOf(line: string): string {
  const written = line.trim().split(/\s+/);
  const words = initByName(written[0] ?? "") === "tini" ? tiniCommand(written.slice(1)).program : written;
  if (words.length > 0 && words.every((word) => /^[\w@%+=:,./-]+$/.test(word) && !/^\w+=/.test(word))) {
    return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
  }
  return '["/path/to/entrypoint.sh"], with a script that ends in exec YOUR_PROGRAM "$@"';
}
