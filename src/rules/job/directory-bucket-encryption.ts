import { placeOf, stringAt, valueAt } from "../../core/job/request.ts";
import { bucketOf, isDirectoryBucket } from "../../core/job/s3.ts";

import { defineRule } from "../../core/rule.ts";

export const directoryBucketEncryption = defineRule({
  id: "TL606",
  name: "directory-bucket-encryption",
  summary: "A KMS key for output that goes to a directory bucket",
  rationale:
    "SageMaker writes to directory buckets (S3 Express One Zone) with server-side encryption by S3 managed keys (SSE-S3) only; a KMS key for such output is not supported.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    kmsKey: ({ bucket }: { bucket: string }) => ({
      message: `The output goes to the directory bucket ${bucket}, which SageMaker encrypts with SSE-S3 only; KmsKeyId can't be used with it.`,
      help: "Remove KmsKeyId, or write to a general purpose bucket.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const uri = stringAt(job, "OutputDataConfig", "S3OutputPath");
      const bucket = uri === null ? null : bucketOf(uri);
      const key = valueAt(job, "OutputDataConfig", "KmsKeyId");
      if (bucket === null || !isDirectoryBucket(bucket) || key === undefined || key === "") return;
      yield { ...messages.kmsKey({ bucket }), at: placeOf(job, "OutputDataConfig", "KmsKeyId") };
    },
  },
  examples: [
    {
      title: "A general purpose bucket with a key",
      job: '{\n  "OutputDataConfig": { "S3OutputPath": "s3://demo/out", "KmsKeyId": "alias/demo" }\n}\n',
    },
    {
      title: "A directory bucket with a key",
      job: '{\n  "OutputDataConfig": {\n    "S3OutputPath": "s3://demo--use1-az4--x-s3/out",\n    "KmsKeyId": "alias/demo"\n  }\n}\n',
      findings: [
        {
          messageId: "kmsKey",
          message:
            "The output goes to the directory bucket demo--use1-az4--x-s3, which SageMaker encrypts with SSE-S3 only; KmsKeyId can't be used with it.",
          at: "4:17-4:29",
        },
      ],
    },
  ],
});
