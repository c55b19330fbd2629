import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { platformFits, platformName } from "../core/image/manifest.ts";
import type { ImageModel, ImageNeeds } from "../core/image/model.ts";
import type { ArchiveKind } from "./archive/image.ts";
import type { EngineKind } from "./engine/connect.ts";
import type { LayersOfEngine } from "./engine/image.ts";

/** How to reach an image. */
export interface ReadImageOptions {
  /** The engine to ask for a bare name; Docker first by default. */
  readonly engine?: EngineKind;
  /** `os/architecture[/variant]`: the image for it where there are several, and no other. */
  readonly platform?: string;
  /** Whether an engine is asked for the layers of a large image, which takes a while. */
  readonly layers?: LayersOfEngine;
  readonly signal?: AbortSignal;
  /** Told whenever a layer was read, how many of how many. */
  readonly progress?: (read: number, layers: number) => void;
}

/** Sources that can be named in front of an image. */
const PREFIX = /^(docker|podman):(?!\/\/)(.+)$/;
const ARCHIVE = /^(docker-archive|oci-dir|oci-archive):(.+)$/;
const REGISTRY = /^registry:/;

/** What people call saved images; no engine has an image of such a name. */
const SAVED_NAME = /\.(?:tar|tgz|tar\.(?:gz|zst))$/;

/** name[:tag][@digest] or an id, loosely; the engine is exact about it. */
const REFERENCE = /^\w[\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Reads a built image as far as the needs go. A prefix names the source. A bare name that exists as a file or as
 * an OCI layout folder is read from there; any other is asked of Docker and then of Podman, and never of a
 * registry. The model's `source` says which one served.
 *
 * @throws UserError for an unknown image or source, EnvironmentError when no engine can be reached.
 */
export async function readImage(
  name: string,
  needs: readonly ImageNeeds[],
  options: ReadImageOptions = {},
): Promise<ImageModel> {
  const image = await readFrom(name, needs, options);
  const { platform } = options;
  if (platform !== undefined && !platformFits(image.platform, platform)) {
    throw new UserError(`${name} is an image for ${platformName(image.platform)}, not for ${platform}.`, {
      help: "Build or pull it for that platform, or leave --platform out.",
    });
  }
  return image;
}

async function readFrom(
  name: string,
  needs: readonly ImageNeeds[],
  options: ReadImageOptions,
): Promise<ImageModel> {
  const common = {
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  };
  if (REGISTRY.test(name)) {
    const { readRegistryImage } = await import("./registry/image.ts");
    return readRegistryImage(name.slice("registry:".length), needs, common);
  }
  const archive = await archiveOf(name);
  if (archive !== null) {
    const { readArchiveImage } = await import("./archive/image.ts");
    return readArchiveImage(archive.kind, archive.path, needs, {
      tag: archive.tag,
      ...common,
    });
  }
  if (SAVED_NAME.test(name)) throw new UserError(`${name} can't be read: there is no such file.`);
  const match = PREFIX.exec(name);
  const kind = (match?.[1] as EngineKind | undefined) ?? options.engine;
  const reference = match?.[2] ?? name;
  checkReference(reference);
  const { readFromEngines } = await import("./engine/find-image.ts");
  return readFromEngines(reference, needs, kind === undefined ? {} : { engine: kind }, {
    ...(options.layers === undefined ? {} : { layers: options.layers }),
    ...common,
  });
}

/** An engine takes other text as a part of its address and answers with a redirect. */
function checkReference(reference: string): void {
  if (REFERENCE.test(reference)) return;
  const isPath = /^[./~]/.test(reference);
  throw new UserError(
    isPath
      ? `${reference} is neither a saved image nor an OCI layout folder.`
      : `"${reference}" is not the name of an image.`,
    { help: "Give name[:tag], an image id, docker-archive:FILE, oci-archive:FILE or oci-dir:DIR." },
  );
}

interface ArchiveName {
  readonly kind: ArchiveKind;
  readonly path: string;
  readonly tag: string | null;
}

async function archiveOf(name: string): Promise<ArchiveName | null> {
  const named = ARCHIVE.exec(name);
  if (named?.[2] !== undefined) return { kind: named[1] as ArchiveKind, ...(await withTag(named[2])) };
  if (PREFIX.test(name)) return null;
  const found = await stat(name).catch(() => null);
  if (found?.isFile() === true) return { kind: "docker-archive", path: name, tag: null };
  // A folder that happens to be called like an image is not taken for one.
  const layout = found?.isDirectory() === true && (await stat(join(name, "oci-layout")).catch(() => null));
  return layout === false || layout === null ? null : { kind: "oci-dir", path: name, tag: null };
}

/** `PATH`, or `PATH:TAG` where only that part in front of a colon exists. */
async function withTag(name: string): Promise<{ path: string; tag: string | null }> {
  const exists = (path: string) => stat(path).catch(() => null);
  for (let at = name.indexOf(":"); at > 0 && (await exists(name)) === null; at = name.indexOf(":", at + 1)) {
    const path = name.slice(0, at);
    if ((await exists(path)) !== null) return { path, tag: name.slice(at + 1) };
  }
  return { path: name, tag: null };
}

/** The reference without its source prefix. */
export function imageReference(name: string): string {
  return PREFIX.exec(name)?.[2] ?? name;
}

/**
 * The engine that a name asks for; `null` for a bare reference, which any engine may serve.
 *
 * @throws UserError for a source that is not an engine: a smoke run needs one.
 */
export function engineOf(name: string): EngineKind | null {
  const other = ARCHIVE.exec(name)?.[1] ?? REGISTRY.exec(name)?.[0].slice(0, -1);
  if (other !== undefined) {
    throw new UserError(`A smoke run needs an engine, and ${other}: is none.`, {
      help: "Load the image into a Docker or Podman engine and give its name.",
    });
  }
  return (PREFIX.exec(name)?.[1] as EngineKind | undefined) ?? null;
}
