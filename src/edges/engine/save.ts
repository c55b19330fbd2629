import type { Readable } from "node:stream";
import type { FileEntry, ImageModel } from "../../core/image/model.ts";
import { notAnImage } from "../archive/archive.ts";
import { readNames } from "../archive/read-layers.ts";
import { locateSaved } from "../archive/saved.ts";
import { readStreamedTar } from "../archive/streamed.ts";
import type { Engine } from "./connect.ts";
import { engineFailure } from "./failure.ts";

/** What only the layers tell. */
export interface SavedLayers {
  /** The entries of each layer, oldest first. */
  readonly entries: readonly (readonly FileEntry[])[];
  readonly config: ImageModel["config"];
  readonly history: ImageModel["history"];
}

/**
 * Lets the engine save the image and reads what it sends as it comes: names are kept, data is thrown away.
 *
 * @throws EnvironmentError when the engine fails.
 */
export async function savedLayers(
  engine: Engine,
  id: string,
  signal: AbortSignal | undefined,
): Promise<SavedLayers> {
  const name = `what ${engine.address} sends of ${id}`;
  const stream = (await engine.client
    .getImage(id)
    .get()
    .catch((error: unknown) => {
      throw engineFailure(engine, error);
    })) as Readable;
  try {
    const archive = await readStreamedTar(name, () => stream, signal);
    const located = locateSaved(archive, null);
    if (located === null) throw notAnImage(name, "it has no manifest.json");
    const entries = await readNames(located.layers, signal === undefined ? {} : { signal });
    const { config, history } = located.config;
    return { entries, config, history };
  } catch (error) {
    throw engineFailure(engine, error);
  } finally {
    stream.destroy();
  }
}
