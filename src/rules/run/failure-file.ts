import { defineRule } from "../../core/rule.ts";
import { neverRan } from "../../core/run/start-failure.ts";
import { atEvent } from "../../core/run/story.ts";
import { transcriptOf } from "../../core/run/transcript.ts";

/** TL505: a failure says why. */
export const failureFile = defineRule({
  id: "TL505",
  name: "failure-file",
  summary: "it failed without writing /opt/ml/output/failure",
  rationale: `SageMaker puts the first 1,024 characters of /opt/ml/output/failure into FailureReason. Without the file the
job's description has only the exit code, and the cause must be looked for in the logs.`,
  refs: [
    {
      title: "How SageMaker signals success and failure",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-signal-success-failure.html",
    },
  ],
  severity: "info",
  precision: "very-high",
  options: {},
  messages: {
    missing: ({ code }: { code: number }) => ({
      message: `It failed with exit code ${code} and wrote no /opt/ml/output/failure: FailureReason will only show the exit code.`,
      help: "Catch the error at the top of the program, write its text to /opt/ml/output/failure, and exit with a code other than 0.",
    }),
  },
  check: {
    *run(run, { messages }) {
      if (run.exit === null || neverRan(run)) {
        yield { skip: "not judged: the program did not start" };
        return;
      }
      const failed = run.stop === null && run.exit.code !== 0;
      if (!failed || (run.failure !== null && run.failure.trim() !== "")) return;
      yield {
        ...messages.missing({ code: run.exit.code }),
        at: atEvent(run, "exited"),
        evidence: { exitCode: run.exit.code, stderr: run.stderr.tail.slice(-5) },
      };
    },
  },
  examples: [
    { title: "A run that did not fail", run: transcriptOf() },
    {
      title: "A failure with its reason",
      run: transcriptOf({
        stop: null,
        exit: { code: 1, oomKilled: false },
        failure: "no data in /opt/ml/input",
      }),
    },
    {
      title: "A failure without a reason",
      run: transcriptOf({ stop: null, exit: { code: 1, oomKilled: false } }),
      findings: [
        {
          messageId: "missing",
          at: "exited",
          message:
            "It failed with exit code 1 and wrote no /opt/ml/output/failure: FailureReason will only show the exit code.",
        },
      ],
    },
  ],
});
