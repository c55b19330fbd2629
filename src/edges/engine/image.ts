import { UserError } from "../../core/errors.ts";
import { type Asked, pickAsked } from "../../core/image/asked.ts";
import { imageConfigOf, type RawImageConfig } from "../../core/image/config.ts";
import { shownHistory } from "../../core/image/history.ts";
import type { FileEntry, FileIndex, FileQuery, ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { combined, combineQueries, deepest, MAX_ROUNDS, nextQueries } from "../../core/image/needs.ts";
import type { NextQueries } from "../archive/read-layers.ts";
import { OWNER_LABEL, ownerId } from "../smoke/owner.ts";
import { ask, statusOf } from "./ask.ts";
import type { Engine } from "./connect.ts";
import type { ImageInspectInfo } from "./dockerode-types.ts";
import { engineFailure, engineName } from "./failure.ts";
import { ContainerFiles } from "./files.ts";
import { savedLayers } from "./save.ts";

/**
 * Which layers an engine is asked for: it can only send the whole image, at some hundred megabytes a second.
 * `when-small` asks for it where that takes about a second, `always` whenever a rule wants to know.
 */
export type LayersOfEngine = "when-small" | "always";

/** Bytes of an image that is sent in about a second. */
const SMALL_IMAGE = 128 * 1024 ** 2;

/** An engine was asked and does not have the image. */
export class NoSuchImage extends UserError {
  constructor(engine: Engine, name: string, cause: unknown) {
    super(`${engineName(engine)} has no image "${name}".`, {
      help: "Build or load it first; `docker images` lists what is there. One in a registry is named registry:NAME.",
      cause,
    });
  }
}

/** How an image of an engine is read. */
export interface EngineImageOptions {
  readonly layers?: LayersOfEngine;
  readonly signal?: AbortSignal;
}

/**
 * An image of an engine, as far as the needs go: its configuration; when files are needed, the named paths and
 * folders through the archive endpoint of a container that is never started; and when the layers are needed, what
 * the engine sends when it saves the image, of which nothing is kept but names.
 *
 * @throws UserError when the engine has no such image, EnvironmentError when the engine fails.
 */
export async function readEngineImage(
  engine: Engine,
  name: string,
  needs: readonly ImageNeeds[],
  options: EngineImageOptions = {},
): Promise<ImageModel> {
  const inspected = await inspectEngineImage(engine, name);
  const config = imageConfigOf(inspected.Config as RawImageConfig | undefined);
  const depth = deepest(needs);
  const asked = combineQueries(needs, config);
  const none: FileIndex = { visible: new Map(), hidden: [], asked };
  const model = { ...modelOf(engine, name, inspected), config, depth, files: none };
  if (depth === "config") return model;
  const isSmall = inspected.Size <= SMALL_IMAGE;
  const layers =
    depth === "layers" && (isSmall || options.layers === "always")
      ? await savedLayers(engine, inspected.Id, options.signal)
      : null;
  const next: NextQueries = (files) => nextQueries(needs, config, files);
  const files = await readFiles(engine, inspected.Id, asked, next, layers?.entries ?? null, options.signal);
  // The image's own configuration says more than what an engine tells of it: Podman leaves some out.
  if (layers !== null) return { ...model, config: layers.config, history: layers.history, files };
  const history = shownHistory(await historyOf(engine, inspected.Id), inspected.RootFS?.Layers ?? []);
  return { ...model, depth: "files", history, files };
}

/** @throws NoSuchImage when the engine has none of this name, EnvironmentError when it fails. */
export async function inspectEngineImage(engine: Engine, name: string): Promise<ImageInspectInfo> {
  try {
    return await ask("inspect the image", engine.client.getImage(name).inspect());
  } catch (error) {
    throw statusOf(error) === 404 ? new NoSuchImage(engine, name, error) : engineFailure(engine, error);
  }
}

type WithoutContent = Omit<ImageModel, "config" | "depth" | "files">;

function modelOf(engine: Engine, name: string, inspected: ImageInspectInfo): WithoutContent {
  const { Variant, Descriptor } = inspected as {
    Variant?: string;
    /** Only of an engine that keeps images as a registry does. */
    Descriptor?: { digest?: string; mediaType?: string };
  };
  const digest = Descriptor?.digest ?? inspected.RepoDigests?.[0]?.split("@")[1];
  return {
    kind: "image",
    name,
    source: engine.kind,
    id: inspected.Id.includes(":") ? inspected.Id : `sha256:${inspected.Id}`,
    manifest: digest === undefined ? null : { digest, mediaType: Descriptor?.mediaType ?? "" },
    index: null,
    layers: (inspected.RootFS?.Layers ?? []).map((layer) => ({ digest: layer, stored: null })),
    base: null,
    platform: {
      os: inspected.Os,
      architecture: inspected.Architecture,
      variant: Variant === undefined || Variant === "" ? null : Variant,
    },
    history: [],
  };
}

async function historyOf(engine: Engine, id: string): Promise<{ CreatedBy?: string; Size?: number }[]> {
  return engine.client
    .getImage(id)
    .history()
    .catch((error: unknown) => {
      throw engineFailure(engine, error);
    });
}

/**
 * What the queries lead to, read through a container that is never started. Where the layers are known already,
 * only first bytes are asked of it.
 */
async function readFiles(
  engine: Engine,
  id: string,
  first: readonly FileQuery[],
  next: NextQueries,
  layers: readonly (readonly FileEntry[])[] | null,
  signal: AbortSignal | undefined,
): Promise<FileIndex> {
  const nothing: FileIndex = { visible: new Map(), hidden: [], asked: [] };
  if (first.length === 0) return nothing;
  const settings = {
    Image: id,
    Entrypoint: ["/trainlint-never-starts-this"],
    Cmd: [],
    // Podman gives what it copies out to the container's user: then rather to root, whose most files are.
    User: "0:0",
    NetworkDisabled: true,
    Labels: { [OWNER_LABEL]: ownerId() },
  };
  const container = await engine.client.createContainer(settings).catch((error: unknown) => {
    throw engineFailure(engine, error);
  });
  try {
    const reader = new ContainerFiles(container, engine.kind === "podman", signal);
    let index = nothing;
    let queries = first;
    for (let round = 0; queries.length > 0 && round < MAX_ROUNDS; round += 1) {
      const asked = combined([...index.asked, ...queries]);
      index = await (layers === null
        ? askAll(reader, queries, asked)
        : readHeads(reader, pickAsked(layers, asked)));
      queries = next(index);
    }
    return index;
  } catch (error) {
    throw engineFailure(engine, error);
  } finally {
    await container.remove({ force: true, v: true }).catch(() => undefined);
  }
}

async function askAll(
  reader: ContainerFiles,
  queries: readonly FileQuery[],
  asked: readonly FileQuery[],
): Promise<FileIndex> {
  for (const query of queries) await reader.ask(query);
  return { visible: reader.entries, hidden: [], asked };
}

/** The layers tell which file is in which; the container gives the first bytes of those that are asked for. */
async function readHeads(reader: ContainerFiles, { index, heads }: Asked): Promise<FileIndex> {
  const visible = new Map(index.visible);
  for (const [entry, length] of heads) {
    const found = await reader.fetch(entry.path, length);
    if (found !== null) visible.set(entry.path, { ...entry, head: found.head });
  }
  return { ...index, visible };
}
