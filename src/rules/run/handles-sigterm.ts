import type { Json } from "../../core/json.ts";
import { defineRule } from "../../core/rule.ts";
import { handlesTerm, ignoresTerm, isIdle } from "../../core/run/signals.ts";
import { type Recipient, recipientOf, type Stack } from "../../core/run/stack.ts";
import { atEvent, processEvidence, withoutStop } from "../../core/run/story.ts";
import { type RunProcess, type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** Why a program of this kind usually does not end on SIGTERM, and what usually helps. */
interface Habit {
  readonly cause: string;
  readonly advice: string;
}

const PYTHON_ADVICE =
  "Install a handler before the training starts: signal.signal(signal.SIGTERM, handler), which saves to /opt/ml/model and exits. `finally`, atexit and KeyboardInterrupt do not run on SIGTERM.";
const SHELL_ADVICE =
  "Let the shell become the program (`exec python3 train.py` as its last line, or an exec-form ENTRYPOINT), or trap TERM, pass it on to the program in the background, and wait for it.";

const HABITS: { readonly [S in Stack]: Habit } = {
  python: {
    cause: "Python handles SIGTERM only where the program installs a handler",
    advice: PYTHON_ADVICE,
  },
  "sagemaker-training": {
    cause: "the SageMaker training toolkit's `train` does not pass SIGTERM on to your script",
    advice:
      "Start the script itself (ContainerEntrypoint or ENTRYPOINT), with a handler of its own, or put a small program in front that passes the signal on.",
  },
  "shell-command": {
    cause: "a shell that runs a command does not handle SIGTERM, nor pass it on",
    advice: SHELL_ADVICE,
  },
  "shell-script": {
    cause: "a shell script does not handle SIGTERM unless it traps it",
    advice: SHELL_ADVICE,
  },
  r: {
    cause: "R has no handler for SIGTERM",
    advice:
      "Start it from a script that traps TERM, tells R to save (for example through a file that it looks for), and waits.",
  },
  java: {
    cause: "with -Xrs Java does not handle SIGTERM",
    advice: "Remove -Xrs: Java then runs its shutdown hooks on SIGTERM. See that they end in time.",
  },
  node: {
    cause: "Node.js as PID 1 handles SIGTERM only where the program installs a handler",
    advice: "Install one: process.on('SIGTERM', ...), which saves to /opt/ml/model and exits.",
  },
  torchrun: {
    cause: "torchrun passes SIGTERM to its workers and kills them only after 30 s",
    advice: "Handle SIGTERM in the worker and end there, well within the grace period.",
  },
  mpirun: {
    cause: "mpirun passes SIGTERM to the ranks and waits for them",
    advice: "Handle SIGTERM in the ranks and end there; save checkpoints during training.",
  },
  idle: {
    cause: "it only waits and handles no SIGTERM",
    advice: "Make the training program PID 1, with a handler for SIGTERM.",
  },
  other: {
    cause: "it has no handler for SIGTERM",
    advice: "Handle SIGTERM in the program that is PID 1: save to /opt/ml/model, then exit.",
  },
};

/** A mask without a signal. */
const none = "0000000000000000";

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
    noHandler: ({ who, seconds, cause, advice }: Told) => ({
      message: `${who} ran on until SIGKILL ${seconds} s after SIGTERM, since ${cause}: what it had not saved is lost.`,
      help: advice,
    }),
    ignored: ({ who, seconds }: { who: string; seconds: number }) => ({
      message: `${who} ran on until SIGKILL ${seconds} s after SIGTERM, since it is set to ignore that signal: what it had not saved is lost.`,
      help: "Do not ignore SIGTERM (`trap '' TERM`, nohup, SIG_IGN); SageMaker sends no other signal before SIGKILL. Save and exit in a handler.",
    }),
    handlerDidNotEnd: ({ who, seconds, working }: { who: string; seconds: number; working: string }) => ({
      message: `${who} handles SIGTERM but had not ended after ${seconds} s, and was killed${working}: what it had not saved is lost.`,
      help: "See that the handler ends the process: save, stop the workers (join or terminate them), then exit; a flag that nobody reads in time ends nothing.",
    }),
    trapWaits: ({ who, seconds, child }: { who: string; seconds: number; child: string }) => ({
      message: `${who} traps SIGTERM but had not ended after ${seconds} s, and was killed: \`${child}\` was still running, and a shell runs its trap only when the command in front has ended. What it had not saved is lost.`,
      help: "Start the program in the background, pass the signal on in the trap, and wait: `program & pid=$!; trap 'kill -TERM $pid' TERM; wait $pid; wait $pid`.",
    }),
    killed: ({ who, seconds, cause, advice }: Told) => ({
      message: `${who} had not ended ${seconds} s after SIGTERM, and was killed: what it had not saved is lost. Most likely ${cause}.`,
      help: advice,
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
      const { process, stack, child } = recipient;
      const told = { who: nameOf(recipient), seconds: run.graceSeconds };
      const at = atEvent(run, "sigkill");
      const evidence = evidenceOf(run, recipient);
      if (process === null || process.masks === null) {
        yield { ...messages.killed({ ...told, ...habitOf(recipient) }), at, evidence };
      } else if (ignoresTerm(process)) {
        yield { ...messages.ignored(told), at, evidence };
      } else if (!handlesTerm(process)) {
        yield { ...messages.noHandler({ ...told, ...habitOf(recipient) }), at, evidence };
      } else if (child !== null && (stack === "shell-script" || stack === "shell-command")) {
        yield { ...messages.trapWaits({ ...told, child: shown(child.command.join(" ")) }), at, evidence };
      } else {
        yield { ...messages.handlerDidNotEnd({ ...told, working: workingOf(run, recipient) }), at, evidence };
      }
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
            "PID 1 (`python3 /opt/train.py train`) ran on until SIGKILL 120 s after SIGTERM, since Python handles SIGTERM only where the program installs a handler: what it had not saved is lost.",
        },
      ],
    },
    {
      title: "A shell in front of the program",
      run: withChild(killedAs(["/bin/sh", "-c", "python3 /opt/train.py", "train"], "0000000000010002")),
      findings: [
        {
          messageId: "noHandler",
          at: "sigkill",
          message:
            "PID 1 (`/bin/sh -c python3 /opt/train.py train`) ran on until SIGKILL 120 s after SIGTERM, since a shell that runs a command does not handle SIGTERM, nor pass it on, and nothing passed it on to `python3 /opt/train.py`: what it had not saved is lost.",
        },
      ],
    },
    {
      title: "A trap that waits for the program in front",
      run: withChild(killedAs(["/bin/bash", "/opt/train.sh", "train"], "0000000000014002")),
      findings: [
        {
          messageId: "trapWaits",
          at: "sigkill",
          message:
            "PID 1 (`/bin/bash /opt/train.sh train`) traps SIGTERM but had not ended after 120 s, and was killed: `python3 /opt/train.py` was still running, and a shell runs its trap only when the command in front has ended. What it had not saved is lost.",
        },
      ],
    },
    {
      title: "A process that ignores SIGTERM",
      run: killedAs(["python3", "/opt/train.py", "train"], "0000000000000002", "0000000000004000"),
      findings: [
        {
          messageId: "ignored",
          at: "sigkill",
          message:
            "PID 1 (`python3 /opt/train.py train`) ran on until SIGKILL 120 s after SIGTERM, since it is set to ignore that signal: what it had not saved is lost.",
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
            "PID 1 (`/bin/sh -c python3 /opt/train.py train`) had not ended 120 s after SIGTERM, and was killed: what it had not saved is lost. Most likely a shell that runs a command does not handle SIGTERM, nor pass it on.",
        },
      ],
    },
  ],
});

