import { pack } from "tar-stream";
import type { SmokeChannel } from "./options.ts";

/** What the service writes into /opt/ml/input/config, as far as a smoke run knows it. */
export interface PlaceOptions {
  readonly hyperparameters: { readonly [name: string]: string };
  readonly channels: readonly Omit<SmokeChannel, "directory">[];
  readonly instanceType: string;
  readonly checkpointPath: string;
}

/** The name of the one host of a smoke run. */
export const HOST = "algo-1";
const GROUP = "homogeneousCluster";

/** Where the channels are. */
export const DATA_FOLDER = "/opt/ml/input/data";

/** The folders that SageMaker mounts; each becomes a volume of its own, so that image content elsewhere stays. */
export function placeFolders(checkpointPath: string): readonly string[] {
  return ["/opt/ml/input", "/opt/ml/model", "/opt/ml/output", checkpointPath];
}

/**
 * The four files of /opt/ml/input/config by name; every hyperparameter is a string, FastFile is written as `File`.
 * Source: developer guide, "How Amazon SageMaker Provides Training Information".
 */
export function configFiles(options: PlaceOptions): { readonly [name: string]: unknown } {
  return {
    "hyperparameters.json": options.hyperparameters,
    "inputdataconfig.json": Object.fromEntries(
      options.channels.map((channel) => [channel.name, inputDataConfig(channel)]),
    ),
    "resourceconfig.json": {
      current_host: HOST,
      current_instance_type: options.instanceType,
      current_group_name: GROUP,
      hosts: [HOST],
      instance_groups: [{ instance_group_name: GROUP, instance_type: options.instanceType, hosts: [HOST] }],
      network_interface_name: "eth0",
    },
    "checkpointconfig.json": { LocalPath: options.checkpointPath },
  };
}

function inputDataConfig(channel: PlaceOptions["channels"][number]): { readonly [name: string]: string } {
  return {
    ...(typeof channel.contentType === "string" ? { ContentType: channel.contentType } : {}),
    TrainingInputMode: channel.inputMode === "Pipe" ? "Pipe" : "File",
    S3DistributionType: channel.distribution ?? "FullyReplicated",
    RecordWrapperType: channel.recordWrapperType ?? "None",
  };
}

/**
 * A tar with what the place holds, to be extracted at `/` of the created container. Everything belongs to root
 * and is writable by root alone, as on the service. `ownData` leaves out the folder of the channels.
 */
export async function placeArchive(options: PlaceOptions, ownData: boolean): Promise<Buffer> {
  const archive = pack();
  const owner = { uid: 0, gid: 0, uname: "root", gname: "root", mtime: new Date() };
  const mounted = placeFolders(options.checkpointPath).map((path) => path.slice(1));
  const made = ["input/config", "output/data", ...(ownData ? [] : ["input/data"])];
  for (const folder of [...mounted, ...made.map((name) => `opt/ml/${name}`)]) {
    archive.entry({ ...owner, name: `${folder}/`, type: "directory", mode: 0o755 });
  }
  for (const [name, content] of Object.entries(configFiles(options))) {
    archive.entry(
      { ...owner, name: `opt/ml/input/config/${name}`, mode: 0o644 },
      `${JSON.stringify(content, null, 2)}\n`,
    );
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
