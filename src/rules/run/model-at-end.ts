import { defineRule } from "../../core/rule.ts";
import { atEvent } from "../../core/run/story.ts";
import { type Transcript, transcriptOf } from "../../core/run/transcript.ts";

/** TL510: a training that ran to its end leaves a model. */
export const modelAtEnd = defineRule({
  id: "TL510",
  name: "model-at-end",
  summary: "the training ran to its end with exit code 0 and left /opt/ml/model empty",
  rationale: `SageMaker uploads what is in /opt/ml/model when the container ends. A program that writes its model anywhere else
completes, and the job's model.tar.gz is empty. Judged only where the smoke run was told to wait for the end of the
training (\`--until-exit\`): otherwise it is a start and a stop, in which no model need be finished.`,
  refs: [
    {
      title: "How SageMaker processes training output",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html",
    },
  ],
  severity: "warning",
  precision: "high",
  options: {},
  messages: {
    empty: ({ elsewhere }: { elsewhere: string }) => ({
      message: `It ended with exit code 0 and left /opt/ml/model empty${elsewhere}: the job completes without a model.`,
      help: "Save the model to /opt/ml/model (the training toolkit's SM_MODEL_DIR names it).",
    }),
  },
  check: {
    *run(run, { messages }) {
      if (!run.untilExit) {
        yield { skip: "not judged: the run was not told to wait for the end of the training (--until-exit)" };
        return;
      }
      if (run.exit?.code !== 0 || run.stop !== null || hasModel(run)) return;
      const others = run.filesAtEnd.map(({ path }) => path);
      const elsewhere = others.length === 0 ? "" : ` (it wrote ${others.slice(0, 3).join(", ")})`;
      yield {
        ...messages.empty({ elsewhere }),
        at: atEvent(run, "exited"),
        evidence: { exitCode: 0, files: others.slice(0, 20) },
      };
    },
  },
  examples: [
    { title: "A training with its model", run: finished(["/opt/ml/model/model.bin"]) },
    { title: "A run that was not to wait for the end", run: { ...finished([]), untilExit: false } },
    {
      title: "A model in the wrong folder",
      run: finished(["/opt/ml/output/data/model.bin"]),
      findings: [
        {
          messageId: "empty",
          at: "exited",
          message:
            "It ended with exit code 0 and left /opt/ml/model empty (it wrote /opt/ml/output/data/model.bin): the job completes without a model.",
        },
      ],
    },
  ],
});

function hasModel(run: Transcript): boolean {
  return run.filesAtEnd.some(({ path }) => path.startsWith("/opt/ml/model/"));
}

function finished(paths: readonly string[]): Transcript {
  const filesAtEnd = paths.map((path) => ({ path, size: 4, sha256: "0".repeat(64), modified: 1.2 }));
  return transcriptOf({ untilExit: true, stop: null, readiness: null, filesAtEnd });
}
