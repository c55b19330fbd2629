import { defineRule } from "../../core/rule.ts";
import { atEvent, timeOf, withoutStop } from "../../core/run/story.ts";
import { transcriptOf } from "../../core/run/transcript.ts";

/** TL509: the handler is there before a stop can come. */
export const handlerInTime = defineRule({
  id: "TL509",
  name: "handler-in-time",
  summary: "the SIGTERM handler is set up so late that a first SIGTERM was lost",
  rationale: `A stop may come at any time, a spot interruption in the first minute too. The kernel drops a SIGTERM for which
PID 1 has no handler yet, and nobody sends it again: SIGKILL follows after 120 seconds. The smoke run saw the handler
appear only after it had sent the signal; it sent it once more, and the other rules judge that second stop.`,
  refs: [{ title: "pid_namespaces(7)", url: "https://man7.org/linux/man-pages/man7/pid_namespaces.7.html" }],
  severity: "info",
  precision: "very-high",
  options: {},
  messages: {
    late: ({ handler, signal }: { handler: string; signal: string }) => ({
      message: `The SIGTERM handler was set up ${handler} s after the start; a SIGTERM ${signal} s after the start was lost.`,
      help: "Install the handler as the first thing that the program does, before slow imports and before data is loaded.",
    }),
  },
  check: {
    *run(run, { messages }) {
      const reason = withoutStop(run);
      if (reason !== null) {
        yield { skip: reason };
        return;
      }
      if (run.early === null) return;
      const started = timeOf(run, "started") ?? 0;
      yield {
        ...messages.late({
          handler: (run.early.handlerAt - started).toFixed(0),
          signal: (run.early.sigtermAt - started).toFixed(0),
        }),
        at: atEvent(run, "ready"),
        evidence: { ...run.early },
      };
    },
  },
  examples: [
    { title: "A handler that was there", run: transcriptOf() },
    {
      title: "A handler behind a slow import",
      run: transcriptOf({ early: { sigtermAt: 10.3, handlerAt: 14.3 } }),
      findings: [
        {
          messageId: "late",
          at: "ready",
          message:
            "The SIGTERM handler was set up 14 s after the start; a SIGTERM 10 s after the start was lost.",
        },
      ],
    },
  ],
});
