import { FORMAT_NAMES } from "../core/formats.ts";

/** An option as parsing, help, completion and suggestions know it. */
export interface OptionSpec {
  readonly name: string;
  /** `flag` takes no value, `value` one, `list` one each time it is given. */
  readonly kind: "flag" | "value" | "list";
  /** What stands for the value in help. */
  readonly metavar?: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly alias?: string;
  /** Completed with file names. */
  readonly isFile?: boolean;
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: "quiet", alias: "q", kind: "flag", description: "Findings only" },
  { name: "verbose", kind: "flag", description: "Show stacks of errors inside trainlint" },
  { name: "color", kind: "flag", description: "Colour, also where the output is no terminal" },
  { name: "no-color", kind: "flag", description: "No colour" },
];

export const FORMAT_OPTION: OptionSpec = {
  name: "format",
  alias: "f",
  kind: "list",
  metavar: "FORMAT[=FILE]",
  choices: FORMAT_NAMES,
  description: `Output format, here or into a file; may be repeated: ${FORMAT_NAMES.join(", ")}`,
};

/** For commands whose answer is no report. */
export const ANSWER_FORMAT_OPTION: OptionSpec = {
  name: "format",
  alias: "f",
  kind: "value",
  metavar: "FORMAT",
  choices: ["text", "json"],
  description: "text or json",
};

export const JUDGE_OPTIONS: readonly OptionSpec[] = [
  FORMAT_OPTION,
  {
    name: "fail-on",
    kind: "value",
    metavar: "LEVEL",
    choices: ["error", "warning", "info", "never"],
    description: "Exit with 1 from this severity on: error (default), warning, info, never",
  },
  {
    name: "role",
    kind: "value",
    metavar: "ROLE",
    choices: ["training", "serving", "processing"],
    description: "What the image is made for (default: guessed, else training); other rules are not applied",
  },
  {
    name: "rule",
    kind: "list",
    metavar: "RULE=LEVEL",
    description: "Set a rule, by id or name, to off, info, warning or error",
  },
  {
    name: "config",
    kind: "value",
    metavar: "FILE",
    isFile: true,
    description: "Configuration file, instead of the nearest .trainlint.yaml, .yml or .json",
  },
  { name: "no-config", kind: "flag", description: "Read no configuration file" },
  {
    name: "print-config",
    kind: "flag",
    description: "Print the configuration in force, and do nothing else",
  },
  { name: "no-inline-config", kind: "flag", description: "Let `# trainlint ignore=...` comments not count" },
  { name: "require-reason", kind: "flag", description: "Let ignore comments without a reason not count" },
  {
    name: "baseline",
    kind: "value",
    metavar: "FILE",
    isFile: true,
    description: "Leave out the findings that this file accepts",
  },
  {
    name: "write-baseline",
    kind: "value",
    metavar: "FILE",
    isFile: true,
    description: "Accept all findings of now in this file",
  },
  {
    name: "prune-baseline",
    kind: "flag",
    description: "Take out of the baseline what is not there any more",
  },
  { name: "category", kind: "value", metavar: "NAME", description: "SARIF: tells this run from others" },
];

/** How an image is read. */
export const IMAGE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "base",
    kind: "value",
    metavar: "IMAGE",
    description: "The image that FROM names: tells what comes from it",
  },
  {
    name: "layers",
    kind: "flag",
    description: "Read the layers of a large image too, also from an engine, which takes its time",
  },
];

export const PLATFORM_OPTION: OptionSpec = {
  name: "platform",
  kind: "value",
  metavar: "OS/ARCH",
  description: "Platform, e.g. linux/amd64",
};

export const DOCKERFILE_OPTIONS: readonly OptionSpec[] = [
  { name: "target", kind: "value", metavar: "STAGE", description: "Stage that is built (default: the last)" },
  {
    name: "build-arg",
    kind: "list",
    metavar: "NAME=VALUE",
    description: "Value for ARG, as for `docker build`",
  },
  {
    name: "context",
    kind: "value",
    metavar: "DIR",
    isFile: true,
    description: "Build context (default: the folder of the Dockerfile)",
  },
  {
    name: "platform",
    kind: "value",
    metavar: "OS/ARCH",
    description: "Platform of the build, e.g. linux/amd64",
  },
];
