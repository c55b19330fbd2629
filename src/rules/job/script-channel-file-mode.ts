import { channelInPath, channelsOf } from "../../core/job/channels.ts";
import { keyPlaceOf, placeOf } from "../../core/job/request.ts";
import { launchedFile } from "../../core/job/script.ts";

import { defineRule } from "../../core/rule.ts";

export const scriptChannelFileMode = defineRule({
  id: "TL602",
  name: "script-channel-file-mode",
  summary: "A script that comes through an S3 channel whose input mode is not File",
  rationale:
    "A script outside of the image comes through an S3 channel and lies in /opt/ml/input/data/CHANNEL. SageMaker asks for the input mode File for such a channel: in Pipe mode there is no file at all, and FastFile is not supported for it.",
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
    mode: ({ script, channel, mode }: { script: string; channel: string; mode: string }) => ({
      message: `The script ${script} comes through the channel "${channel}" in ${mode} mode; SageMaker takes a script from an S3 channel in File mode only.`,
      help: `Give the channel "${channel}" "InputMode": "File".`,
    }),
  },
  check: {
    *job(job, { messages }) {
      const file = launchedFile(job);
      const name = file === null ? null : channelInPath(file.word);
      if (file === null || name === null) return;
      for (const channel of channelsOf(job)) {
        if (channel.name !== name || channel.source !== "S3DataSource" || channel.inputMode === null)
          continue;
        if (channel.inputMode === "File") continue;
        const at = channel.ownMode
          ? placeOf(job, "InputDataConfig", channel.index, "InputMode")
          : keyPlaceOf(job, "AlgorithmSpecification", "TrainingInputMode");
        yield { ...messages.mode({ script: file.word, channel: name, mode: channel.inputMode }), at };
      }
    },
  },
  examples: [
    {
      title: "A channel in File mode",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
    },
    {
      title: "The mode of the job is inherited",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
    },
    {
      title: "Pipe mode",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "Pipe", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "mode",
          message:
            'The script /opt/ml/input/data/code/run.sh comes through the channel "code" in Pipe mode; SageMaker takes a script from an S3 channel in File mode only.',
          at: "8:43-8:49",
        },
      ],
    },
    {
      title: "FastFile by inheritance",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "FastFile",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "mode",
          message:
            'The script /opt/ml/input/data/code/run.sh comes through the channel "code" in FastFile mode; SageMaker takes a script from an S3 channel in File mode only.',
          at: "3:5-3:24",
        },
      ],
    },
  ],
});
