import { shorten } from "../../core/job/check-shapes.ts";
import { launchedCommands } from "../../core/job/launch-commands.ts";
import { networkUse } from "../../core/job/network-use.ts";
import { placeAt, placeOf, stringAt, valueAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

/** Where the training toolkit reads the address of the source that it downloads. */
const SUBMITTED = [
  ["HyperParameters", "sagemaker_submit_directory"],
  ["Environment", "SAGEMAKER_SUBMIT_DIRECTORY"],
] as const;

const isolated = (line: string) => `{
  "EnableNetworkIsolation": true,
  "AlgorithmSpecification": {
    "ContainerEntrypoint": ["/bin/bash", "-c"],
    "ContainerArguments": ["${line}"]
  }
}
`;

export const networkIsolation = defineRule({
  id: "TL626",
  name: "network-isolation",
  summary: "A launch that needs the network, in a job with network isolation",
  rationale:
    "With EnableNetworkIsolation the container gets no network at all, not even to Amazon S3; SageMaker itself brings the channels and takes the model. A `pip install` or a download at the start fails, and the training toolkit can't fetch the source that sagemaker_submit_directory names.",
  refs: [
    {
      title: "Run training and inference containers in internet-free mode",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",
    },
    {
      title: "API reference: CreateTrainingJob",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "warning",
  precision: "high",
  options: {},
  messages: {
    installs: ({ command }: { command: string }) => ({
      message: `\`${command}\` needs the network for all that the image does not have yet, and EnableNetworkIsolation gives the container none.`,
      help: "Install it in the Dockerfile, or bring the packages by a channel and install them with --no-index.",
    }),
    fetches: ({ command }: { command: string }) => ({
      message: `\`${command}\` needs the network, and EnableNetworkIsolation gives the container none: the command fails.`,
      help: "Bring the files by a channel, or put them into the image.",
    }),
    submitted: ({ name, address }: { name: string; address: string }) => ({
      message: `${name} is ${address}, which the training toolkit downloads in the container, and EnableNetworkIsolation gives it no network: the job fails at its start.`,
      help: "Bring the source by a channel, and name its path there, such as /opt/ml/input/data/code/sourcedir.tar.gz.",
    }),
  },
  check: {
    *job(job, { messages }) {
      if (valueAt(job, "EnableNetworkIsolation") !== true) return;
      for (const { command, pointer } of launchedCommands(job)) {
        const use = command.conditional ? null : networkUse(command);
        if (use === null) continue;
        const text = { command: shorten(command.argv.map(({ raw }) => raw).join(" ")) };
        const said = use === "install" ? messages.installs(text) : messages.fetches(text);
        yield { ...said, at: placeAt(job, pointer) };
      }
      for (const path of SUBMITTED) {
        const address = stringAt(job, ...path)?.replace(/^"(.*)"$/, "$1") ?? "";
        if (!address.startsWith("s3://")) continue;
        yield { ...messages.submitted({ name: path[1], address }), at: placeOf(job, ...path) };
      }
    },
  },
  examples: [
    {
      title: "Packages of a channel",
      job: isolated(
        "pip install --no-index --find-links /opt/ml/input/data/wheels -r /opt/program/requirements.txt && pip install /opt/program/own.whl && exec python /opt/program/train.py",
      ),
    },
    {
      title: "With a network",
      job: '{ "AlgorithmSpecification": { "ContainerEntrypoint": ["/bin/sh", "-c", "pip install timm && python train.py"] } }',
    },
    {
      title: "Packages of an index",
      job: isolated("pip install timm && exec python /opt/program/train.py"),
      findings: [
        {
          messageId: "installs",
          message:
            "`pip install timm` needs the network for all that the image does not have yet, and EnableNetworkIsolation gives the container none.",
          at: "5:28-5:83",
        },
      ],
    },
    {
      title: "A download",
      job: isolated("aws s3 cp s3://bucket/train.py /tmp/ && exec python /tmp/train.py"),
      findings: [
        {
          messageId: "fetches",
          message:
            "`aws s3 cp s3://bucket/train.py /tmp/` needs the network, and EnableNetworkIsolation gives the container none: the command fails.",
          at: "5:28-5:95",
        },
      ],
    },
    {
      title: "Source that the toolkit downloads",
      job: '{ "EnableNetworkIsolation": true, "HyperParameters": { "sagemaker_submit_directory": "s3://bucket/sourcedir.tar.gz" } }',
      findings: [
        {
          messageId: "submitted",
          message:
            "sagemaker_submit_directory is s3://bucket/sourcedir.tar.gz, which the training toolkit downloads in the container, and EnableNetworkIsolation gives it no network: the job fails at its start.",
          at: "1:86-1:116",
        },
      ],
    },
  ],
});
