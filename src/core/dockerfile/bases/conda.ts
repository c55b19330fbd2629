import { type BaseRow, knownBase, withoutTrain } from "./row.ts";

const CONTINUUM = "the Dockerfiles of anaconda/docker-images";

const JUPYTER = "images/docker-stacks-foundation/Dockerfile of jupyter/docker-stacks";

/** Conda distributions and what is built on them; many start tini. */
export const CONDA: readonly BaseRow[] = [
  {
    repositories: [
      "condaforge/miniforge3",
      "condaforge/mambaforge",
      "condaforge/mambaforge-pypy3",
      "condaforge/miniforge-pypy3",
      "quay.io/condaforge/miniforge3",
      "quay.io/condaforge/mambaforge",
    ],
    base: withoutTrain({
      family: "miniforge",
      source: "ubuntu/Dockerfile of conda-forge/miniforge-images",
      config: { Entrypoint: ["tini", "--"], User: "", WorkingDir: "/" },
      runsArguments: true,
    }),
  },
  {
    repositories: [
      "continuumio/miniconda3",
      "continuumio/anaconda3",
      "continuumio/miniconda",
      "continuumio/anaconda",
    ],
    tags: /^(?:4\.[3-6]\.|5\.[0-3]\.|2018\.12)(?!.*alpine)/,
    base: withoutTrain({
      family: "conda",
      source: CONTINUUM,
      config: { Entrypoint: ["/usr/bin/tini", "--"], User: "" },
      runsArguments: true,
    }),
  },
  // Miniconda 4.7.10 dropped tini (issue 144 of anaconda/docker-images), and Anaconda with it.
  {
    repositories: ["continuumio/miniconda3", "continuumio/anaconda3"],
    tags: /^(?:4\.(?:[789]|1[0-2])\.|2[2-5]\.|2019\.10|202[0-5]\.)(?!.*alpine)/,
    base: withoutTrain({
      family: "conda",
      source: CONTINUUM,
      config: { Entrypoint: null, User: "" },
      kind: "plain",
      runsArguments: true,
    }),
  },
  // The images with Python 2 ended at 4.7.12 and 2019.10.
  {
    repositories: ["continuumio/miniconda", "continuumio/anaconda"],
    tags: /^(?:latest|4\.7\.|2019\.10|$)(?!.*alpine)/,
    base: withoutTrain({
      family: "conda",
      source: CONTINUUM,
      config: { Entrypoint: null, User: "" },
      kind: "plain",
      runsArguments: true,
    }),
  },
  // Since 2026 an entrypoint script prints that the image is deprecated, and runs its arguments.
  {
    repositories: ["continuumio/miniconda3", "continuumio/anaconda3"],
    tags: /^(?:latest|main|master|26\.|2026\.|$)(?!.*alpine)/,
    base: withoutTrain({ family: "conda", source: CONTINUUM, config: { User: "" }, runsArguments: true }),
  },
  {
    repositories: ["mambaorg/micromamba"],
    tags: /^(?:latest$|[12]\.|$)/,
    base: withoutTrain({
      family: "micromamba",
      source: "the Dockerfiles of mamba-org/micromamba-docker",
      config: {
        Entrypoint: ["/usr/local/bin/_entrypoint.sh"],
        Shell: ["/usr/local/bin/_dockerfile_shell.sh"],
        User: "mambauser",
        WorkingDir: "/tmp",
      },
      runsArguments: true,
    }),
  },
  // Tags of twelve hex digits go back to 2016, when tini had no -g.
  {
    repositories: ["jupyter/*-notebook"],
    tags: /^[0-9a-f]{12}$/,
    base: knownBase({
      family: "jupyter docker-stacks",
      source: JUPYTER,
      train: "absent",
      toolkit: "absent",
      startsTini: true,
    }),
  },
  // Docker Hub's copies stopped in October 2023, before start.sh became part of the ENTRYPOINT.
  {
    repositories: ["jupyter/*-notebook", "jupyter/docker-stacks-foundation"],
    base: withoutTrain({
      family: "jupyter docker-stacks",
      source: JUPYTER,
      config: { Entrypoint: ["tini", "-g", "--"], User: "1000" },
      runsArguments: true,
    }),
  },
  {
    repositories: ["quay.io/jupyter/*-notebook", "quay.io/jupyter/docker-stacks-foundation"],
    tags: /^(?:latest|2024-1[0-2]-\d\d|202[5-9]-\d\d-\d\d)?$/,
    base: withoutTrain({
      family: "jupyter docker-stacks",
      source: JUPYTER,
      config: { Entrypoint: ["tini", "-g", "--", "start.sh"], User: "1000" },
      runsArguments: true,
    }),
  },
  {
    repositories: ["daskdev/dask", "ghcr.io/dask/dask"],
    tags: /^(?:latest|202[2-9]\..*)?$/,
    base: withoutTrain({
      family: "dask",
      source: "base/Dockerfile of dask/dask-docker",
      config: { Entrypoint: ["tini", "-g", "--", "/usr/bin/prepare.sh"] },
    }),
  },
  {
    repositories: ["apache/airflow"],
    tags: /^(?:latest|slim-.*|[23]\..*)?$/,
    base: withoutTrain({
      family: "airflow",
      source: "Dockerfile of apache/airflow",
      config: { Entrypoint: ["/usr/bin/dumb-init", "--", "/entrypoint"] },
    }),
  },
];
