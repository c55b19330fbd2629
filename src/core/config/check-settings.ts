import type { Json } from "../json.ts";
import type { Schema } from "./schema-form.ts";

/** How `trainlint check` makes its smoke run; as the options of `trainlint run`. Times in seconds. */
export interface RunSettings {
  readonly grace?: number;
  readonly entrypoint?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly hyperparameters?: { readonly [name: string]: string };
  readonly "ready-log"?: string;
  readonly "ready-file"?: string;
  readonly "run-for"?: number;
  readonly "stop-after"?: number;
  readonly "until-exit"?: boolean;
  readonly "max-seconds"?: number;
  readonly network?: string;
  /** Bytes, or text such as `8g`. */
  readonly memory?: string | number;
  readonly pids?: number;
  readonly gpus?: "all" | number;
  readonly transcript?: string;
}

/** What `trainlint check` looks at when its options do not say. Paths are relative to the configuration file. */
export interface CheckSettings {
  readonly dockerfile?: string;
  readonly context?: string;
  readonly platform?: string;
  readonly build?: boolean;
  readonly image?: string;
  readonly job?: string;
  readonly run?: boolean | RunSettings;
  /** Channel name → folder. */
  readonly channels?: { readonly [name: string]: string };
}

const TEXTS: Schema = { type: "array", items: { type: "string" } };
const MAP: Schema = { type: "object", additionalProperties: { type: "string" } };

const RUN: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    grace: {
      type: "number",
      description: "Seconds from SIGTERM to SIGKILL; 120 by default, as SageMaker has it.",
    },
    entrypoint: { ...TEXTS, description: "Words of ContainerEntrypoint, in place of the request's." },
    args: { ...TEXTS, description: "Words of ContainerArguments, in place of the request's." },
    env: { ...MAP, description: "Environment variables, over those of the request." },
    hyperparameters: { ...MAP, description: "Hyperparameters, over those of the request." },
    "ready-log": {
      type: "string",
      description: "Send SIGTERM once a line of output matches this expression.",
    },
    "ready-file": { type: "string", description: "Send SIGTERM once this file is there." },
    "run-for": {
      type: "number",
      description: "Seconds after which SIGTERM is sent without other evidence of readiness.",
    },
    "stop-after": { type: "number", description: "Seconds after which SIGTERM is sent in any case." },
    "until-exit": { type: "boolean", description: "Send no SIGTERM: wait for the end of the training." },
    "max-seconds": { type: "number", description: "Longest wait of until-exit, in seconds." },
    network: { type: "string", description: "none (by default), default, or a network of the engine." },
    memory: {
      anyOf: [{ type: "string" }, { type: "integer" }],
      description: "Memory limit, such as 512m or 8g, or in bytes.",
    },
    pids: { type: "integer", description: "Most processes." },
    gpus: {
      anyOf: [{ enum: ["all"] }, { type: "integer" }],
      description: "GPUs for the container: all, or how many.",
    },
    transcript: {
      type: "string",
      description: "Where everything that the run recorded is written; relative to this file.",
    },
  },
};

/** The keys of a configuration file that are for `trainlint check`. */
export const CHECK_SCHEMA: { readonly [name: string]: Schema } = {
  dockerfile: {
    type: "string",
    description: "`trainlint check`: the Dockerfile of the image; relative to this file.",
  },
  context: {
    type: "string",
    description: "`trainlint check`: the build context; by default the folder of the Dockerfile.",
  },
  platform: { type: "string", description: "`trainlint check`: platform of the build, such as linux/amd64." },
  build: {
    type: "boolean",
    default: false,
    description: "`trainlint check`: build the image from the Dockerfile, on a Docker or Podman engine.",
  },
  image: {
    type: "string",
    description: "`trainlint check`: the built image; with build, the name that it gets.",
  },
  job: {
    type: "string",
    description:
      "`trainlint check`: the CreateTrainingJob request, as JSON, YAML or in a script; relative to this file.",
  },
  run: {
    anyOf: [{ type: "boolean" }, RUN],
    default: false,
    description: "`trainlint check`: make a smoke run of the image, with these options.",
  },
  channels: {
    ...MAP,
    description:
      "`trainlint check`: the folder that stands for each input channel, by the channel's name; relative to this file.",
  },
};

/** What of a file's members is for `trainlint check`. */
export function checkSettingsOf(raw: CheckSettings): CheckSettings {
  const names = Object.keys(CHECK_SCHEMA) as (keyof CheckSettings)[];
  const entries = names.flatMap((name) => {
    const value = raw[name];
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** The settings in the file's own words. */
export function checkSettingsData(settings: CheckSettings): { readonly [name: string]: Json } {
  return settings as { readonly [name: string]: Json };
}
