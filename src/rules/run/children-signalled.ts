import { initByName } from "../../core/entrypoint/init.ts";
import { defineRule } from "../../core/rule.ts";
import { isIdle, signalledProcess } from "../../core/run/signals.ts";
import { atEvent, savedDuringStop, withoutStop } from "../../core/run/story.ts";
import { type ProcessEnd, type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** A child that was seen alive so long after SIGTERM, and then went with PID 1, was not waited for; seconds. */
const LONG_ALIVE = 0.25;

/** TL506: the workers hear of the stop. */
export const childrenSignalled = defineRule({
  id: "TL506",
  name: "children-signalled",
  summary: "PID 1 ended while working children were still alive and died with it",
  rationale: `SIGTERM goes to PID 1 alone. When PID 1 ends, the kernel kills everything else in the container with
SIGKILL at once: a worker that nobody told saves nothing. PID 1 has to pass the signal on and wait for its children.

Judged by the processes seen between the signal and the end. An end within milliseconds leaves no time to see the order
in which they went; then it is reported only when nothing was saved or printed after the signal.`,
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
      title: "A trap that exits and forgets the worker",
      run: { ...withChild({ lastSeen: 0.01, ended: "with-pid-1" }), filesAtEnd: [] },
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

function lostChildren(run: Transcript): readonly ProcessEnd[] {
  const quiet =
    savedDuringStop(run).length === 0 && run.stdout.bytesAfterStop === 0 && run.stderr.bytesAfterStop === 0;
  // An init passes the signal on to its child and ends with it.
  const told = signalledProcess(run.processesBeforeStop)?.pid ?? 1;
  return run.processEnds.filter(
    (end) =>
      end.pid !== 1 &&
      end.pid !== told &&
      end.ended === "with-pid-1" &&
      !isIdle(end) &&
      initByName(end.command[0] ?? "") === null &&
      (quiet || end.lastSeen >= LONG_ALIVE),
  );
}

function withChild(child: Pick<ProcessEnd, "lastSeen" | "ended">): Transcript {
  return transcriptOf({
    processEnds: [
      { pid: 1, command: ["/bin/bash", "/train"], lastSeen: 0.3, ended: "with-pid-1" },
      { pid: 7, command: ["python3", "/opt/train.py"], ...child },
    ],
  });
}
