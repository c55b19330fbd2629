import type { SmokeRequest } from "../app.ts";
import { bytesOf } from "../core/bytes.ts";
import { UserError } from "../core/errors.ts";
import { type Arguments, splitPair } from "./arguments.ts";
import type { OptionSpec } from "./options.ts";

export const SMOKE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "grace",
    kind: "value",
    metavar: "SECONDS",
    description: "From SIGTERM to SIGKILL (default: 120, as SageMaker has it)",
  },
  {
    name: "entrypoint",
    kind: "list",
    metavar: "WORD",
    description: "A word of ContainerEntrypoint; once for each word",
  },
  {
    name: "args",
    kind: "list",
    metavar: "WORD",
    description: "A word of ContainerArguments; once for each word",
  },
  {
    name: "channel",
    kind: "list",
    metavar: "NAME=DIR",
    isFile: true,
    description: "Input channel, at /opt/ml/input/data/NAME",
  },
  { name: "env", kind: "list", metavar: "NAME=VALUE", description: "Environment variable of the request" },
  {
    name: "hyperparameter",
    kind: "list",
    metavar: "NAME=VALUE",
    description: "Hyperparameter of the request",
  },
  {
    name: "ready-log",
    kind: "value",
    metavar: "REGEX",
    description: "Send SIGTERM once a line of output matches; waits for it up to 120 s, or --run-for",
  },
  {
    name: "ready-file",
    kind: "value",
    metavar: "PATH",
    description: "Send SIGTERM once this file is there (absolute, or below /opt/ml); waits as long",
  },
  {
    name: "run-for",
    kind: "value",
    metavar: "SECONDS",
    description: "Send SIGTERM after this time without evidence that the program is at work (default: 10)",
  },
  {
    name: "stop-after",
    kind: "value",
    metavar: "SECONDS",
    description: "Send SIGTERM at this time in any case",
  },
  { name: "until-exit", kind: "flag", description: "Send no SIGTERM: wait for the end of the training" },
  {
    name: "max-seconds",
    kind: "value",
    metavar: "SECONDS",
    description: "Longest wait of --until-exit (default: 3600)",
  },
  {
    name: "network",
    kind: "value",
    metavar: "NAME",
    description: "none, default, or a network of the engine (default: none)",
  },
  {
    name: "memory",
    kind: "value",
    metavar: "SIZE",
    description: "Memory limit, e.g. 512m or 8g (default: 8g, at most 3/4 of the engine's)",
  },
  { name: "pids", kind: "value", metavar: "COUNT", description: "Most processes (default: 4096)" },
  {
    name: "gpus",
    kind: "value",
    metavar: "COUNT|all",
    description: "GPUs for the container (default: none)",
  },
  {
    name: "transcript",
    kind: "value",
    metavar: "FILE",
    isFile: true,
    description: "Write everything that the run recorded as JSON",
  },
];

export const JOB_OPTION: OptionSpec = {
  name: "job",
  kind: "value",
  metavar: "FILE",
  isFile: true,
  description: "CreateTrainingJob request: what it says about the start of the container counts",
};

/** The options of a smoke run as a request. */
export function smokeRequest(args: Arguments): SmokeRequest {
  return {
    graceSeconds: numberOf(args, "grace"),
    entrypoint: args.list("entrypoint"),
    args: args.list("args"),
    channels: pairs(args, "channel", "NAME=DIR").map(([name, directory]) => ({
      name: channelName(name),
      directory,
      inputMode: "File",
    })),
    environment: Object.fromEntries(pairs(args, "env", "NAME=VALUE")),
    hyperparameters: Object.fromEntries(pairs(args, "hyperparameter", "NAME=VALUE")),
    readyLog: args.value("ready-log"),
    readyFile: args.value("ready-file"),
    runFor: numberOf(args, "run-for"),
    stopAfter: numberOf(args, "stop-after"),
    untilExit: args.flag("until-exit"),
    maxSeconds: numberOf(args, "max-seconds"),
    network: args.value("network"),
    memoryBytes: memoryOf(args.value("memory")),
    pids: numberOf(args, "pids"),
    gpus: args.value("gpus") === "all" ? "all" : numberOf(args, "gpus"),
    jobName: null,
    instanceType: null,
    checkpointPath: null,
    transcript: args.value("transcript"),
  };
}

function pairs(args: Arguments, name: string, shape: string): [string, string][] {
  return args.list(name).map((text) => splitPair(name, text, shape));
}

/** A name as the API takes it; others could lead out of the folder of the channels. */
function channelName(name: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(name) && !/^\.+$/.test(name)) return name;
  throw new UserError(
    `"${name}" is not a name of a channel: up to 64 letters, digits, dots, hyphens and underscores.`,
  );
}

function numberOf(args: Arguments, name: string): number | null {
  const text = args.value(name);
  if (text === null) return null;
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new UserError(`\`--${name} ${text}\` is not a number of 0 or more.`);
}

function memoryOf(text: string | null): number | null {
  if (text === null) return null;
  const bytes = bytesOf(text);
  if (bytes !== null) return bytes;
  throw new UserError(`\`--memory ${text}\` is not a size as in 512m or 8g.`);
}
