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

function eatenOptions(run: Transcript): { readonly init: string; readonly options: string } | null {
  const init = run.argv[0] ?? "";
  const kind = initByName(init);
  if (kind !== "tini" && kind !== "catatonit") return null;
  const { eaten } = tiniCommand(run.argv.slice(1));
  return eaten.length === 0 ? null : { init, options: eaten.join(" ") };
}

/** A shell that found no program, or the last line of a Python traceback, as the last thing on stderr. */
function failedLast(run: Transcript): string | null {
  const lines = run.stderr.tail.filter((line) => line.trim() !== "");
  const last = lines.at(-1);
  if (last === undefined) return null;
  if (/: (?:command )?not found$|: No such file or directory$|: Permission denied$/.test(last)) return last;
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
