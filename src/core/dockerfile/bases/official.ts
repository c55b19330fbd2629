import { type BaseRow, withoutTrain } from "./row.ts";

const LIBRARY = "the image's Dockerfile in the Docker official images library";

/** Images for Windows have other variables and shells. */
const NOT_WINDOWS = /^(?!.*(?:windowsservercore|nanoserver))/;

const DISTRIBUTION = withoutTrain({
  family: "distribution",
  source: LIBRARY,
  config: { Entrypoint: null, User: "", WorkingDir: "/" },
  kind: "plain",
  runsArguments: true,
});

const LANGUAGE = withoutTrain({
  family: "language",
  source: LIBRARY,
  config: { Entrypoint: null, User: "" },
  kind: "plain",
  runsArguments: true,
});

/** Languages whose image prepares something in an entrypoint script of its own and then runs its arguments. */
const LANGUAGE_WITH_SCRIPT = withoutTrain({
  family: "language",
  source: LIBRARY,
  config: { User: "" },
  runsArguments: true,
});

/** Distributions and languages: images that start nothing of their own. */
export const OFFICIAL: readonly BaseRow[] = [
  {
    repositories: [
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
      "archlinux",
      "buildpack-deps",
      "rockylinux/rockylinux",
      "public.ecr.aws/amazonlinux/amazonlinux",
      "public.ecr.aws/ubuntu/ubuntu",
      "public.ecr.aws/debian/debian",
    ],
    base: DISTRIBUTION,
  },
  {
    repositories: [
      "opensuse/leap",
      "opensuse/tumbleweed",
      "photon",
      "quay.io/centos/centos",
      "quay.io/fedora/fedora",
      "registry.fedoraproject.org/fedora",
      "registry.access.redhat.com/ubi*/ubi",
      "registry.access.redhat.com/ubi*/ubi-minimal",
    ],
    base: { ...DISTRIBUTION, config: { Entrypoint: null } },
  },
  {
    repositories: ["python", "pypy", "r-base"],
    tags: NOT_WINDOWS,
    base: { ...LANGUAGE, config: { ...LANGUAGE.config, WorkingDir: "/" } },
  },
  {
    repositories: ["golang", "rust", "gcc", "ruby", "perl", "openjdk", "amazoncorretto"],
    tags: NOT_WINDOWS,
    base: LANGUAGE,
  },
  {
    repositories: [
      "rocker/r-ver",
      "rocker/r-base",
      "rocker/rstudio",
      "rocker/tidyverse",
      "rocker/verse",
      "rocker/geospatial",
      "rocker/shiny",
      "rocker/shiny-verse",
    ],
    base: {
      ...LANGUAGE,
      family: "rocker",
      source: "the Dockerfiles of rocker-org/rocker-versioned2 and rocker-org/rocker",
    },
  },
  { repositories: ["node", "julia", "eclipse-temurin"], tags: NOT_WINDOWS, base: LANGUAGE_WITH_SCRIPT },
  {
    repositories: ["ghcr.io/astral-sh/uv"],
    tags: /(?:^|-)(?:python|pypy|alpine|debian|bookworm|bullseye|trixie)/,
    base: withoutTrain({
      family: "uv",
      source: ".github/workflows/build-docker.yml of astral-sh/uv",
      config: { Entrypoint: null, User: "" },
      kind: "plain",
      runsArguments: true,
    }),
  },
  {
    repositories: ["ghcr.io/astral-sh/uv"],
    tags: /^(?:latest|\d+\.\d+(?:\.\d+)?)?$/,
    base: withoutTrain({
      family: "uv",
      source: "Dockerfile of astral-sh/uv",
      config: { Entrypoint: ["/uv"], User: "", WorkingDir: "/io" },
    }),
  },
];
