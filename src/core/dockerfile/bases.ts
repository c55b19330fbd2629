import type { KnownBase } from "./model.ts";

/** A row of the table: names and tags it holds for, and what such an image passes on. */
interface BaseRow {
  /** Repositories in their normal form, `*` for any part. */
  readonly repositories: readonly string[];
  /** Tags it holds for; every tag where it is missing. */
  readonly tags?: RegExp;
  readonly base: KnownBase;
}

const AS_OF = "2026-11-24";
const OFFICIAL = "the image's Dockerfile in the Docker official images library";

function plain(family: string, source: string, extra: KnownBase["config"] = {}): KnownBase {
  return {
    family,
    source,
    asOf: AS_OF,
    config: { Entrypoint: null, ...extra },
    train: "absent",
    toolkit: "absent",
    kind: "plain",
  };
}

function row(repositories: readonly string[], base: KnownBase, tags?: RegExp): BaseRow {
  return tags === undefined ? { repositories, base } : { repositories, base, tags };
}

const SAGEMAKER: KnownBase = {
  family: "AWS training image",
  source: "the Dockerfiles of the AWS Deep Learning Containers",
  asOf: AS_OF,
  config: {},
  train: "present",
  toolkit: "present",
  kind: "sagemaker",
};

/** An image that starts tini; whatever is built on it inherits that ENTRYPOINT. */
function startsTini(family: string, source: string, entrypoint: readonly string[], user?: string): KnownBase {
  return {
    family,
    source,
    asOf: AS_OF,
    config: { Entrypoint: entrypoint, ...(user === undefined ? {} : { User: user }) },
    train: "absent",
    toolkit: "absent",
    kind: "other",
  };
}

/** Images for EC2, ECS and EKS share these repositories; the toolkit is only in those for SageMaker. */
const NOT_EC2 = /^(?!.*-(?:ec2|ecs|eks))/;

const JUPYTER_SOURCE = "images/docker-stacks-foundation/Dockerfile of jupyter/docker-stacks";

/** What makes the driver visible in the container. */
const CUDA_VARIABLES = { NVIDIA_VISIBLE_DEVICES: "all", NVIDIA_DRIVER_CAPABILITIES: "compute,utility" };

