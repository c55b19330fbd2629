import { placeAt } from "../../core/job/request.ts";
import { bucketOf, directoryBucketFault, isDirectoryBucket, s3Uris } from "../../core/job/s3.ts";

import { defineRule } from "../../core/rule.ts";

export const directoryBucketName = defineRule({
  id: "TL607",
  name: "directory-bucket-name",
  summary: "A bucket with the ending of a directory bucket whose name breaks the naming rules",
  rationale:
    "The name of a directory bucket is base--zone-id--x-s3, 3 to 63 characters, with lower case letters, digits and hyphens. A bucket of another name can't exist, so the job would not find it.",
  refs: [
    {
      title: "Directory bucket naming rules, Amazon S3 user guide",
      url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    name: ({ bucket, fault }: { bucket: string; fault: string }) => ({
      message: `No directory bucket can be called ${bucket}: ${fault}.`,
      help: "Correct the name of the bucket.",
    }),
  },
  check: {
    *job(job, { messages }) {
      for (const { uri, pointer } of s3Uris(job)) {
        const bucket = bucketOf(uri);
        if (bucket === null || !isDirectoryBucket(bucket)) continue;
        const fault = directoryBucketFault(bucket);
        if (fault !== null) yield { ...messages.name({ bucket, fault }), at: placeAt(job, pointer) };
      }
    },
  },
  examples: [
    {
      title: "A directory bucket",
      job: '{ "OutputDataConfig": { "S3OutputPath": "s3://demo--use1-az4--x-s3/out" } }',
    },
    {
      title: "No zone in the name",
      job: '{ "OutputDataConfig": { "S3OutputPath": "s3://demo--x-s3/out" } }',
      findings: [
        {
          messageId: "name",
          message:
            "No directory bucket can be called demo--x-s3: it must have the form base--zone-id--x-s3, such as data--use1-az4--x-s3.",
          at: "1:41-1:62",
        },
      ],
    },
    {
      title: "Upper case",
      job: '{ "OutputDataConfig": { "S3OutputPath": "s3://Demo--use1-az4--x-s3/out" } }',
      findings: [
        {
          messageId: "name",
          message:
            "No directory bucket can be called Demo--use1-az4--x-s3: it may hold only lower case letters, digits and hyphens.",
          at: "1:41-1:72",
        },
      ],
    },
  ],
});
