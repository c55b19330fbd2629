import { instancesOf, storageOf } from "../../core/job/instances.ts";
import { has, keyPlaceOf, lacks, placeOf, valueAt } from "../../core/job/request.ts";
import { defineRule } from "../../core/rule.ts";

export const instanceStorage = defineRule({
  id: "TL620",
  name: "instance-storage",
  summary: "Volume settings that do not fit the storage of the instance type",
  rationale:
    "Instance types without a local disk need VolumeSizeInGB for their EBS volume. Types with a local NVMe disk use that disk: VolumeSizeInGB does nothing there, and VolumeKmsKeyId is refused.",
  refs: [
    {
      title: "CreateTrainingJob, Amazon SageMaker API reference",
      url: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    },
  ],
  severity: "error",
  precision: "high",
  options: {},
  messages: {
    noVolume: ({ type }: { type: string }) => ({
      message: `${type} has no local disk and ResourceConfig has no VolumeSizeInGB: CreateTrainingJob refuses the request.`,
      help: "Add VolumeSizeInGB, large enough for input, model and checkpoints.",
    }),
    kmsKey: ({ type }: { type: string }) => ({
      message: `${type} keeps its data on a local NVMe disk, which VolumeKmsKeyId can't encrypt: CreateTrainingJob refuses the request.`,
      help: "Remove VolumeKmsKeyId, or choose an instance type without a local disk.",
    }),
    ignored: ({ type }: { type: string }) => ({
      message: `${type} keeps its data on a local NVMe disk of fixed size; VolumeSizeInGB does nothing.`,
      help: "Nothing to change; to get more space, choose a larger instance type.",
    }),
  },
  check: {
    *job(job, { messages }) {
      const size = ["ResourceConfig", "VolumeSizeInGB"] as const;
      const key = ["ResourceConfig", "VolumeKmsKeyId"] as const;
      const instances = instancesOf(job);
      const ebs = instances.find(({ type }) => storageOf(type) === "ebs");
      if (ebs !== undefined && lacks(job, ...size)) {
        yield { ...messages.noVolume({ type: ebs.type }), at: placeOf(job, ...ebs.path) };
      }
      const nvme = instances.find(({ type }) => storageOf(type) === "nvme");
      if (nvme === undefined || ebs !== undefined) return;
      const { type } = nvme;
      if (has(job, ...key) && valueAt(job, ...key) !== "")
        yield { ...messages.kmsKey({ type }), at: keyPlaceOf(job, ...key) };
      if (has(job, ...size))
        yield { ...messages.ignored({ type }), at: keyPlaceOf(job, ...size), severity: "info" };
    },
  },
  examples: [
    {
      title: "A volume",
      job: '{ "ResourceConfig": { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30 } }',
    },
    {
      title: "A local disk",
      job: '{ "ResourceConfig": { "InstanceType": "ml.g5.xlarge", "InstanceCount": 1 } }',
    },
    {
      title: "No volume",
      job: '{ "ResourceConfig": { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1 } }',
      findings: [
        {
          messageId: "noVolume",
          message:
            "ml.m5.xlarge has no local disk and ResourceConfig has no VolumeSizeInGB: CreateTrainingJob refuses the request.",
          at: "1:39-1:53",
        },
      ],
    },
    {
      title: "A key for a local disk",
      job: '{ "ResourceConfig": { "InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30, "VolumeKmsKeyId": "alias/demo" } }',
      findings: [
        {
          messageId: "ignored",
          severity: "info",
          message:
            "ml.g5.xlarge keeps its data on a local NVMe disk of fixed size; VolumeSizeInGB does nothing.",
          at: "1:75-1:91",
        },
        {
          messageId: "kmsKey",
          message:
            "ml.g5.xlarge keeps its data on a local NVMe disk, which VolumeKmsKeyId can't encrypt: CreateTrainingJob refuses the request.",
          at: "1:97-1:113",
        },
      ],
    },
  ],
});
