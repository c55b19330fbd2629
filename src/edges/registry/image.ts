import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import type { ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { registryReference } from "../../core/image/reference.ts";
import { readLocated } from "../archive/image.ts";
import { StreamLayer } from "../archive/layer.ts";
import { type Content, locateOci } from "../archive/oci.ts";
import type { ReadLayersOptions } from "../archive/read-layers.ts";
import { PATIENCE, type Patience } from "./http.ts";
import { layerBytes } from "./layer.ts";
import { Registry } from "./registry.ts";

/** How an image of a registry is read. */
export interface RegistryOptions extends ReadLayersOptions {
  /** `os/architecture[/variant]`, where there are several; linux/amd64 by default. */
  readonly platform?: string;
  readonly patience?: Patience;
}

/**
 * Reads an image in a registry, as far as the needs go: its manifest and configuration; and when files are needed,
 * the layers as they come, several at a time. Nothing of them is kept but names and the first bytes asked for.
 *
 * @throws UserError when there is no such image or nobody has logged in, EnvironmentError when the registry can't be reached.
 */
export async function readRegistryImage(
  name: string,
  needs: readonly ImageNeeds[],
  options: RegistryOptions = {},
): Promise<ImageModel> {
  const reference = registryReference(name);
  const registry = new Registry(reference, options.patience ?? PATIENCE, options.signal);
  const { text, mediaType } = await registry.manifest(reference.digest ?? reference.tag ?? "latest");
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  if (reference.digest !== null && reference.digest !== digest) {
    throw new UserError(
      `The registry ${reference.host} answers with ${digest} where ${reference.digest} was asked for.`,
    );
  }
  const located = await locateOci(contentOf(registry), { text, descriptor: { digest, mediaType } }, options);
  return readLocated(located, { name, source: "registry" }, needs, options);
}

function contentOf(registry: Registry): Content {
  const { host, repository } = registry.reference;
  return {
    name: `${host}/${repository}`,
    async document({ digest }, kind) {
      return kind === "config" ? registry.document(digest) : (await registry.manifest(digest)).text;
    },
    layer(descriptor) {
      const { digest, size } = descriptor;
      return new StreamLayer(`${host}/${repository}: ${digest}`, size, () =>
        layerBytes(registry, descriptor),
      );
    },
  };
}
