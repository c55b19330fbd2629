/** What a folder holds that `trainlint check` can look at; paths relative to the folder, the best first. */
export interface Found {
  readonly dockerfiles: readonly string[];
  readonly jobs: readonly FoundJob[];
}

/** A training-job request, and the folders that look as if they stood for its channels. */
export interface FoundJob {
  readonly path: string;
  readonly channels: readonly { readonly name: string; readonly folder: string | null }[];
}

/** How many files are named besides the one that is taken. */
const MOST_NAMED = 5;

/** A first `.trainlint.yaml`, with words on what else can be said. Reads back as a valid configuration. */
export function firstConfig({ dockerfiles, jobs }: Found): string {
  const [dockerfile, ...otherDockerfiles] = dockerfiles;
  const [job, ...otherJobs] = jobs;
  const blocks = [
    ["# What `trainlint check` looks at, as one gate. Paths count from this file."],
    dockerfile === undefined
      ? ["# No Dockerfile was found here.", "# dockerfile: path/to/Dockerfile"]
      : [`dockerfile: ${plain(dockerfile)}`, ...others("Dockerfiles", otherDockerfiles)],
    [
      "# The built image: on a Docker or Podman engine, or saved (docker-archive:FILE, oci-dir:DIR, oci-archive:FILE).",
      "# image: my-training:latest",
      "# Or let trainlint build it from the Dockerfile, on an engine:",
      "build: false",
    ],
    job === undefined
      ? [
          "# No CreateTrainingJob request was found here: JSON, YAML, or a script with the AWS CLI's command.",
          "# job: job.json",
        ]
      : [
          `job: ${plain(job.path)}`,
          ...others(
            "requests",
            otherJobs.map(({ path }) => path),
          ),
        ],
    channelLines(job),
    [
      "# Start the image as SageMaker does, send SIGTERM, and judge what happens. Needs an engine.",
      "run: false",
      "# run:",
      "#   grace: 120        # seconds from SIGTERM to SIGKILL",
      "#   ready-log: epoch  # send SIGTERM once a line of output matches",
    ],
    [
      "# From which severity on findings make the command fail: error, warning, info, never.",
      "fail-on: error",
    ],
    ["# rules:", "#   TL605: off"],
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function channelLines(job: FoundJob | undefined): string[] {
  const channels = job?.channels ?? [];
  const words = "# For each input channel the folder that stands for it in a smoke run.";
  if (channels.every(({ folder }) => folder === null)) {
    const names = channels.length === 0 ? ["training"] : channels.map(({ name }) => name);
    return [words, "# channels:", ...names.map((name) => `#   ${plain(name)}: path/to/folder`)];
  }
  const lines = channels.map(({ name, folder }) =>
    folder === null ? `#  ${plain(name)}: path/to/folder` : `  ${plain(name)}: ${plain(folder)}`,
  );
  return [words, "channels:", ...lines];
}

function others(what: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, MOST_NAMED).map(oneLine);
  const more = paths.length > shown.length ? `, and ${paths.length - shown.length} more` : "";
  return [`# Other ${what} here: ${shown.join(", ")}${more}.`];
}

/** Text as YAML; in quotes where it could be read as something else. */
function plain(text: string): string {
  return /^[A-Za-z_.][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|\.\w+)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
}
