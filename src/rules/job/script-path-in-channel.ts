import { closest } from "../../core/closest.ts";
import { channelInPath, channelsComplete, channelsOf } from "../../core/job/channels.ts";
import { placeAt } from "../../core/job/request.ts";
import { launchedFile, launchWords } from "../../core/job/script.ts";

import { defineRule } from "../../core/rule.ts";

function advice(channel: string, names: readonly string[]): string {
  const near = closest(channel, names);
  if (near !== null) return `Write ${near}, or add a channel called "${channel}" to InputDataConfig.`;
  const there =
    names.length === 0 ? "The request has no channel" : `The request's channels: ${names.join(", ")}`;
  return `${there}. Add one called "${channel}" to InputDataConfig, or correct the path.`;
}

export const scriptPathInChannel = defineRule({
  id: "TL604",
  name: "script-path-in-channel",
  summary: "A path below /opt/ml/input/data that no channel of the request provides",
  rationale:
    "Each channel of InputDataConfig becomes the folder /opt/ml/input/data/NAME; there are no others. A script or an argument that names another folder (train for training, code for a channel that was never added) is missing in the container.",
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
    script: ({ script, channel, names }: { script: string; channel: string; names: readonly string[] }) => ({
      message: `No channel is called "${channel}", so ${script} is not in the container and the job fails at its start.`,
      help: advice(channel, names),
    }),
    argument: ({ path, channel, names }: { path: string; channel: string; names: readonly string[] }) => ({
      message: `No channel is called "${channel}", so there is no folder for the argument ${path}.`,
      help: advice(channel, names),
    }),
    noChannel: ({ script }: { script: string }) => ({
      message: `${script} lies directly in /opt/ml/input/data, where SageMaker puts only the folders of channels.`,
      help: "Put the name of the channel that holds the script into the path: /opt/ml/input/data/CHANNEL/SCRIPT.",
    }),
  },
  check: {
    *job(job, { messages }) {
      if (!channelsComplete(job)) return;
      const names = channelsOf(job).flatMap(({ name }) => (name === null ? [] : [name]));
      const file = launchedFile(job);
      for (const { word, pointer } of launchWords(job)) {
        const path = word.replace(/^--?[\w-]+=/, "");
        const channel = channelInPath(path);
        // In Pipe mode the names are CHANNEL_EPOCH.
        if (channel === null || channel === "" || names.includes(channel.replace(/_\d+$/, ""))) continue;
        if (names.includes(channel) || /[<>$*{]/.test(path)) continue;
        const at = placeAt(job, pointer);
        if (pointer !== file?.pointer)
          yield { ...messages.argument({ path, channel, names }), at, severity: "warning" };
        else if (path.split("/").length === 6) yield { ...messages.noChannel({ script: path }), at };
        else yield { ...messages.script({ script: path, channel, names }), at };
      }
    },
  },
  examples: [
    {
      title: "The channel is there",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
    },
    {
      title: "A channel under another name",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "scripts", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "script",
          message:
            'No channel is called "code", so /opt/ml/input/data/code/run.sh is not in the container and the job fails at its start.',
          at: "5:28-5:60",
        },
      ],
    },
    {
      title: "An argument that names a channel that is not there",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/code/run.sh", "--data", "/opt/ml/input/data/train"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "argument",
          severity: "warning",
          message:
            'No channel is called "train", so there is no folder for the argument /opt/ml/input/data/train.',
          at: "5:72-5:98",
        },
      ],
    },
    {
      title: "No channel in the path",
      job: '{\n  "AlgorithmSpecification": {\n    "TrainingInputMode": "File",\n    "ContainerEntrypoint": ["/bin/sh"],\n    "ContainerArguments": ["/opt/ml/input/data/run.sh"]\n  },\n  "InputDataConfig": [\n    { "ChannelName": "code", "InputMode": "File", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "noChannel",
          message:
            "/opt/ml/input/data/run.sh lies directly in /opt/ml/input/data, where SageMaker puts only the folders of channels.",
          at: "5:28-5:55",
        },
      ],
    },
  ],
});
