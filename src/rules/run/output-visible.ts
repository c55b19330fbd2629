import { defineRule } from "../../core/rule.ts";
import { recipientOf, type Stack, stackOf } from "../../core/run/stack.ts";
import { atEvent, lifetime, withoutStop } from "../../core/run/story.ts";
import { type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** TL507: what the program prints is seen before it is killed. */
export const outputVisible = defineRule({
  id: "TL507",
  name: "output-visible",
  summary: "it ran and was killed, and nothing that it printed ever appeared",
  rationale: `Without a terminal most programs collect their output and write it in blocks. What is still collected when
SIGKILL comes is lost: the job's log stays empty, although the program printed. SageMaker's containers have no terminal;
local mode of the SageMaker SDK v2 has one, which hides this.`,
  refs: [
    {
      title: "Python: PYTHONUNBUFFERED",
      url: "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED",
    },
  ],
  severity: "info",
  precision: "medium",
  options: {},
  messages: {
    python: ({ seconds }: { seconds: string }) => ({
      message: `It ran for ${seconds} s, was killed, and not one byte of output appeared: Python buffers it when there is no terminal.`,
      help: "Set ENV PYTHONUNBUFFERED=1, or start python with -u.",
    }),
    other: ({ seconds }: { seconds: string }) => ({
      message: `It ran for ${seconds} s, was killed, and not one byte of output appeared: if it prints, its output is buffered.`,
      help: "Flush after each line, for example with `stdbuf -oL` or the language's own setting.",
    }),
  },
  check: {
    *run(run, { messages }) {
      const reason = withoutStop(run);
      if (reason !== null) {
        yield { skip: reason };
        return;
      }
      if (run.stop?.killed !== true || run.stdout.bytes + run.stderr.bytes > 0) return;
      const { stack, child, command } = recipientOf(run);
      const program = child?.command ?? command.split(" ");
      const printer = child === null ? stack : stackOf(child.command);
      if (writesAtOnce(printer, program, run)) return;
      const seconds = (lifetime(run) ?? run.stop.seconds).toFixed(1);
      const python = printer === "python" || printer === "torchrun" || printer === "sagemaker-training";
      yield {
        ...(python ? messages.python({ seconds }) : messages.other({ seconds })),
        at: atEvent(run, "sigkill"),
        evidence: {
          stack,
          stdoutBytes: run.stdout.bytes,
          stderrBytes: run.stderr.bytes,
        },
      };
    },
  },
  examples: [
    {
      title: "Killed, but its output is there",
      run: killedSilently({ stdout: { tail: ["epoch 1"], bytes: 8, bytesAfterStop: 0 } }),
    },
    {
      title: "Python with -u prints at once; there was nothing to print",
      run: killedSilently({ processesBeforeStop: [], argv: ["python3", "-u", "/opt/train.py", "train"] }),
    },
    {
      title: "So does a shell",
      run: killedSilently({ processesBeforeStop: [], argv: ["/bin/sh", "/opt/train.sh", "train"] }),
    },
    {
      title: "Python without -u",
      run: killedSilently({}),
      findings: [
        {
          messageId: "python",
          at: "sigkill",
          message:
            "It ran for 130.0 s, was killed, and not one byte of output appeared: Python buffers it when there is no terminal.",
        },
      ],
    },
    {
      title: "Another program",
      run: killedSilently({ processesBeforeStop: [], argv: ["/opt/trainer", "train"] }),
      findings: [
        {
          messageId: "other",
          at: "sigkill",
          message:
            "It ran for 130.0 s, was killed, and not one byte of output appeared: if it prints, its output is buffered.",
        },
      ],
    },
  ],
});

/** Programs that hold no output back: if nothing appeared, nothing was printed. */
const UNBUFFERED: readonly Stack[] = ["shell-command", "shell-script", "idle", "java", "node"];

function writesAtOnce(stack: Stack, program: readonly string[], run: Transcript): boolean {
  const flagged = program.slice(1).some((word) => /^-[A-Za-z]+$/.test(word) && word.includes("u"));
  return UNBUFFERED.includes(stack) || flagged || run.environmentNames.includes("PYTHONUNBUFFERED");
}

function killedSilently(overrides: Parameters<typeof transcriptOf>[0]) {
  return transcriptOf({
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 0.1 },
      { name: "sigterm", at: 10 },
      { name: "sigkill", at: 130 },
      { name: "exited", at: 130.1 },
    ],
    stop: { seconds: 120, killed: true },
    exit: { code: 137, oomKilled: false },
    ...overrides,
  });
}
