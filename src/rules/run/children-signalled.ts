import { initByName } from "../../core/entrypoint/init.ts";
import { defineRule } from "../../core/rule.ts";
import { handlesTerm, ignoresTerm, isIdle, signalledProcess } from "../../core/run/signals.ts";
import { stackOf } from "../../core/run/stack.ts";
import { atEvent, savedDuringStop, timeOf, withoutStop } from "../../core/run/story.ts";
import { type ProcessEnd, type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** TL506: the workers hear of the stop. */
export const childrenSignalled = defineRule({
  id: "TL506",
  name: "children-signalled",
  summary: "PID 1 ended while working children were still alive and died with it",
  rationale: `SIGTERM goes to PID 1 alone. When PID 1 ends, the kernel kills everything else in the container with
SIGKILL at once: a worker that nobody told saves nothing. PID 1 has to pass the signal on and wait for its children.

Judged by the processes between the signal and the end: whether a child was gone before PID 1 began to end, and whether
PID 1 waited for any. A shell or an init can end too fast for either to be seen; then it is reported only when nothing was
saved or printed after the signal. Helpers that ignore SIGTERM and processes that only wait do not count.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    { title: "pid_namespaces(7)", url: "https://man7.org/linux/man-pages/man7/pid_namespaces.7.html" },
  ],
  severity: "warning",
  precision: "medium",
  options: {},
  messages: {
    diedWithPid1: ({ seconds, count, first }: { seconds: string; count: number; first: string }) => ({
      message: `PID 1 ended ${seconds} s after SIGTERM while ${count === 1 ? "a child was" : `${count} children were`} still working (\`${first}\`): SIGKILL ended ${count === 1 ? "it" : "them"} with PID 1, unsaved.`,
      help: "Pass SIGTERM on to the children and wait for them before PID 1 exits: in a shell `trap 'kill -TERM $pid' TERM` with `wait` twice, or `exec` the program; with an init its group option (`tini -g`) does not make it wait.",
    }),
  },
  check: {
    *run(run, { messages }) {
      const reason = withoutStop(run);
      if (reason !== null) {
        yield { skip: reason };
        return;
      }
      if (run.stop === null || run.stop.killed) return;
      const lost = lostChildren(run);
      const first = lost[0];
      if (first === undefined) return;
      yield {
        ...messages.diedWithPid1({
          seconds: run.stop.seconds.toFixed(1),
          count: lost.length,
          first: first.command.join(" ").slice(0, 80),
        }),
        at: atEvent(run, "exited"),
        evidence: {
          seconds: run.stop.seconds,
          children: lost.slice(0, 20).map(({ pid, command, lastSeen }) => ({ pid, command, lastSeen })),
        },
      };
    },
  },
  examples: [
    { title: "No children", run: transcriptOf() },
    {
      title: "The signal was passed on, and the child ended first",
      run: withChild({ lastSeen: 0.2, ended: "first" }),
    },
    {
      title: "The signal was passed on, the end came too fast to be seen, and the worker has saved",
      run: withChild({ lastSeen: 0.01, ended: "unknown" }, "/bin/bash"),
    },
    {
      title: "PID 1 took its time, in silence: it waited for the child",
      run: { ...withChild({ lastSeen: 0.29, ended: "unknown" }, "/bin/bash"), filesAtEnd: [] },
    },
    {
      title: "An end too fast to be seen, after which there is nothing",
      run: { ...withChild({ lastSeen: 0.01, ended: "unknown" }, "/bin/bash"), filesAtEnd: [] },
      findings: [
        {
          messageId: "diedWithPid1",
          at: "exited",
          message:
            "PID 1 ended 0.3 s after SIGTERM while a child was still working (`python3 /opt/train.py`): SIGKILL ended it with PID 1, unsaved.",
        },
      ],
    },
    {
      title: "A parent that ends at once, faster than its worker could have handled the signal too",
      run: fastEnd(0.017),
      findings: [
        {
          messageId: "diedWithPid1",
          at: "exited",
          message:
            "PID 1 ended 0.0 s after SIGTERM while a child was still working (`python3 /opt/train.py`): SIGKILL ended it with PID 1, unsaved.",
        },
      ],
    },
    { title: "A parent that may have waited for its worker", run: fastEnd(0.04) },
    {
      title: "A trap that exits and forgets the worker",
      run: withChild({ lastSeen: 0.01, ended: "with-pid-1" }),
      findings: [
        {
          messageId: "diedWithPid1",
          at: "exited",
          message:
            "PID 1 ended 0.3 s after SIGTERM while a child was still working (`python3 /opt/train.py`): SIGKILL ended it with PID 1, unsaved.",
        },
      ],
    },
  ],
});

