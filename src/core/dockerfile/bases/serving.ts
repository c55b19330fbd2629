import { type BaseRow, knownBase } from "./row.ts";

/** Model servers: what is built on one without an ENTRYPOINT of its own serves. */
export const SERVING: readonly BaseRow[] = [
  {
    repositories: ["tensorflow/serving"],
    tags: /^(?!.*devel)/,
    base: knownBase({
      family: "TensorFlow Serving",
      source: "tensorflow_serving/tools/docker/Dockerfile of tensorflow/serving",
      config: { Entrypoint: ["/usr/bin/tf_serving_entrypoint.sh"] },
      toolkit: "absent",
      role: "serving",
    }),
  },
  {
    repositories: ["pytorch/torchserve"],
    base: knownBase({
      family: "TorchServe",
      source: "docker/Dockerfile of pytorch/serve",
      config: { Entrypoint: ["/usr/local/bin/dockerd-entrypoint.sh"], User: "model-server" },
      toolkit: "absent",
      role: "serving",
    }),
  },
  {
    repositories: [
      "vllm/vllm-openai",
      "nvcr.io/nvidia/tritonserver",
      "deepjavalibrary/djl-serving",
      "awsdeeplearningteam/multi-model-server",
      "awsdeeplearningteam/mxnet-model-server",
      "ghcr.io/huggingface/text-generation-inference",
      "ghcr.io/huggingface/text-embeddings-inference",
    ],
    base: knownBase({ family: "model server", source: "the project's documentation", role: "serving" }),
  },
];
