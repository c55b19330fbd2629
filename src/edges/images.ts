import { UserError } from "../core/errors.ts";
import type { ImageModel, ImageNeeds } from "../core/image/model.ts";
import type { EngineKind } from "./engine/connect.ts";

/** How to reach an image. */
export interface ReadImageOptions {
  /** The engine to ask for a bare name; Docker first by default. */
  readonly engine?: EngineKind;
  readonly signal?: AbortSignal;
}

/** Sources that can be named in front of an image. */
const PREFIX = /^(docker|podman):(?!\/\/)(.+)$/;
const LATER = /^(docker-archive|oci-dir|oci-archive|registry):/;

/**
 * Reads a built image as far as the needs go. `docker:REF` and `podman:REF` ask that engine; a bare
 * reference asks the engine that is reachable, Docker first. The model's `source` says which one served.
 *
 * @throws UserError for an unknown image or source, EnvironmentError when no engine can be reached.
 */
export async function readImage(
  name: string,
  needs: readonly ImageNeeds[],
  options: ReadImageOptions = {},
): Promise<ImageModel> {
  const later = LATER.exec(name)?.[1];
  if (later !== undefined) {
    throw new UserError(`This version of trainlint reads no image from ${later}:.`, {
      help: "Load the image into a Docker or Podman engine and give its name.",
    });
  }
  const match = PREFIX.exec(name);
  const kind = (match?.[1] as EngineKind | undefined) ?? options.engine;
  const reference = match?.[2] ?? name;
  const { connectEngine } = await import("./engine/connect.ts");
  const { readEngineImage } = await import("./engine/image.ts");
  const engine = await connectEngine(kind === undefined ? {} : { engine: kind });
  return readEngineImage(engine, reference, needs, options.signal);
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
  const other = LATER.exec(name)?.[1];
  if (other !== undefined) {
    throw new UserError(`A smoke run needs an engine, and ${other}: is none.`, {
      help: "Load the image into a Docker or Podman engine and give its name.",
    });
  }
  return (PREFIX.exec(name)?.[1] as EngineKind | undefined) ?? null;
}
