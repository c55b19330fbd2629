import { EnvironmentError } from "../../core/errors.ts";
import type { ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { connectEngine, type EngineOptions, reachableEngines } from "./connect.ts";
import { type EngineImageOptions, NoSuchImage, readEngineImage } from "./image.ts";

/**
 * Asks the engines for an image, one after the other: where Docker has no image of this name, Podman may.
 *
 * @throws UserError when none has it, EnvironmentError when none can be reached.
 */
export async function readFromEngines(
  name: string,
  needs: readonly ImageNeeds[],
  engines: EngineOptions,
  options: EngineImageOptions,
): Promise<ImageModel> {
  let missing: NoSuchImage | null = null;
  try {
    for await (const engine of reachableEngines(engines)) {
      try {
        return await readEngineImage(engine, name, needs, options);
      } catch (error) {
        if (!(error instanceof NoSuchImage)) throw error;
        missing ??= error;
      }
    }
  } catch (error) {
    // That the next engine does not answer matters less than that the first one has no such image.
    if (missing === null || !(error instanceof EnvironmentError)) throw error;
  }
  if (missing !== null) throw missing;
  // None was found at all; the error says so.
  return readEngineImage(await connectEngine(engines), name, needs, options);
}
