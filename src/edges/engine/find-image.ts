import { EnvironmentError } from "../../core/errors.ts";
import type { ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { connectEngine, type Engine, type EngineOptions, reachableEngines } from "./connect.ts";
import { type EngineImageOptions, inspectEngineImage, NoSuchImage, readEngineImage } from "./image.ts";

/**
 * Reads an image from the first engine that has it.
 *
 * @throws UserError when none has it, EnvironmentError when none can be reached.
 */
export async function readFromEngines(
  name: string,
  needs: readonly ImageNeeds[],
  engines: EngineOptions,
  options: EngineImageOptions,
): Promise<ImageModel> {
  return await ofFirstWithImage(engines, (engine) => readEngineImage(engine, name, needs, options));
}

/**
 * The first engine that has an image of this name.
 *
 * @throws UserError when none has it, EnvironmentError when none can be reached.
 */
export async function engineWithImage(name: string, engines: EngineOptions): Promise<Engine> {
  return await ofFirstWithImage(engines, async (engine) => {
    await inspectEngineImage(engine, name);
    return engine;
  });
}

/** Asks the engines for an image, one after the other: where Docker has no image of this name, Podman may. */
async function ofFirstWithImage<T>(
  engines: EngineOptions,
  askFor: (engine: Engine) => Promise<T>,
): Promise<T> {
  let missing: NoSuchImage | null = null;
  try {
    for await (const engine of reachableEngines(engines)) {
      try {
        return await askFor(engine);
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
  return await askFor(await connectEngine(engines));
}
