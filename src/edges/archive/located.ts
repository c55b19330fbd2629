import type { ConfigBlob } from "../../core/image/manifest.ts";
import type { ImageIndex, ImageModel, LayerModel } from "../../core/image/model.ts";
import { notAnImage } from "./archive.ts";
import type { LayerSource } from "./layer.ts";
import type { Layer } from "./read-layers.ts";

/** An image whose documents were read, and whose layers can be. */
export interface Located {
  /** Digest of the configuration. */
  readonly id: string;
  readonly config: ConfigBlob;
  readonly manifest: ImageModel["manifest"];
  readonly index: ImageIndex | null;
  /** Oldest first. */
  readonly layers: readonly (Layer & LayerModel)[];
}

/** Puts each layer together with what the configuration and, where there is one, the manifest say of it. */
export function layersOf(
  config: ConfigBlob,
  layers: readonly { readonly source: LayerSource; readonly stored: LayerModel["stored"] }[],
  name: string,
): Located["layers"] {
  const { diffIds } = config;
  if (diffIds.length !== layers.length) {
    throw notAnImage(name, `it has ${layers.length} layers where its configuration has ${diffIds.length}`);
  }
  return layers.map(({ source, stored }, at) => {
    const diffId = diffIds[at] as string;
    return { source, stored, diffId, digest: diffId, blobDigest: stored?.digest ?? null };
  });
}