/** First match wins. Only what is certain stands here; everything else stays unknown. */
const TABLE: readonly BaseRow[] = [
  row(
    [
      "ubuntu",
      "debian",
      "alpine",
      "amazonlinux",
      "centos",
      "rockylinux",
      "almalinux",
      "fedora",
      "busybox",
      "oraclelinux",
      "opensuse/leap",
      "opensuse/tumbleweed",
      "buildpack-deps",
      "archlinux",
      "photon",
      "rockylinux/rockylinux",
      "quay.io/centos/centos",
      "public.ecr.aws/amazonlinux/amazonlinux",
      "public.ecr.aws/ubuntu/ubuntu",
      "public.ecr.aws/debian/debian",
      "registry.access.redhat.com/ubi8/ubi",
      "registry.access.redhat.com/ubi9/ubi",
      "registry.access.redhat.com/ubi8/ubi-minimal",
      "registry.access.redhat.com/ubi9/ubi-minimal",
    ],
    plain("distribution", OFFICIAL),
  ),
  row(
    [
      "python",
      "pypy",
      "r-base",
      "golang",
      "rust",
      "gcc",
      "ruby",
      "perl",
      "haskell",
      "swift",
      "rocker/r-ver",
      "rocker/r-base",
    ],
    plain("language", OFFICIAL),
  ),
  row(
    ["continuumio/miniconda3", "continuumio/anaconda3", "continuumio/miniconda", "continuumio/anaconda"],
    startsTini("conda", "the history of the ContinuumIO docker-images repository", ["/usr/bin/tini", "--"]),
    /^(?:4\.[0-6]\.|201[5-8]\.|5\.|2\.)/,
  ),
  row(
    ["continuumio/miniconda3", "continuumio/anaconda3"],
    plain("conda", "the Dockerfiles of the ContinuumIO docker-images repository"),
    /^(?:latest|master|main|2[0-9]\.|202[0-9]\.|main-.*)?$/,
  ),
  row(
    [
      "condaforge/miniforge3",
      "condaforge/mambaforge",
      "condaforge/mambaforge-pypy3",
      "condaforge/miniforge-pypy3",
      "quay.io/condaforge/miniforge3",
      "quay.io/condaforge/mambaforge",
    ],
    startsTini("miniforge", "ubuntu/Dockerfile of conda-forge/miniforge-images", ["tini", "--"]),
  ),
  // Docker Hub's copies stopped in October 2023, before start.sh became part of the ENTRYPOINT.
  row(
    ["jupyter/*-notebook"],
    startsTini("jupyter docker-stacks", JUPYTER_SOURCE, ["tini", "-g", "--"], "1000"),
    /^(?![0-9a-f]{12}$)/,
  ),
  row(
    ["quay.io/jupyter/*-notebook"],
    startsTini("jupyter docker-stacks", JUPYTER_SOURCE, ["tini", "-g", "--", "start.sh"], "1000"),
    /^(?:latest|202[4-9]-(?!0[1-3]).*)?$/,
  ),
  row(
    ["mambaorg/micromamba"],
    {
      family: "micromamba",
      source: "debian.Dockerfile of mamba-org/micromamba-docker",
      asOf: AS_OF,
      config: {
        Entrypoint: ["/usr/local/bin/_entrypoint.sh"],
        Shell: ["/usr/local/bin/_dockerfile_shell.sh"],
      },
      train: "absent",
      toolkit: "absent",
      kind: "other",
    },
    /^(?!0\.)/,
  ),
  row(
    ["node"],
    {
      family: "node",
      source: OFFICIAL,
      asOf: AS_OF,
      config: { Entrypoint: ["docker-entrypoint.sh"], Cmd: ["node"] },
      train: "absent",
      toolkit: "absent",
      kind: "other",
    },
    /^(?!(?:[0-9]|1[01])(?:[.-]|$))/,
  ),
  row(["pytorch/pytorch"], {
    family: "pytorch/pytorch",
    source: "Dockerfile of pytorch/pytorch",
    asOf: AS_OF,
    config: { Env: CUDA_VARIABLES },
    train: "absent",
    toolkit: "absent",
    kind: "cuda",
  }),
  row(["nvidia/cuda", "nvcr.io/nvidia/cuda"], {
    family: "nvidia/cuda",
    source: "the Dockerfiles of NVIDIA's CUDA images",
    asOf: AS_OF,
    config: { Env: CUDA_VARIABLES },
    train: "absent",
    toolkit: "absent",
    kind: "cuda",
  }),
  row(
    [
      "*.dkr.ecr.*.amazonaws.com/*-training",
      "*.dkr.ecr.*.amazonaws.com/*-training-*",
      "public.ecr.aws/deep-learning-containers/*-training",
      "*.dkr.ecr.*.amazonaws.com.cn/*-training",
      "*.dkr.ecr.*.amazonaws.com/sagemaker-xgboost",
      "*.dkr.ecr.*.amazonaws.com/sagemaker-scikit-learn",
      "*.dkr.ecr.*.amazonaws.com/sagemaker-*-container",
    ],
    SAGEMAKER,
    NOT_EC2,
  ),
];

const AWS_ACCOUNTS = new Set([
  "763104351884",
  "727897471807",
  "626614931356",
  "683313688378",
  "246618743249",
  "520713654638",
  "257758044811",
  "354813040037",
  "366743142698",
  "746614075791",
  "141502667606",
  "662702820516",
  "764974769150",
  "720646828776",
  "121021644041",
  "341280168497",
  "141502667606",
  "492215442770",
  "780728360657",
  "510948584623",
  "871362719292",
  "692866216735",
  "217643126080",
  "442386744353",
  "907027046896",
  "503227376785",
  "914824155844",
  "559312083959",
  "999911452149",
  "380420809688",
]);

/** What is known of a public base image by its reference; `null` for every other image. */
export function findKnownBase(reference: string): KnownBase | null {
  const { repository, tag } = splitReference(reference);
  const account = /^(\d{12})\.dkr\.ecr\./.exec(repository)?.[1];
  if (account !== undefined && !AWS_ACCOUNTS.has(account)) return null;
  for (const { repositories, tags, base } of TABLE) {
    if (tags !== undefined && !tags.test(tag)) continue;
    if (repositories.some((pattern) => matches(repository, pattern))) return base;
  }
  return null;
}

/** Repository in its normal form (no docker.io, no library/) and tag ("" without one). */
export function splitReference(reference: string): { repository: string; tag: string } {
  const withoutDigest = reference.split("@", 1)[0] ?? "";
  const colon = withoutDigest.lastIndexOf(":");
  const hasTag = colon > withoutDigest.lastIndexOf("/");
  const name = hasTag ? withoutDigest.slice(0, colon) : withoutDigest;
  const repository = name
    .replace(/^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, "")
    .replace(/^(?:public\.ecr\.aws\/docker\/)?library\//, "");
  return { repository, tag: hasTag ? withoutDigest.slice(colon + 1) : "" };
}

function matches(repository: string, pattern: string): boolean {
  const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return new RegExp(`^${expression}$`).test(repository);
}
