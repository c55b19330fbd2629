import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { LaunchPlan } from "../../core/job/launch.ts";
import type {
  Container,
  ContainerCreateOptions,
  DeviceRequest,
  MountSettings,
} from "../engine/dockerode-types.ts";
import { ask, reasonOf, statusOf } from "./ask.ts";
import { SMOKE_DEFAULTS, type SmokeChannel, type SmokeOptions } from "./options.ts";
import { OWNER_LABEL, ownerId } from "./owner.ts";
import { placeArchive, placeFolders } from "./place.ts";

/** The settings of the container, as the engine is asked for them; also what the transcript states as limits. */
export interface ContainerSettings {
  readonly options: SmokeOptions;
  readonly plan: LaunchPlan;
  /** The image's id, so that a tag that moves meanwhile changes nothing. */
  readonly imageId: string;
}

/**
 * Creates the container with the place SageMaker makes, not started.
 *
 * input, model, output and checkpoints are anonymous volumes (not copied up from the image): root-owned mounts
 * as on the service, on a remote engine and on Podman alike, gone with the container; the rest of the image's
 * /opt/ml stays visible, as with SageMaker's local mode. The service reserves all of /opt/ml and may hide that
 * too; what an image puts there is judged by the image's own rules.
 * @throws EnvironmentError when the engine fails; UserError when it refuses what the user asked for.
 */
export async function createContainer(settings: ContainerSettings): Promise<Container> {
  const { options, plan } = settings;
  const { client } = options.engine;
  let container: Container;
  try {
    const request = containerRequest(settings);
    const withPlatform =
      options.platform === undefined ? request : { ...request, platform: options.platform };
    container = await ask("create the container", client.createContainer(withPlatform));
  } catch (error) {
    const status = statusOf(error);
    if (status === null) throw error;
    if (plan.argv.length > 0 && status < 500) {
      throw new UserError(`The engine refuses the container: ${reasonOf(error)}`, {
        help: "Check the options of the run: channels, network, GPUs, platform.",
        cause: error,
      });
    }
    throw new EnvironmentError(`The engine can't create the container: ${reasonOf(error)}`, { cause: error });
  }
  const archive = await placeArchive({
    hyperparameters: options.hyperparameters ?? {},
    channels: options.channels ?? [],
    instanceType: options.instanceType ?? SMOKE_DEFAULTS.instanceType,
    checkpointPath: options.checkpointPath ?? SMOKE_DEFAULTS.checkpointPath,
  });
  await ask("put /opt/ml in place", container.putArchive(archive, { path: "/" }));
  return container;
}

function containerRequest(settings: ContainerSettings): ContainerCreateOptions {
  const { options, plan } = settings;
  const labels = { [OWNER_LABEL]: ownerId() };
  const checkpointPath = options.checkpointPath ?? SMOKE_DEFAULTS.checkpointPath;
  const memory = options.memoryBytes ?? SMOKE_DEFAULTS.memoryBytes;
  return {
    Image: settings.imageId,
    // An empty list would mean "as in the image": [""] is the engines' way to clear an ENTRYPOINT.
    Entrypoint: plan.entrypoint.length > 0 ? [...plan.entrypoint] : [""],
    Cmd: [...plan.args],
    Env: environmentOf(options),
    Labels: labels,
    Hostname: "algo-1",
    Tty: false,
    OpenStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    StopSignal: "SIGTERM",
    // HEALTHCHECK has no effect on the service, and its processes would show up in the evidence.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: networkOf(options.network),
      SecurityOpt: ["no-new-privileges"],
      Memory: memory,
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
        ...(options.channels ?? []).map(channelMount),
      ],
      ...(options.gpus === undefined ? {} : { DeviceRequests: [gpuRequest(options.gpus)] }),
    },
  };
}

/** Read-only for File mode too: a smoke run must not change the user's data. */
function channelMount(channel: SmokeChannel): MountSettings {
  return bind(channel.directory, `/opt/ml/input/data/${channel.name}`, true);
}

function bind(source: string, target: string, readOnly: boolean): MountSettings {
  return { Type: "bind", Source: source, Target: target, ReadOnly: readOnly };
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
