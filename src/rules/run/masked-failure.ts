import { initByName, tiniCommand } from "../../core/entrypoint/init.ts";
import { defineRule } from "../../core/rule.ts";
import { leftBehind } from "../../core/run/left-behind.ts";
import { atEvent } from "../../core/run/story.ts";
import { type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** TL508: exit code 0 means that the training succeeded. */
export const maskedFailure = defineRule({
  id: "TL508",
  name: "masked-failure",
  summary: "exit code 0 although the program failed or never ran",
  rationale: `SageMaker takes exit code 0 as success: the job is Completed, and nobody looks. An init without \`--\` takes
options of the program for its own: \`-h\` and \`-l\` print its own help or licence and exit with 0, \`-e 10\` turns the
program's exit code 10 into 0. A script that goes on after a failed command ends with the code of its last one. A
script that starts its program in the background and ends takes it along.`,
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
    leftBehind: ({ by, command }: { by: string; command: string }) => ({
      message: `It ended with exit code 0, but ${by} had started "${command}" in the background and did not wait: the container ends with PID 1, the program is killed, and SageMaker shows the job as Completed.`,
      help: "Start the program in the foreground, with `exec` as the script's last command.",
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
      const line = failedLast(run.stderr.tail) ?? failedLast(run.stdout.tail);
      if (line !== null) {
        yield { ...messages.programFailed({ line }), at, evidence, severity: "warning" };
        return;
      }
      const left = leftBehind(run);
      if (left !== null) yield { ...messages.leftBehind(left), at, evidence };
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
    {
      title: "A pipeline that hides the exit code of its first program",
      run: finished(["sh", "-c", "python3 x.py 2>&1 | tee log", "train"], [], {
        stdout: {
          tail: [
            "Traceback (most recent call last):",
            '  File "x.py", line 1, in <module>',
            "OSError: no data",
          ],
          bytes: 90,
          bytesAfterStop: 0,
        },
      }),
      findings: [
        {
          messageId: "programFailed",
          severity: "warning",
          at: "exited",
          message:
            'It ended with exit code 0 although its last words are of a failure ("OSError: no data"): SageMaker shows the job as Completed.',
        },
      ],
    },
    {
      title: "A script that goes on after a segmentation fault",
      run: finished(
        ["/train.sh", "train"],
        ["/train.sh: line 3:     8 Segmentation fault      python3 x.py"],
      ),
      findings: [
        {
          messageId: "programFailed",
          severity: "warning",
          at: "exited",
          message:
            'It ended with exit code 0 although its last words are of a failure ("/train.sh: line 3:     8 Segmentation fault      python3 x.py"): SageMaker shows the job as Completed.',
        },
      ],
    },
    {
      title: "A Java program whose main thread failed, behind a script",
      run: finished(
        ["/train.sh", "train"],
        [
          'Exception in thread "main" java.lang.IllegalStateException: no data',
          "\tat Train.main(Train.java:3)",
        ],
      ),
      findings: [
        {
          messageId: "programFailed",
          severity: "warning",
          at: "exited",
          message:
            'It ended with exit code 0 although its last words are of a failure ("Exception in thread "main" java.lang.IllegalStateException: no data"): SageMaker shows the job as Completed.',
        },
      ],
    },
    {
      title: "A line that starts its program in the background and ends",
      run: finished(["sh", "-c", "python3 x.py & echo started", "train"], []),
      findings: [
        {
          messageId: "leftBehind",
          at: "exited",
          message:
            'It ended with exit code 0, but sh had started "python3 x.py" in the background and did not wait: the container ends with PID 1, the program is killed, and SageMaker shows the job as Completed.',
        },
      ],
    },
    {
      title: "setsid, which forks as PID 1",
      run: finished(["setsid", "python3", "x.py", "train"], []),
      findings: [
        {
          messageId: "leftBehind",
          at: "exited",
          message:
            'It ended with exit code 0, but setsid had started "python3 x.py train" in the background and did not wait: the container ends with PID 1, the program is killed, and SageMaker shows the job as Completed.',
        },
      ],
    },
    {
      title: "A script, given to its shell, that starts its program in the background and ends",
      run: finished(["bash", "/train.sh", "train"], [], {
        program: shellWith("nohup python3 x.py & disown\n"),
      }),
      findings: [
        {
          messageId: "leftBehind",
          at: "exited",
          message:
            'It ended with exit code 0, but bash had started "nohup python3 x.py" in the background and did not wait: the container ends with PID 1, the program is killed, and SageMaker shows the job as Completed.',
        },
      ],
    },
    {
      title: "A script, given to its shell, that waits",
      run: finished(["bash", "/train.sh", "train"], [], { program: shellWith("python3 x.py &\nwait $!\n") }),
    },
    { title: "setsid that waits", run: finished(["setsid", "--wait", "python3", "x.py", "train"], []) },
    { title: "A line that waits for its program", run: finished(["sh", "-c", "python3 x.py & wait"], []) },
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

/** What a shell says of a program that a signal ended, bash with the script's line in front; and R of a failure. */
const BROKEN_OFF = [
  /^\S+: line \d+: +\d+ (?:Killed|Aborted|Segmentation fault|Bus error|Illegal instruction|Floating point exception)\b/,
  /^(?:Killed|Aborted|Segmentation fault|Bus error|Illegal instruction)(?: \(core dumped\))?$/,
  /^Execution halted$/,
];

/** A program that could not be started or was broken off, or the end of a stack trace, as the last words. */
function failedLast(tail: readonly string[]): string | null {
  const lines = tail.filter((line) => line.trim() !== "");
  const last = lines.at(-1);
  if (last === undefined) return null;
  if ([...NEVER_RAN, ...BROKEN_OFF].some((pattern) => pattern.test(last))) return last;
  return endOfTraceback(lines) ?? endOfJavaTrace(lines);
}

/** Python's: the frames are indented, and the exception comes behind them. */
function endOfTraceback(lines: readonly string[]): string | null {
  const last = lines.at(-1) ?? "";
  const first = lines.findLastIndex((line) => line.startsWith("Traceback (most recent call last)"));
  const inside = first !== -1 && lines.slice(first + 1, -1).every((line) => /^\s/.test(line));
  return inside && /^[\w.]+(?:Error|Exception|Interrupt)\b/.test(last) ? last : null;
}

/** Java's of a thread that nobody caught it in: the exception comes first, the frames are indented. */
function endOfJavaTrace(lines: readonly string[]): string | null {
  const first = lines.findLastIndex((line) => line.startsWith('Exception in thread "main" '));
  const frames = lines.slice(first + 1);
  const inside =
    first !== -1 &&
    frames.length > 0 &&
    frames.every((line) => /^(?:\s+(?:at|\.\.\.) |Caused by: )/.test(line));
  return inside ? (lines[first] ?? null) : null;
}

function finished(
  argv: readonly string[],
  stderr: readonly string[],
  more: Partial<Transcript> = {},
): Transcript {
  return transcriptOf({
    argv,
    stop: null,
    readiness: null,
    stderr: { tail: stderr, bytes: 1, bytesAfterStop: 0 },
    ...more,
  });
}

function shellWith(script: string): NonNullable<Transcript["program"]> {
  return {
    path: "/bin/bash",
    exists: true,
    executable: true,
    kind: "elf",
    machine: "amd64",
    shebang: null,
    interpreter: null,
    text: null,
    script: { path: "/train.sh", text: script },
  };
}
