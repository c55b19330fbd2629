import { type BaseRow, knownBase, withoutTrain } from "./row.ts";

/** What makes the driver visible in the container. */
const VISIBLE = { NVIDIA_VISIBLE_DEVICES: "all", NVIDIA_DRIVER_CAPABILITIES: "compute,utility" };

const CUDA = withoutTrain({
  family: "nvidia/cuda",
  source: "the Dockerfiles of NVIDIA's CUDA images",
  config: { Env: VISIBLE, User: "" },
  kind: "cuda",
  runsArguments: true,
});

const CUDA_REPOSITORIES = ["nvidia/cuda", "nvcr.io/nvidia/cuda"];

const PYTORCH = withoutTrain({
  family: "pytorch/pytorch",
  source: "Dockerfile and docker.Makefile of pytorch/pytorch",
  config: { Env: VISIBLE, User: "", WorkingDir: "/workspace" },
  kind: "cuda",
  runsArguments: true,
});

/** CUDA and what is built on it. Since CUDA 11.7 the flavours with libraries have an entrypoint script. */
export const GPU: readonly BaseRow[] = [
  {
    repositories: CUDA_REPOSITORIES,
    tags: /-base(?:-|$)/,
    base: { ...CUDA, config: { ...CUDA.config, Entrypoint: null } },
  },
  {
    repositories: CUDA_REPOSITORIES,
    tags: /^1[2-9]\.[^-]*-(?:cudnn\d*-)?(?:runtime|devel)(?:-|$)/,
    base: { ...CUDA, config: { ...CUDA.config, Entrypoint: ["/opt/nvidia/nvidia_entrypoint.sh"] } },
  },
  { repositories: CUDA_REPOSITORIES, base: CUDA },
  // Up to R 4.4; what the same names hold since then is made elsewhere.
  {
    repositories: ["rocker/cuda", "rocker/ml", "rocker/ml-verse"],
    tags: /^4\.[0-4](?:\.\d+)?(?:-cuda\d+\.\d+)?$/,
    base: withoutTrain({
      family: "rocker",
      source: "the Dockerfiles of rocker-org/rocker-versioned2, which build on nvidia/cuda",
      config: { Env: VISIBLE, User: "" },
      kind: "cuda",
      runsArguments: true,
    }),
  },
  {
    repositories: ["pytorch/pytorch"],
    tags: /^2\..*-runtime$/,
    base: { ...PYTORCH, config: { ...PYTORCH.config, Entrypoint: null } },
  },
  { repositories: ["pytorch/pytorch"], base: PYTORCH },
  {
    repositories: ["tensorflow/tensorflow"],
    tags: /gpu/,
    base: withoutTrain({
      family: "tensorflow/tensorflow",
      source: "tensorflow/tools/dockerfiles of tensorflow/tensorflow",
      config: { Env: VISIBLE, User: "" },
      kind: "cuda",
      runsArguments: true,
    }),
  },
  {
    repositories: ["tensorflow/tensorflow"],
    tags: /^(?!.*(?:gpu|jupyter))/,
    base: withoutTrain({
      family: "tensorflow/tensorflow",
      source: "tensorflow/tools/dockerfiles of tensorflow/tensorflow",
      config: { User: "" },
      runsArguments: true,
    }),
  },
  {
    repositories: ["huggingface/transformers-pytorch-gpu"],
    base: knownBase({
      family: "huggingface/transformers",
      source: "docker/transformers-pytorch-gpu/Dockerfile of huggingface/transformers",
      config: { Env: VISIBLE, User: "" },
      toolkit: "absent",
      kind: "cuda",
      runsArguments: true,
    }),
  },
  {
    repositories: ["nvcr.io/nvidia/pytorch", "nvcr.io/nvidia/tensorflow"],
    base: knownBase({
      family: "NVIDIA framework image",
      source: "the Dockerfiles that these images carry",
      config: { WorkingDir: "/workspace" },
      kind: "cuda",
      runsArguments: true,
    }),
  },
  {
    repositories: ["rapidsai/base", "rapidsai/notebooks", "nvcr.io/nvidia/rapidsai/base"],
    tags: /^2[3-9]\./,
    base: knownBase({
      family: "rapids",
      source: "Dockerfile of rapidsai/docker",
      config: { Entrypoint: ["/home/rapids/entrypoint.sh"], User: "rapids", WorkingDir: "/home/rapids" },
      toolkit: "absent",
    }),
  },
  {
    repositories: ["rayproject/ray"],
    tags: /^(?:latest.*|2\..*|)$/,
    base: knownBase({
      family: "ray",
      source: "docker/base-deps/Dockerfile of ray-project/ray",
      config: { User: "1000", WorkingDir: "/home/ray" },
      toolkit: "absent",
    }),
  },
];
