import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { LaunchPlan } from "../../core/job/launch.ts";
import { ask, reasonOf, statusOf, WORK_SECONDS } from "../engine/ask.ts";
import type {
  Container,
  ContainerCreateOptions,
  DeviceRequest,
  MountSettings,
} from "../engine/dockerode-types.ts";
import { SMOKE_DEFAULTS, type SmokeChannel, type SmokeOptions } from "./options.ts";
import { ownerLabels, removeContainer } from "./owner.ts";
import { DATA_FOLDER, HOST, placeArchive, placeFolders } from "./place.ts";

/** The settings of the container. */
export interface ContainerSettings {
  readonly options: SmokeOptions;
  readonly plan: LaunchPlan;
  /** The image's id, so that a tag that moves meanwhile changes nothing. */
  readonly imageId: string;
  readonly memoryBytes: number;
  /** The folder with the FIFOs of channels in Pipe mode, and places for the others; `null` without any. */
  readonly pipes: string | null;
}

/**
 * Creates the container with the place SageMaker makes, not started. When it throws, there is no container.
 *
 * input, model, output and checkpoints are anonymous volumes (not copied up from the image): root-owned mounts
 * as on the service, on a remote engine and on Podman alike, gone with the container; the rest of the image's
 * /opt/ml stays visible, as with SageMaker's local mode. The service reserves all of /opt/ml and may hide that
 * too; what an image puts there is judged by the image's own rules.
 * @throws EnvironmentError when the engine fails; UserError when it refuses what the user asked for.
 */
export async function createContainer(settings: ContainerSettings): Promise<Container> {
  const { options, pipes } = settings;
  const { engine } = options;
  let container: Container;
  try {
    const request = containerRequest(settings);
    const withPlatform =
      options.platform === undefined ? request : { ...request, platform: options.platform };
    container = await ask("create the container", engine.client.createContainer(withPlatform), WORK_SECONDS);
  } catch (error) {
    throw refusalOf(error);
  }
  try {
    const archive = await placeArchive(
      {
        hyperparameters: options.hyperparameters ?? {},
        channels: options.channels ?? [],
        instanceType: options.instanceType ?? SMOKE_DEFAULTS.instanceType,
        checkpointPath: options.checkpointPath ?? SMOKE_DEFAULTS.checkpointPath,
      },
      pipes !== null,
    );
    await ask("put /opt/ml in place", container.putArchive(archive, { path: "/" }), WORK_SECONDS);
    return container;
  } catch (error) {
    await removeContainer(engine, container.id).catch(() => undefined);
    throw statusOf(error) === null ? error : placeRefusal(reasonOf(error), options, error);
  }
}

/** An image may have a file where the service mounts a folder. */
function placeRefusal(reason: string, { checkpointPath }: SmokeOptions, cause: unknown): Error {
  const folders = placeFolders(checkpointPath ?? SMOKE_DEFAULTS.checkpointPath);
  const taken = folders.find((folder) => reason.includes(`${folder},`) || reason.endsWith(folder));
  if (taken === undefined || !/not a directory/i.test(reason)) {
    return new EnvironmentError(`The engine can't put /opt/ml in place: ${reason}`, { cause });
  }
  return new UserError(`The image has a file at ${taken}, where SageMaker mounts a folder`, {
    help: "Take it out of the image: /opt/ml belongs to SageMaker.",
    cause,
  });
}

function refusalOf(error: unknown): unknown {
  const status = statusOf(error);
  if (status === null) return error;
  if (status >= 500) {
    return new EnvironmentError(`The engine can't create the container: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return new UserError(`The engine refuses the container: ${reasonOf(error)}`, {
    help: "Check the options of the run: channels, network, GPUs, platform.",
    cause: error,
  });
}

function containerRequest(settings: ContainerSettings): ContainerCreateOptions {
  const { options, plan, memoryBytes, pipes } = settings;
  const labels = ownerLabels(longestCourse(options));
  const checkpointPath = options.checkpointPath ?? SMOKE_DEFAULTS.checkpointPath;
  const channels = (options.channels ?? []).filter(({ inputMode }) => inputMode !== "Pipe");
  const network = networkOf(options.network);
  return {
    Image: settings.imageId,
    // An empty list would mean "as in the image": [""] is the engines' way to clear an ENTRYPOINT.
    Entrypoint: plan.entrypoint.length > 0 ? [...plan.entrypoint] : [""],
    Cmd: [...plan.args],
    Env: environmentOf(options),
    Labels: labels,
    Hostname: HOST,
    Tty: false,
    OpenStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    StopSignal: "SIGTERM",
    // HEALTHCHECK has no effect on the service, and its processes would show up in the evidence.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: network,
      // Without a network nobody else tells the container its own name, which training code asks for.
      ExtraHosts: network === "none" ? [`${HOST}:127.0.0.1`] : [],
      SecurityOpt: ["no-new-privileges"],
      Memory: memoryBytes,
      // The same number: no swap.
      MemorySwap: memoryBytes,
      PidsLimit: options.pids ?? SMOKE_DEFAULTS.pids,
      // What it prints is read as it comes: a log on the engine's disk would be unbounded.
      LogConfig: { Type: "none", Config: {} },
      Mounts: [
        ...placeFolders(checkpointPath).map((folder) => ({
          Type: "volume" as const,
          Source: "",
          Target: folder,
          VolumeOptions: { NoCopy: true, Labels: labels, DriverConfig: { Name: "local", Options: {} } },
        })),
        ...(pipes === null ? [] : [bind(pipes, DATA_FOLDER)]),
        ...channels.map(channelMount),
      ],
      ...(options.gpus === undefined ? {} : { DeviceRequests: [gpuRequest(options.gpus)] }),
    },
  };
}

/** Read-only for File mode too: a smoke run must not change the user's data. */
function channelMount(channel: SmokeChannel): MountSettings {
  return bind(channel.directory, `${DATA_FOLDER}/${channel.name}`);
}

function bind(source: string, target: string): MountSettings {
  return { Type: "bind", Source: source, Target: target, ReadOnly: true };
}

function gpuRequest(gpus: "all" | number): DeviceRequest {
  return {
    Driver: "",
    Count: gpus === "all" ? -1 : gpus,
    Capabilities: [["gpu"]],
  } as DeviceRequest;
}

function networkOf(network: SmokeOptions["network"]): string {
  if (network === undefined || network === false) return "none";
  return network === true ? "bridge" : network;
}

/** Starting, ending and cleaning up, at their slowest; seconds. */
const BESIDES = 600;

/** How long a run can take: the wait for readiness, and twice the grace period for a stop that is sent again. */
function longestCourse(options: SmokeOptions): number {
  const { runFor, stopAfter, maxSeconds, untilExit, graceSeconds } = options;
  const waits = [
    runFor ?? SMOKE_DEFAULTS.readyWithin,
    stopAfter ?? 0,
    untilExit === true ? (maxSeconds ?? SMOKE_DEFAULTS.maxSeconds) : 0,
  ];
  return Math.max(...waits) + 2 * (graceSeconds ?? SMOKE_DEFAULTS.graceSeconds) + BESIDES;
}

/** The documented variables and the job's own; nothing of the host's environment. */
export function environmentOf(options: SmokeOptions): string[] {
  const name = options.jobName ?? SMOKE_DEFAULTS.jobName;
  const all = {
    TRAINING_JOB_NAME: name,
    TRAINING_JOB_ARN: `arn:aws:sagemaker:us-east-1:000000000000:training-job/${name}`,
    ...options.environment,
  };
  return Object.entries(all).map(([key, value]) => `${key}=${value}`);
}