/** Who got the signal, for how long it was waited for, and what is usual for such a program. */
interface Told extends Habit {
  readonly who: string;
  readonly seconds: number;
}

/** What is usual for the program that got the signal; where a child does the work, the child is named. */
function habitOf({ stack, child }: Recipient): Habit {
  const habit = HABITS[stack];
  if (child === null || stack === "sagemaker-training") return habit;
  const cause = `${habit.cause}, and nothing passed it on to \`${shown(child.command.join(" "))}\``;
  const parent = stack === "python" || stack === "node" || stack === "other";
  if (!parent) return { ...habit, cause };
  return {
    cause,
    advice: `In the parent, handle SIGTERM: send it to the child, wait for the child, then exit. In the child, save and exit. Or let the child be PID 1.`,
  };
}

function nameOf({ process, command, behindInit }: Recipient): string {
  const behind = behindInit && process !== null && process.pid !== 1;
  return behind ? `\`${shown(command)}\` (behind the init that is PID 1)` : `PID 1 (\`${shown(command)}\`)`;
}

/** The children that were still there shortly before SIGKILL. */
function workingOf(run: Transcript, { process }: Recipient): string {
  const child = run.processesAfterSignal.find(
    (one) => one.pid !== 1 && one.pid !== process?.pid && !isIdle(one),
  );
  return child === undefined ? "" : ` (still running: \`${shown(child.command.join(" "))}\`)`;
}

function shown(command: string): string {
  return command.length > 80 ? `${command.slice(0, 79)}…` : command;
}

function evidenceOf(run: Transcript, { process, stack }: Recipient): { readonly [key: string]: Json } {
  return {
    exitCode: run.exit?.code ?? null,
    seconds: run.stop?.seconds ?? null,
    graceSeconds: run.graceSeconds,
    stack,
    readiness: run.readiness === null ? null : { ...run.readiness },
    stopSignal: run.stopSignal,
    process: processEvidence(process),
    processes: run.processesBeforeStop.slice(0, 20).map(processEvidence),
  };
}

function withChild(run: Transcript): Transcript {
  const child: RunProcess = {
    pid: 7,
    parent: 1,
    command: ["python3", "/opt/train.py"],
    masks: { blocked: none, ignored: none, caught: "0000000000004002" },
    residentBytes: null,
  };
  return { ...run, processesBeforeStop: [...run.processesBeforeStop, child] };
}

function killedAs(command: readonly string[], caught: string | null, ignored = none): Transcript {
  const process: RunProcess = {
    pid: 1,
    parent: 0,
    command,
    masks: caught === null ? null : { blocked: none, ignored, caught },
    residentBytes: null,
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
