import { channelInPath, channelsOf } from "../../core/job/channels.ts";
import { placeAt } from "../../core/job/request.ts";
import { launchedProgram } from "../../core/job/script.ts";
import { defineRule } from "../../core/rule.ts";

const job = (entrypoint: string, args: string, mode = "File") => `{
  "AlgorithmSpecification": {
    "TrainingInputMode": "${mode}",
    "ContainerEntrypoint": [${entrypoint}],
    "ContainerArguments": [${args}]
  },
  "InputDataConfig": [
    { "ChannelName": "code", "DataSource": { "S3DataSource": { "S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": "s3://demo/code" } } }
  ]
}
`;

export const channelScriptPermission = defineRule({
  id: "TL624",
  name: "channel-script-permission",
  summary:
    "A script of an S3 channel that is started itself, without the execute permission that S3 can't keep",
  rationale:
    "Amazon S3 keeps the bytes of a file and not its permissions. What a channel brings into the container therefore has no execute permission of its own, and a file that is started itself needs one. AWS's own launchers for scripts in channels set it first (`chmod +x`), or start the script by its interpreter, as the documentation's examples do. That SageMaker sets none is not stated anywhere, so this is a warning.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "warning",
  precision: "medium",
  options: {},
  messages: {
    started: ({ path, channel }: { path: string; channel: string }) => ({
      message: `${path} is started itself and comes from S3 through the channel "${channel}": S3 keeps no permissions, so the container most likely does not start (permission denied).`,
      help: 'Start it by its interpreter: "ContainerEntrypoint": ["/bin/sh"], with the script in ContainerArguments.',
    }),
  },
  check: {
    *job(model, { messages }) {
      const program = launchedProgram(model);
      const name = program === null ? null : channelInPath(program.word);
      if (program === null || name === null) return;
      const channel = channelsOf(model).find((candidate) => candidate.name === name);
      if (channel?.source !== "S3DataSource" || (channel.inputMode ?? "File") !== "File") return;
      const at = placeAt(model, program.pointer);
      yield { ...messages.started({ path: program.word, channel: name }), at };
    },
  },
  examples: [
    { title: "Started by its interpreter", job: job('"/bin/sh"', '"/opt/ml/input/data/code/run.sh"') },
    {
      title: "A shell that sets the permission first",
      job: job(
        '"/bin/bash"',
        '"-c", "chmod +x /opt/ml/input/data/code/run.sh && /opt/ml/input/data/code/run.sh"',
      ),
    },
    {
      title: "Started itself",
      job: job('"/opt/ml/input/data/code/run.sh"', '"train"'),
      findings: [
        {
          messageId: "started",
          message:
            '/opt/ml/input/data/code/run.sh is started itself and comes from S3 through the channel "code": S3 keeps no permissions, so the container most likely does not start (permission denied).',
          at: "4:29-4:61",
        },
      ],
    },
  ],
});
