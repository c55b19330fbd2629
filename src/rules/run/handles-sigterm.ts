import { defineRule } from "../../core/rule.ts";
import { handlesTerm } from "../../core/run/signals.ts";
import { type Recipient, recipientOf, type Stack } from "../../core/run/stack.ts";
import { atEvent, processEvidence, withoutStop } from "../../core/run/story.ts";
import { type RunProcess, transcriptOf } from "../../core/run/transcript.ts";

const SHELL_ADVICE =
  "Let the shell become the program (`exec python3 train.py` as its last line, or an exec-form ENTRYPOINT), or trap TERM, pass it on and wait.";

/** What usually helps, by what got the signal. */
const ADVICE: { readonly [S in Stack]: string } = {
  python:
    "Install a handler before the training starts: signal.signal(signal.SIGTERM, handler), which saves to /opt/ml/model and exits. `finally`, atexit and KeyboardInterrupt do not run on SIGTERM.",
  "sagemaker-training":
    "The SageMaker training toolkit's `train` does not pass SIGTERM to your script. Start the script itself (ContainerEntrypoint or ENTRYPOINT), with a handler of its own, or put a small program in front that passes the signal on.",
  "shell-command": SHELL_ADVICE,
  "shell-script": SHELL_ADVICE,
  r: "R has no SIGTERM handler. Start it from a script that traps TERM, tells R to save (for example through a file that it looks for), and waits.",
  java: "Java runs shutdown hooks on SIGTERM unless it is started with -Xrs. Remove -Xrs, or see that the hooks end in time.",
  torchrun:
    "torchrun passes SIGTERM to its workers and kills them after 30 s. Handle SIGTERM in the worker and end there; keep it below that time.",
  mpirun:
    "mpirun passes SIGTERM to the ranks and kills them shortly after. Save checkpoints during training.",
  other: "Handle SIGTERM in the program that is PID 1: save to /opt/ml/model, then exit.",
};

/** TL502: SIGTERM ends the container within the grace period. */
export const handlesSigterm = defineRule({
  id: "TL502",
  name: "handles-sigterm",
  summary: "it does not end within the grace period after SIGTERM, and is killed",
  rationale: `StopTrainingJob, MaxRuntimeInSeconds and a spot interruption stop the container as \`docker stop -t 120\`
does: SIGTERM to PID 1, and SIGKILL to everything after 120 seconds. The kernel drops SIGTERM for a PID 1 that has no
handler for it. Then the whole grace period is paid for, nothing is saved in it, and SIGKILL ends the work.

The smoke run sends a real SIGTERM and waits; this rule reports a container that had to be killed. The signal masks in
the evidence say why; they are not what is judged. A container that ended before the signal was sent is skipped.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    { title: "pid_namespaces(7)", url: "https://man7.org/linux/man-pages/man7/pid_namespaces.7.html" },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    noHandler: ({ who, seconds, stack }: { who: string; seconds: number; stack: Stack }) => ({
      message: `${who} has no handler for SIGTERM and ran on until SIGKILL after ${seconds} s: what it had not saved is lost.`,
      help: ADVICE[stack],
    }),
    handlerDidNotEnd: ({ who, seconds }: { who: string; seconds: number }) => ({
      message: `${who} handles SIGTERM but had not ended after ${seconds} s, and was killed: what it had not saved is lost.`,
      help: "See that the handler ends the process: save, stop the workers (join or terminate them), then exit; a flag that nobody reads in time ends nothing.",
    }),
    killed: ({ who, seconds, stack }: { who: string; seconds: number; stack: Stack }) => ({
      message: `${who} had not ended ${seconds} s after SIGTERM, and was killed: what it had not saved is lost.`,
      help: ADVICE[stack],
    }),
  },
  check: {
    *run(run, { messages }) {
      const reason = withoutStop(run);
      if (reason !== null) {
        yield { skip: reason };
        return;
      }
      if (run.stop?.killed !== true) return;
      const recipient = recipientOf(run);
      const { process, stack } = recipient;
      const told = { who: nameOf(recipient), seconds: run.graceSeconds, stack };
      const message =
        process === null || process.masks === null
          ? messages.killed(told)
          : handlesTerm(process)
            ? messages.handlerDidNotEnd(told)
            : messages.noHandler(told);
      yield {
        ...message,
        at: atEvent(run, "sigkill"),
        evidence: {
          exitCode: run.exit?.code ?? null,
          seconds: run.stop.seconds,
          graceSeconds: run.graceSeconds,
          stack,
          readiness: run.readiness === null ? null : { ...run.readiness },
          stopSignal: run.stopSignal,
          process: processEvidence(process),
          processes: run.processesBeforeStop.slice(0, 20).map(processEvidence),
        },
      };
    },
  },
  examples: [
    { title: "A program that handles SIGTERM", run: transcriptOf() },
    { title: "A program that ends by itself is not judged", run: transcriptOf({ stop: null }) },
    {
      title: "Python without a handler",
      run: killedAs(["python3", "/opt/train.py", "train"], "0000000000000002"),
      findings: [
        {
          messageId: "noHandler",
          at: "sigkill",
          message:
            "PID 1 (`python3 /opt/train.py train`) has no handler for SIGTERM and ran on until SIGKILL after 120 s: what it had not saved is lost.",
        },
      ],
    },
    {
      title: "A handler that sets a flag nobody reads",
      run: killedAs(["python3", "/opt/train.py", "train"], "0000000000004002"),
      findings: [
        {
          messageId: "handlerDidNotEnd",
          at: "sigkill",
          message:
            "PID 1 (`python3 /opt/train.py train`) handles SIGTERM but had not ended after 120 s, and was killed: what it had not saved is lost.",
        },
      ],
    },
    {
      title: "An engine that shows no processes",
      run: killedAs(["/bin/sh", "-c", "python3 /opt/train.py", "train"], null),
      findings: [
        {
          messageId: "killed",
          at: "sigkill",
          message:
            "PID 1 (`/bin/sh -c python3 /opt/train.py train`) had not ended 120 s after SIGTERM, and was killed: what it had not saved is lost.",
        },
      ],
    },
  ],
});

function nameOf({ process, command, behindInit }: Recipient): string {
  const shown = command.length > 80 ? `${command.slice(0, 79)}…` : command;
  const behind = behindInit && process !== null && process.pid !== 1;
  return behind ? `\`${shown}\` (behind the init that is PID 1)` : `PID 1 (\`${shown}\`)`;
}

function killedAs(command: readonly string[], caught: string | null) {
  const none = "0000000000000000";
  const process: RunProcess = {
    pid: 1,
    parent: 0,
    command,
    masks: caught === null ? null : { blocked: none, ignored: none, caught },
  };
  return transcriptOf({
    argv: command,
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 0.3 },
      { name: "sigterm", at: 10.3 },
      { name: "sigkill", at: 130.3 },
      { name: "exited", at: 130.4 },
    ],
    exit: { code: 137, oomKilled: false },
    stop: { seconds: 120.1, killed: true },
    processesBeforeStop: caught === null ? [] : [process],
    filesAtEnd: [],
  });
}
