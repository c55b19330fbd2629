import { defineRule } from "../../core/rule.ts";
import { atEvent, withoutStop } from "../../core/run/story.ts";
import { transcriptOf } from "../../core/run/transcript.ts";

/** Of the grace period; beyond it the stop counts as too close. */
const RESERVE = 0.8;

/** TL504: the stop leaves time to spare. */
export const stopsWithReserve = defineRule({
  id: "TL504",
  name: "stops-with-reserve",
  summary: "it ended after SIGTERM, but only after more than 80% of the grace period",
  rationale: `A stop that takes nearly the whole grace period here may take longer than it on the service, where models
are larger and disks busier. Then SIGKILL comes in the middle of the save.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "warning",
  precision: "high",
  options: {},
  messages: {
    late: ({ seconds, grace }: { seconds: string; grace: number }) => ({
      message: `It ended ${seconds} s after SIGTERM, of ${grace} s until SIGKILL: a slower disk or a larger model, and the save is cut off.`,
      help: "Save less in the handler (only the last state), save checkpoints during training, or stop the workers sooner.",
    }),
  },
  check: {
    *run(run, { messages }) {
      const reason = withoutStop(run);
      if (reason !== null) {
        yield { skip: reason };
        return;
      }
      if (run.stop === null || run.stop.killed || run.stop.seconds <= run.graceSeconds * RESERVE) return;
      yield {
        ...messages.late({ seconds: run.stop.seconds.toFixed(1), grace: run.graceSeconds }),
        at: atEvent(run, "exited"),
        evidence: {
          seconds: run.stop.seconds,
          graceSeconds: run.graceSeconds,
          exitCode: run.exit?.code ?? null,
        },
      };
    },
  },
  examples: [
    { title: "A quick stop", run: transcriptOf() },
    {
      title: "A save that takes 110 of 120 seconds",
      run: transcriptOf({ stop: { seconds: 110.2, killed: false } }),
      findings: [
        {
          messageId: "late",
          at: "exited",
          message:
            "It ended 110.2 s after SIGTERM, of 120 s until SIGKILL: a slower disk or a larger model, and the save is cut off.",
        },
      ],
    },
  ],
});
