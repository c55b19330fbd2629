import { defineRule } from "../../core/rule.ts";
import { recipientOf } from "../../core/run/stack.ts";
import { refusesWrite } from "../../core/run/start-failure.ts";
import { atEvent, processEvidence, savedDuringStop, withoutStop } from "../../core/run/story.ts";
import { type Transcript, transcriptOf } from "../../core/run/transcript.ts";

const ADVICE =
  "Save the model in the SIGTERM handler, to /opt/ml/model (uploaded when the job stops) or to the checkpoint folder.";

/** TL503: what was trained up to the stop is saved. */
export const savesModelOnSigterm = defineRule({
  id: "TL503",
  name: "saves-model-on-sigterm",
  summary: "nothing new in /opt/ml/model or the checkpoint folder after a stop that ended in time",
  rationale: `The 120 seconds between SIGTERM and SIGKILL are there to save the model. A container that ends in time but
writes nothing loses what it trained since its last save. This compares names, sizes and hashes of the files before
SIGTERM and at the end. Where earlier saves are there, the finding is an info.`,
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
    nothingSaved: ({ seconds, code }: { seconds: string; code: number }) => ({
      message: `It ended ${seconds} s after SIGTERM (exit code ${code}) and left /opt/ml/model and the checkpoints empty: a stopped job keeps nothing of its training.`,
      help: ADVICE,
    }),
    notAllowed: ({ line, user }: { line: string; user: string }) => ({
      message: `Nothing was saved on SIGTERM: the program may not write to /opt/ml, whose folders belong to root ("${line}"; it runs as ${user}).`,
      help: "Run training as root (no USER, or USER root), as SageMaker's own containers do.",
    }),
    nothingNew: ({ seconds, count }: { seconds: string; count: number }) => ({
      message: `It ended ${seconds} s after SIGTERM without saving again: a stopped job keeps what it saved before (files: ${count}), not what it trained since.`,
      help: ADVICE,
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
      const saved = savedDuringStop(run).filter(isModel);
      if (saved.length > 0) return;
      const kept = run.filesAtEnd.filter((file) => isModel(file.path));
      const seconds = run.stop.seconds.toFixed(1);
      const evidence = {
        exitCode: run.exit?.code ?? null,
        seconds: run.stop.seconds,
        filesAtEnd: kept.slice(0, 20).map((file) => file.path),
        process: processEvidence(recipientOf(run).process),
      };
      const at = atEvent(run, "exited");
      const refusal = refusedWrite(run);
      if (refusal !== null) {
        const user = run.user === "" ? "root" : run.user;
        yield { ...messages.notAllowed({ line: refusal, user }), at, evidence };
      } else if (kept.length === 0) {
        yield { ...messages.nothingSaved({ seconds, code: run.exit?.code ?? 0 }), at, evidence };
      } else {
        yield { ...messages.nothingNew({ seconds, count: kept.length }), at, evidence, severity: "info" };
      }
    },
  },
  examples: [
    { title: "A handler that saves", run: transcriptOf() },
    {
      title: "A handler that moves an older checkpoint to where the model belongs",
      run: transcriptOf({
        filesAtEnd: [{ path: "/opt/ml/model/model.bin", size: 4, sha256: "0".repeat(64), modified: 0.5 }],
      }),
    },
    {
      title: "A file that was saved between the last look and SIGTERM",
      run: transcriptOf({
        filesAtEnd: [{ path: "/opt/ml/model/model.bin", size: 4, sha256: "0".repeat(64), modified: 1.05 }],
      }),
      findings: [
        {
          messageId: "nothingNew",
          severity: "info",
          at: "exited",
          message:
            "It ended 0.3 s after SIGTERM without saving again: a stopped job keeps what it saved before (files: 1), not what it trained since.",
        },
      ],
    },
    {
      title: "A handler that only exits",
      run: transcriptOf({ filesAtEnd: [] }),
      findings: [
        {
          messageId: "nothingSaved",
          at: "exited",
          message:
            "It ended 0.3 s after SIGTERM (exit code 0) and left /opt/ml/model and the checkpoints empty: a stopped job keeps nothing of its training.",
        },
      ],
    },
    {
      title: "A user who may not write the model",
      run: transcriptOf({
        user: "trainer",
        filesAtEnd: [],
        stderr: {
          tail: ["PermissionError: [Errno 13] Permission denied: '/opt/ml/model/m'"],
          bytes: 66,
          bytesAfterStop: 66,
        },
      }),
      findings: [
        {
          messageId: "notAllowed",
          at: "exited",
          message:
            "Nothing was saved on SIGTERM: the program may not write to /opt/ml, whose folders belong to root (\"PermissionError: [Errno 13] Permission denied: '/opt/ml/model/m'\"; it runs as trainer).",
        },
      ],
    },
    {
      title: "A handler that only takes the checkpoint away",
      run: { ...withCheckpoint(), filesAtEnd: [] },
      findings: [
        {
          messageId: "nothingSaved",
          at: "exited",
          message:
            "It ended 0.3 s after SIGTERM (exit code 0) and left /opt/ml/model and the checkpoints empty: a stopped job keeps nothing of its training.",
        },
      ],
    },
    {
      title: "A checkpoint from before, and none for the stop",
      run: withCheckpoint(),
      findings: [
        {
          messageId: "nothingNew",
          severity: "info",
          at: "exited",
          message:
            "It ended 0.3 s after SIGTERM without saving again: a stopped job keeps what it saved before (files: 1), not what it trained since.",
        },
      ],
    },
  ],
});

/** What the program said after SIGTERM about a write below /opt/ml that it was refused. */
function refusedWrite({ stderr, stdout }: Transcript): string | null {
  const lines = [stderr, stdout].flatMap(({ tail, bytesAfterStop }) => (bytesAfterStop > 0 ? tail : []));
  return lines.findLast((line) => refusesWrite(line)) ?? null;
}

function isModel(path: string): boolean {
  return !path.startsWith("/opt/ml/output/");
}

function withCheckpoint(): Transcript {
  const files = [{ path: "/opt/ml/checkpoints/epoch-1", size: 10, sha256: "1".repeat(64), modified: 0.8 }];
  return transcriptOf({ filesBeforeStop: files, filesAtEnd: files });
}
