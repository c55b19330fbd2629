import { composeImage } from "../../core/image/compose.ts";
import { environmentOf } from "../../core/image/lookup.ts";
import type { AskedInstance } from "../../core/job/instances.ts";
import { acceleratorOf, instancesOf } from "../../core/job/instances.ts";
import type { JobModel } from "../../core/job/model.ts";
import { placeOf } from "../../core/job/request.ts";

import { defineRule } from "../../core/rule.ts";

/** The first instance where all that the job asks for are without a GPU. */
function withoutGpu(job: JobModel): AskedInstance | null {
  const instances = instancesOf(job);
  return instances.every(({ type }) => acceleratorOf(type) === "none") ? (instances[0] ?? null) : null;
}

export const gpuImageOnCpu = defineRule({
  id: "TL623",
  name: "gpu-image-on-cpu",
  summary: "An image with CUDA on an instance type without a GPU",
  rationale:
    "The image sets the variables of a CUDA image, and no instance of the job has a GPU: the program runs on the processor, or stops where it asks for a device.",
  refs: [
    {
      title: "How Amazon SageMaker runs your training image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
  ],
  severity: "info",
  precision: "medium",
  options: {},
  needs: { depth: "config" },
  messages: {
    noGpu: ({ type, because }: { type: string; because: string }) => ({
      message: `The image is made for CUDA (${because}), and ${type} has no GPU.`,
      help: "Choose an instance type with a GPU (ml.g5, ml.p4d, ...), or a smaller image without CUDA.",
    }),
  },
  check: {
    *"job+image"({ job, image }, { messages }) {
      const environment = environmentOf(image.config);
      const because = ["CUDA_VERSION", "NVIDIA_REQUIRE_CUDA"].find((name) => environment.has(name));
      const instance = withoutGpu(job);
      if (because === undefined || instance === null) return;
      yield { ...messages.noGpu({ type: instance.type, because }), at: placeOf(job, ...instance.path) };
    },
    *"job+dockerfile"({ job, dockerfile }, { messages }) {
      const { base } = dockerfile;
      const instance = withoutGpu(job);
      if (base.kind !== "image" || base.known?.kind !== "cuda" || instance === null) return;
      const because = base.reference;
      yield { ...messages.noGpu({ type: instance.type, because }), at: placeOf(job, ...instance.path) };
    },
  },
  examples: [
    {
      title: "A CUDA image on a GPU",
      image: composeImage({ config: { Env: ["CUDA_VERSION=12.4.1"] } }),
      job: '{ "ResourceConfig": { "InstanceType": "ml.g5.xlarge" } }',
    },
    {
      title: "A CUDA image on a processor",
      image: composeImage({ config: { Env: ["CUDA_VERSION=12.4.1"] } }),
      job: '{ "ResourceConfig": { "InstanceType": "ml.m5.xlarge" } }',
      findings: [
        {
          messageId: "noGpu",
          message: "The image is made for CUDA (CUDA_VERSION), and ml.m5.xlarge has no GPU.",
          at: "1:39-1:53",
        },
      ],
    },
    {
      title: "A Dockerfile on a CUDA base",
      dockerfile: 'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nENTRYPOINT ["/app/run"]\n',
      job: '{ "ResourceConfig": { "InstanceType": "ml.c5.xlarge" } }',
      findings: [
        {
          messageId: "noGpu",
          message:
            "The image is made for CUDA (nvidia/cuda:12.4.1-runtime-ubuntu22.04), and ml.c5.xlarge has no GPU.",
          at: "1:39-1:53",
        },
      ],
    },
  ],
});
