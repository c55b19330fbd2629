import { resolve } from "node:path";
import { bytesOf } from "../core/bytes.ts";
import type { RunSettings } from "../core/config/check-settings.ts";
import type { Config } from "../core/config.ts";
import { UserError } from "../core/errors.ts";
import type { DockerfileRequest, JudgeRequest, SmokeRequest } from "./request.ts";
import { configFolder } from "./session.ts";

/** What `trainlint check` and `trainlint job` are asked for on the command line; `null` leaves it to the configuration. */
export interface CheckRequest extends JudgeRequest, DockerfileRequest, SmokeRequest {
  readonly dockerfile: string | null;
  readonly build: boolean | null;
  readonly image: string | null;
  /** A file; "-" for standard input. */
  readonly job: string | null;
  readonly stdin: () => NodeJS.ReadableStream;
  readonly run: boolean | null;
  /** Whether the configuration adds subjects of its own. */
  readonly configured: boolean;
}

/** What is checked in the end. Paths are absolute, or relative to the working folder. */
export interface CheckPlan extends CheckRequest {
  readonly build: boolean;
  readonly run: boolean;
}

/**
 * The command line over the configuration file. Throws a `UserError` where the two together don't make sense or
 * leave nothing to check.
 */
export function checkPlan(request: CheckRequest, config: Config): CheckPlan {
  const plan = request.configured ? withConfig(request, config) : { ...request, build: false, run: false };
  if (plan.dockerfile === null && plan.image === null && plan.job === null) {
    throw new UserError("`trainlint check` needs something to check.", {
      help: "Give --dockerfile FILE, --image IMAGE or --job FILE, or let `trainlint init` write a .trainlint.yaml that says what there is.",
    });
  }
  if (plan.build && plan.dockerfile === null) {
    throw new UserError("There is no Dockerfile to build the image from.", {
      help: "Give --dockerfile FILE, or set `dockerfile` in the configuration.",
    });
  }
  if (plan.run && plan.image === null && !plan.build) {
    throw new UserError("`--run` needs `--image` or `--build`: there is nothing to run.", {
      help: "Give --image IMAGE, or --build to build it from the Dockerfile; or set `image` or `build` in the configuration.",
    });
  }
  return plan;
}

function withConfig(request: CheckRequest, config: Config): CheckPlan {
  const { check } = config;
  const folder = configFolder(config, request.cwd);
  const path = (own: string | null, configured: string | undefined): string | null =>
    own ?? (configured === undefined ? null : resolve(folder, configured));
  const settings = typeof check.run === "object" ? check.run : {};
  const smoke = withRunSettings(request, settings, folder);
  const channels = Object.entries(check.channels ?? {}).map(([name, directory]) => ({
    name,
    directory: resolve(folder, directory),
    inputMode: "File" as const,
  }));
  const own = new Set(request.channels.map(({ name }) => name));
  return {
    ...request,
    ...smoke,
    channels: [...channels.filter(({ name }) => !own.has(name)), ...request.channels],
    dockerfile: path(request.dockerfile, check.dockerfile),
    context: path(request.context, check.context),
    platform: request.platform ?? check.platform ?? null,
    job: path(request.job, check.job),
    image: request.image ?? check.image ?? null,
    build: request.build ?? check.build ?? false,
    run: request.run ?? (check.run !== undefined && check.run !== false),
  };
}

function withRunSettings(
  request: CheckRequest,
  settings: RunSettings,
  folder: string,
): Pick<SmokeRequest, Exclude<keyof SmokeRequest, "channels">> {
  const replaced = request.entrypoint.length > 0 || request.args.length > 0;
  const transcript = settings.transcript === undefined ? null : resolve(folder, settings.transcript);
  return {
    graceSeconds: request.graceSeconds ?? settings.grace ?? null,
    entrypoint: replaced ? request.entrypoint : (settings.entrypoint ?? []),
    args: replaced ? request.args : (settings.args ?? []),
    environment: { ...settings.env, ...request.environment },
    hyperparameters: { ...settings.hyperparameters, ...request.hyperparameters },
    readyLog: request.readyLog ?? settings["ready-log"] ?? null,
    readyFile: request.readyFile ?? settings["ready-file"] ?? null,
    runFor: request.runFor ?? settings["run-for"] ?? null,
    stopAfter: request.stopAfter ?? settings["stop-after"] ?? null,
    untilExit: request.untilExit || settings["until-exit"] === true,
    maxSeconds: request.maxSeconds ?? settings["max-seconds"] ?? null,
    network: request.network ?? settings.network ?? null,
    memoryBytes: request.memoryBytes ?? memoryOf(settings.memory),
    pids: request.pids ?? settings.pids ?? null,
    gpus: request.gpus ?? settings.gpus ?? null,
    jobName: request.jobName,
    instanceType: request.instanceType,
    checkpointPath: request.checkpointPath,
    transcript: request.transcript ?? transcript,
  };
}

function memoryOf(memory: string | number | undefined): number | null {
  if (memory === undefined || typeof memory === "number") return memory ?? null;
  const bytes = bytesOf(memory);
  if (bytes !== null) return bytes;
  throw new UserError(`\`run.memory: ${memory}\` is not a size as in 512m or 8g.`);
}
