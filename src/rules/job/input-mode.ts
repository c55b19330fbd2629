import { type Channel, channelsOf } from "../../core/job/channels.ts";
import { keyPlaceOf, placeOf, stringAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

function spoken(channel: Channel): string {
  return channel.name === null ? `number ${channel.index + 1}` : `"${channel.name}"`;
}

export const inputMode = defineRule({
  id: "TL615",
  name: "input-mode",
  summary: "Combinations of input mode, source and format of a channel that SageMaker does not support",
  rationale:
    "In File mode CompressionType and RecordWrapperType must stay unset or None. An augmented manifest is read in Pipe mode only. FastFile works with S3Prefix. File systems (EFS, FSx for Lustre) are mounted, which is File mode. A channel without InputMode has the TrainingInputMode of the job.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  messages: {
    unpacked: ({ channel, member, value }: { channel: string; member: string; value: string }) => ({
      message: `The channel ${channel} is in File mode and has ${member} ${value}: in File mode SageMaker takes only None.`,
      help: `Remove ${member}, and let the program unpack the files; or use Pipe mode.`,
    }),
    manifest: ({ channel, mode }: { channel: string; mode: string }) => ({
      message: `The channel ${channel} is an AugmentedManifestFile in ${mode} mode: SageMaker reads augmented manifests in Pipe mode only.`,
      help: 'Give the channel "InputMode": "Pipe".',
    }),
    fastFile: ({ channel, type }: { channel: string; type: string }) => ({
      message: `The channel ${channel} is in FastFile mode with S3DataType ${type}: FastFile works with S3Prefix only.`,
      help: 'Use "S3DataType": "S3Prefix", or the input mode File.',
    }),
    fileSystem: ({ channel, mode }: { channel: string; mode: string }) => ({
      message: `The channel ${channel} is a file system in ${mode} mode: SageMaker mounts EFS and FSx for Lustre in File mode only.`,
      help: 'Give the channel "InputMode": "File".',
    }),
  },
  check: {
    *job(job, { messages }) {
      for (const channel of channelsOf(job)) {
        const mode = channel.inputMode;
        if (mode === null) continue;
        const path = ["InputDataConfig", channel.index] as const;
        const name = spoken(channel);
        if (channel.source === "FileSystemDataSource" && mode !== "File") {
          yield {
            ...messages.fileSystem({ channel: name, mode }),
            at: keyPlaceOf(job, ...path, "DataSource"),
          };
        }
        if (mode === "File") {
          for (const member of ["CompressionType", "RecordWrapperType"]) {
            const value = stringAt(job, ...path, member);
            if (value === null || value === "None") continue;
            yield {
              ...messages.unpacked({ channel: name, member, value }),
              at: placeOf(job, ...path, member),
            };
          }
        }
        const type = channel.s3DataType;
        const at = placeOf(job, ...path, "DataSource", "S3DataSource", "S3DataType");
        if (type === "AugmentedManifestFile" && mode !== "Pipe") {
          yield { ...messages.manifest({ channel: name, mode }), at };
        } else if (type !== null && type !== "S3Prefix" && mode === "FastFile") {
          yield { ...messages.fastFile({ channel: name, type }), at };
        }
      }
    },
  },
  examples: [
    {
      title: "File mode",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File" },\n  "InputDataConfig": [\n    { "ChannelName": "train", "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://demo/train/" } } }\n  ]\n}\n',
    },
    {
      title: "Pipe mode with compressed files",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "Pipe" },\n  "InputDataConfig": [\n    { "ChannelName": "train", "CompressionType": "Gzip", "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://demo/train/" } } }\n  ]\n}\n',
    },
    {
      title: "File mode with compressed files",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File" },\n  "InputDataConfig": [\n    { "ChannelName": "train", "CompressionType": "Gzip", "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://demo/train/" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "unpacked",
          message:
            'The channel "train" is in File mode and has CompressionType Gzip: in File mode SageMaker takes only None.',
          at: "4:50-4:56",
        },
      ],
    },
    {
      title: "An augmented manifest in File mode",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "File" },\n  "InputDataConfig": [\n    { "ChannelName": "train", "DataSource": { "S3DataSource": { "S3DataType": "AugmentedManifestFile", "S3Uri": "s3://demo/train/" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "manifest",
          message:
            'The channel "train" is an AugmentedManifestFile in File mode: SageMaker reads augmented manifests in Pipe mode only.',
          at: "4:79-4:102",
        },
      ],
    },
    {
      title: "A manifest in FastFile mode",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "FastFile" },\n  "InputDataConfig": [\n    { "ChannelName": "train", "DataSource": { "S3DataSource": { "S3DataType": "ManifestFile", "S3Uri": "s3://demo/train/" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "fastFile",
          message:
            'The channel "train" is in FastFile mode with S3DataType ManifestFile: FastFile works with S3Prefix only.',
          at: "4:79-4:93",
        },
      ],
    },
    {
      title: "A file system in Pipe mode",
      job: '{\n  "AlgorithmSpecification": { "TrainingInputMode": "Pipe" },\n  "InputDataConfig": [\n    { "ChannelName": "train", "DataSource": { "FileSystemDataSource": { "FileSystemType": "EFS" } } }\n  ]\n}\n',
      findings: [
        {
          messageId: "fileSystem",
          message:
            'The channel "train" is a file system in Pipe mode: SageMaker mounts EFS and FSx for Lustre in File mode only.',
          at: "4:31-4:43",
        },
      ],
    },
  ],
});
