import { initByName, tiniCommand } from "../../core/entrypoint/init.ts";
import { defineRule } from "../../core/rule.ts";
import { atEvent } from "../../core/run/story.ts";
import { type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** TL508: exit code 0 means that the training succeeded. */
export const maskedFailure = defineRule({
  id: "TL508",
  name: "masked-failure",
  summary: "exit code 0 although the program failed or never ran",
  rationale: `SageMaker takes exit code 0 as success: the job is Completed, and nobody looks. An init without \`--\` takes
options of the program for its own: \`-h\` and \`-l\` print its own help or licence and exit with 0, \`-e 10\` turns the
program's exit code 10 into 0. A script that goes on after a failed command ends with the code of its last one.`,
  refs: [
    { title: "tini: options", url: "https://github.com/krallin/tini#options" },
    {
      title: "How SageMaker signals success and failure",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-signal-success-failure.html",
    },
  ],
  severity: "error",
  precision: "high",
  options: {},
  messages: {
    optionsEaten: ({ init, options }: { init: string; options: string }) => ({
      message: `It ended with exit code 0, but ${init} took the program's options (${options}) for its own: SageMaker shows the job as Completed, whatever the program did.`,
      help: `Put \`--\` behind ${init} and its own options, or leave the init out.`,
    }),
    programKilled: () => ({
      message:
        "It ended with exit code 0 although the kernel killed one of its processes for want of memory: SageMaker shows the job as Completed.",
      help: "Pass the program's exit code on: `exec` it as the script's last command, or begin the script with `set -e`.",
    }),
    programFailed: ({ line }: { line: string }) => ({
      message: `It ended with exit code 0 although its last words are of a failure ("${line}"): SageMaker shows the job as Completed.`,
      help: "Pass the program's exit code on: `exec` it as the script's last command, or begin the script with `set -e`.",
    }),
  },
  check: {
    *run(run, { messages }) {
      if (run.exit === null) {
        yield { skip: "not judged: the container did not start" };
        return;
      }
      if (run.exit.code !== 0 || run.stop !== null) return;
      const at = atEvent(run, "exited");
      const evidence = {
        exitCode: 0,
        command: run.argv,
        stdout: run.stdout.tail.slice(-5),
        stderr: run.stderr.tail.slice(-5),
      };
      const eaten = eatenOptions(run);
      if (eaten !== null) {
        yield { ...messages.optionsEaten(eaten), at, evidence };
        return;
      }
      if (run.exit.oomKilled) {
        yield { ...messages.programKilled(), at, evidence };
        return;
      }
      const line = failedLast(run);
      if (line !== null) yield { ...messages.programFailed({ line }), at, evidence, severity: "warning" };
    },
  },
  examples: [
    { title: "A job that completes", run: finished(["tini", "--", "python3", "x.py", "-h", "train"], []) },
    {
      title: "tini without `--` prints its own help",
      run: finished(["tini", "python3", "x.py", "-h", "train"], []),
      findings: [
        {
          messageId: "optionsEaten",
          at: "exited",
          message:
            "It ended with exit code 0, but tini took the program's options (-h) for its own: SageMaker shows the job as Completed, whatever the program did.",
        },
      ],
    },
    {
      title: "A tini that leaves the program's options alone (Alpine's)",
      run: {
        ...finished(["tini", "python3", "x.py", "-e", "10", "train"], []),
        processesBeforeStop: [
          { pid: 1, parent: 0, command: ["tini", "python3"], masks: null, residentBytes: null },
          { pid: 7, parent: 1, command: ["python3", "x.py", "-e", "10"], masks: null, residentBytes: null },
        ],
      },
    },
    {
      title: "A program that complains about a file and goes on",
      run: finished(["python3", "x.py", "train"], ["ls: cannot access 'x': No such file or directory"]),
    },
    {
      title: "A script that goes on after its program was killed",
      run: {
        ...finished(["/bin/bash", "/train.sh", "train"], ["Killed"]),
        exit: { code: 0, oomKilled: true },
      },
      findings: [
        {
          messageId: "programKilled",
          at: "exited",
          message:
            "It ended with exit code 0 although the kernel killed one of its processes for want of memory: SageMaker shows the job as Completed.",
        },
      ],
    },
    {
      title: "A script that goes on after its program failed",
      run: finished(["/bin/bash", "/train.sh", "train"], ["/train.sh: line 3: python: command not found"]),
      findings: [
        {
          messageId: "programFailed",
          severity: "warning",
          at: "exited",
          message:
            'It ended with exit code 0 although its last words are of a failure ("/train.sh: line 3: python: command not found"): SageMaker shows the job as Completed.',
        },
      ],
    },
  ],
});

/**
 * The options of the program that the init took: it knows them all (another would have ended it with an error, or it
 * is a build that leaves the program's options alone), and no process was seen that has them.
 */
function eatenOptions(run: Transcript): { readonly init: string; readonly options: string } | null {
  const init = run.argv[0] ?? "";
  const kind = initByName(init);
  if (kind !== "tini" && kind !== "catatonit") return null;
  const { eaten } = tiniCommand(run.argv.slice(1));
  const known = eaten.every((word) => /^-[hlsvgwpe]\d*$/.test(word));
  const program = run.processesBeforeStop.find(({ parent }) => parent === 1);
  const passedOn = eaten.every((word) => program?.command.includes(word) === true);
  return eaten.length === 0 || !known || passedOn ? null : { init, options: eaten.join(" ") };
}

/** What a shell says of a program that it could not start, and Python of a script; not what a program says. */
const NEVER_RAN = [
  /^\S+: (?:line )?\d+: .+: (?:(?:command )?not found|No such file or directory|Permission denied)$/,
  /^(?:\S*\/)?(?:ba|da|a|z)?sh: .+: (?:command )?not found$/,
  /^\S+: can't open file '/,
];

/** A program that could not be started, or the end of a Python traceback, as the last thing on stderr. */
function failedLast(run: Transcript): string | null {
  const lines = run.stderr.tail.filter((line) => line.trim() !== "");
  const last = lines.at(-1);
  if (last === undefined) return null;
  if (NEVER_RAN.some((pattern) => pattern.test(last))) return last;
  const traceback = lines.findLastIndex((line) => line.startsWith("Traceback (most recent call last)"));
  const inside = traceback !== -1 && lines.slice(traceback + 1, -1).every((line) => /^\s/.test(line));
  return inside && /^[\w.]+(?:Error|Exception|Interrupt)\b/.test(last) ? last : null;
}

function finished(argv: readonly string[], stderr: readonly string[]): Transcript {
  return transcriptOf({
    argv,
    stop: null,
    readiness: null,
    stderr: { tail: stderr, bytes: 1, bytesAfterStop: 0 },
  });
}
