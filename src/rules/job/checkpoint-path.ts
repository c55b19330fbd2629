import { placeOf, stringAt } from "../../core/job/request.ts";
import { absolutePath, isWithin } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";

/** Folders that SageMaker fills or reads itself. */
const TAKEN = ["/opt/ml/input", "/opt/ml/model", "/opt/ml/output"];

export const checkpointPath = defineRule({
  id: "TL613",
  name: "checkpoint-path",
  summary: "A checkpoint folder that is not a path of its own in the container",
  rationale:
    "SageMaker mounts CheckpointConfig.LocalPath (by default /opt/ml/checkpoints) and keeps it and the S3 prefix alike in both directions, deletions included. A folder that SageMaker uses for something else mixes checkpoints with the model or the input.",
  refs: [
    {
      title: "Checkpoints in Amazon SageMaker, developer guide",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html",
    },
  ],
  severity: "warning",
  precision: "high",
  options: {},
  messages: {
    relative: ({ path }: { path: string }) => ({
      message: `LocalPath "${path}" is not absolute: where it would be in the container is not defined.`,
      help: "Write an absolute path, such as /opt/ml/checkpoints.",
    }),
    taken: ({ path, folder }: { path: string; folder: string }) => ({
      message: `LocalPath ${path} and ${folder}, which SageMaker uses itself, are one folder or lie in each other: checkpoints and its files get mixed.`,
      help: "Use a folder of its own, such as /opt/ml/checkpoints.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const path = stringAt(job, "CheckpointConfig", "LocalPath");
      if (path === null || path === "") return;
      const at = placeOf(job, "CheckpointConfig", "LocalPath");
      if (!path.startsWith("/")) {
        yield { ...messages.relative({ path }), at };
        return;
      }
      const local = absolutePath("/", path);
      const folder = TAKEN.find((taken) => isWithin(local, taken) || isWithin(taken, local));
      if (folder !== undefined) yield { ...messages.taken({ path, folder }), at };
    },
  },
  examples: [
    {
      title: "A folder of its own",
      job: '{ "CheckpointConfig": { "S3Uri": "s3://demo/checkpoints", "LocalPath": "/opt/ml/checkpoints" } }',
    },
    {
      title: "A relative path",
      job: '{ "CheckpointConfig": { "S3Uri": "s3://demo/checkpoints", "LocalPath": "checkpoints" } }',
      findings: [
        {
          messageId: "relative",
          message:
            'LocalPath "checkpoints" is not absolute: where it would be in the container is not defined.',
          at: "1:72-1:85",
        },
      ],
    },
    {
      title: "The folder of the model",
      job: '{ "CheckpointConfig": { "S3Uri": "s3://demo/checkpoints", "LocalPath": "/opt/ml/model" } }',
      findings: [
        {
          messageId: "taken",
          message:
            "LocalPath /opt/ml/model and /opt/ml/model, which SageMaker uses itself, are one folder or lie in each other: checkpoints and its files get mixed.",
          at: "1:72-1:87",
        },
      ],
    },
    {
      title: "A folder around all others",
      job: '{ "CheckpointConfig": { "S3Uri": "s3://demo/checkpoints", "LocalPath": "/opt/ml/" } }',
      findings: [
        {
          messageId: "taken",
          message:
            "LocalPath /opt/ml/ and /opt/ml/input, which SageMaker uses itself, are one folder or lie in each other: checkpoints and its files get mixed.",
          at: "1:72-1:82",
        },
      ],
    },
  ],
});