/** A PID 1 that takes longer to end, and in silence, waits for somebody; seconds. */
const AT_ONCE = 0.25;
/** Two interpreters hardly end one after the other, each behind a handler, in less; seconds. */
const TWO_HANDLERS = 0.02;

function lostChildren(run: Transcript): readonly ProcessEnd[] {
  // An init passes the signal on to its child and ends with it.
  const told = signalledProcess(run.processesBeforeStop)?.pid ?? 1;
  const unseen = isTakenForLost(run);
  return run.processEnds.filter(
    (end) =>
      end.pid !== 1 &&
      end.pid !== told &&
      (end.ended === "with-pid-1" || (end.ended === "unknown" && unseen && isTooFast(run, end))) &&
      isWorking(run, end),
  );
}

/** Whether a child whose end nobody saw may be taken for lost: nothing tells of anybody who heard of the stop. */
function isTakenForLost(run: Transcript): boolean {
  const quiet = run.stdout.bytesAfterStop === 0 && run.stderr.bytesAfterStop === 0;
  return quiet && savedDuringStop(run).length === 0 && !endedAsItsChild(run);
}

/**
 * Whether the stop was over too fast for a child to have had its part in it. A shell or an init as PID 1 ends faster
 * than one can look; another that takes its children along is nearly always seen to do so, and else there was no time
 * for two programs, one after the other, to run a handler and to end.
 */
function isTooFast(run: Transcript, { pid, lastSeen }: ProcessEnd): boolean {
  if (endsInAWink(run)) return lastSeen < AT_ONCE;
  const child = run.processesBeforeStop.find((process) => process.pid === pid);
  const seconds = (timeOf(run, "exited") ?? 0) - (timeOf(run, "sigterm") ?? 0);
  return child !== undefined && handlesTerm(child) && seconds < TWO_HANDLERS;
}

function endsInAWink({ processesBeforeStop, argv }: Transcript): boolean {
  const command = processesBeforeStop.find(({ pid }) => pid === 1)?.command ?? argv;
  return initByName(command[0] ?? "") !== null || stackOf(command).startsWith("shell");
}

/** The exit code of a child that SIGTERM ended, passed on by a parent with a handler: it was told and waited for. */
function endedAsItsChild({ exit, processesBeforeStop }: Transcript): boolean {
  const recipient = signalledProcess(processesBeforeStop);
  return exit?.code === 143 && recipient?.pid === 1 && handlesTerm(recipient);
}

function isWorking(run: Transcript, end: ProcessEnd): boolean {
  const process = run.processesBeforeStop.find(({ pid }) => pid === end.pid);
  const ignores = process !== undefined && ignoresTerm(process);
  return !ignores && !isIdle(end) && initByName(end.command[0] ?? "") === null;
}

function withChild(child: Pick<ProcessEnd, "lastSeen" | "ended">, interpreter = "python3"): Transcript {
  const argv = [interpreter, "/opt/start", "train"];
  return transcriptOf({
    argv,
    processesBeforeStop: [{ pid: 1, parent: 0, command: argv, masks: null, residentBytes: null }],
    processEnds: [{ pid: 7, command: ["python3", "/opt/train.py"], ...child }],
  });
}

/** A parent that ended so many seconds after SIGTERM; nobody saw when its worker did, and nothing was saved. */
function fastEnd(seconds: number): Transcript {
  const run = withChild({ lastSeen: 0.005, ended: "unknown" });
  const masks = { blocked: "0".repeat(16), ignored: "0000000001001000", caught: "0000000000004002" };
  const worker = { pid: 7, parent: 1, command: ["python3", "/opt/train.py"], masks, residentBytes: null };
  return {
    ...run,
    processesBeforeStop: [...run.processesBeforeStop, worker],
    events: [
      { name: "started", at: 0 },
      { name: "sigterm", at: 1 },
      { name: "exited", at: 1 + seconds },
    ],
    stop: { seconds: 0, killed: false },
    filesAtEnd: [],
  };
}
