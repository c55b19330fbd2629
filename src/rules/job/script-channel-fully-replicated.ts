import { channelInPath, channelsOf } from "../../core/job/channels.ts";
import { keyPlaceOf, lacks, placeOf } from "../../core/job/request.ts";
import { launchedFile } from "../../core/job/script.ts";

import { defineRule } from "../../core/rule.ts";

export const scriptChannelFullyReplicated = defineRule({
  id: "TL603",
  name: "script-channel-fully-replicated",
  summary: "A script that comes through an S3 channel that is not fully replicated",
  rationale:
    "With ShardedByS3Key each instance gets only a part of the objects, so the script is on one of them and missing on the others. SageMaker asks for FullyReplicated for a channel that holds the entry script.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "error",
  precision: "high",
  options: {},
  messages: {
    sharded: ({ script, channel }: { script: string; channel: string }) => ({
      message: `The script ${script} comes through the channel "${channel}", which is ShardedByS3Key: only some instances get the file.`,
      help: `Give the S3DataSource of "${channel}" "S3DataDistributionType": "FullyReplicated".`,
    }),
    notSaid: ({ script, channel }: { script: string; channel: string }) => ({
      message: `The script ${script} comes through the channel "${channel}", which does not say S3DataDistributionType; SageMaker asks for FullyReplicated.`,
      help: `Write "S3DataDistributionType": "FullyReplicated" in the S3DataSource of "${channel}".`,
    }),
  },
  check: {
    *job(job, { messages }) {
      const file = launchedFile(job);
      const name = file === null ? null : channelInPath(file.word);
      if (file === null || name === null) return;
      for (const channel of channelsOf(job)) {
        if (channel.name !== name || channel.source !== "S3DataSource") continue;
        const path = ["InputDataConfig", channel.index, "DataSource", "S3DataSource"] as const;
        const args = { script: file.word, channel: name };
        if (channel.distribution === "ShardedByS3Key") {
          yield { ...messages.sharded(args), at: placeOf(job, ...path, "S3DataDistributionType") };
        } else if (lacks(job, ...path, "S3DataDistributionType")) {
          yield { ...messages.notSaid(args), at: keyPlaceOf(job, ...path), severity: "info" };
        }
      }
    },
  },
  examples: [
    {
      title: "A fully replicated channel",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
    },
    {
      title: "A sharded channel",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "ShardedByS3Key", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "sharded",
          message:
            'The script /opt/ml/input/data/code/run.sh comes through the channel "code", which is ShardedByS3Key: only some instances get the file.',
          at: "8:111-8:127",
        },
      ],
    },
    {
      title: "A channel that does not say it",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "notSaid",
          severity: "info",
          message:
            'The script /opt/ml/input/data/code/run.sh comes through the channel "code", which does not say S3DataDistributionType; SageMaker asks for FullyReplicated.',
          at: "8:67-8:81",
        },
      ],
    },
  ],
});
