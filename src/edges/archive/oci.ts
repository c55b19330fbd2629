import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { LIMITS, LimitError } from "../../core/image/limits.ts";
import {
  chooseManifest,
  configBlob,
  type Descriptor,
  imageManifest,
  indexManifests,
  isAttestation,
  isCalled,
  parseImageJson,
  platformName,
} from "../../core/image/manifest.ts";
import type { ImageIndex } from "../../core/image/model.ts";
import { type Archive, notAnImage } from "./archive.ts";
import type { LayerSource } from "./layer.ts";
import { type Located, layersOf } from "./located.ts";

/** Where the content of an OCI image comes from by digest: a layout, or a registry. */
export interface Content {
  /** For errors. */
  readonly name: string;
  /** A manifest, an index or a configuration. */
  document(descriptor: Descriptor, kind: "manifest" | "config"): Promise<string>;
  layer(descriptor: Descriptor): LayerSource;
}

/** What the name of an image leads to: an index or a manifest. */
export interface TopDocument {
  readonly text: string;
  /** `null` for the index.json of a layout, which is no part of the image. */
  readonly descriptor: Pick<Descriptor, "digest" | "mediaType"> | null;
}

/**
 * Follows an OCI image from its name to its layers, by digest and media type; every document is verified.
 *
 * @throws UserError when something is missing or not what it should be, or when the choice is open.
 */
export async function locateOci(
  content: Content,
  top: TopDocument,
  options: { readonly platform?: string; readonly tag?: string | null },
): Promise<Located> {
  let { text } = top;
  let at = top.descriptor;
  let index: ImageIndex | null = null;
  for (let depth = 0; depth <= LIMITS["index-depth"].value; depth += 1) {
    const name = at === null ? content.name : `${content.name}: ${at.digest}`;
    const document = parseImageJson(text, name);
    const manifests = indexManifests(document, name);
    if (manifests === null) {
      if (at === null) throw notAnImage(content.name, "its index.json lists no manifests");
      return { ...(await readManifest(content, document, at)), index };
    }
    if (at !== null || manifests.length > 1)
      index = indexOf(manifests, at?.mediaType ?? mediaTypeOf(document));
    const named = at === null ? called(manifests, options.tag ?? null, name) : manifests;
    const chosen = chooseManifest(named, options.platform, name);
    at = chosen;
    text = verifiedText(await content.document(chosen, "manifest"), chosen.digest, content.name);
  }
  throw new LimitError("index-depth", `${content.name} has more indexes that lead to one another`);
}

/** The files of an OCI layout, by digest. */
export function layoutContent(archive: Archive): Content {
  const pathOf = ({ digest }: Descriptor): string => `blobs/${digest.replace(":", "/")}`;
  const missing = (descriptor: Descriptor) => notAnImage(archive.name, `${pathOf(descriptor)} is missing`);
  return {
    name: archive.name,
    async document(descriptor) {
      const text = archive.text(pathOf(descriptor));
      if (text === null) throw missing(descriptor);
      return text;
    },
    layer(descriptor) {
      const layer = archive.layer(pathOf(descriptor));
      if (layer === null) throw missing(descriptor);
      return layer;
    },
  };
}

function called(manifests: readonly Descriptor[], tag: string | null, name: string): readonly Descriptor[] {
  if (tag === null) return manifests;
  const found = manifests.filter((item) => isCalled(item, tag));
  if (found.length === 0) throw new UserError(`${name} has no image called ${tag}.`);
  return found;
}

function indexOf(manifests: readonly Descriptor[], mediaType: string): ImageIndex {
  const images = manifests.filter((item) => !isAttestation(item));
  return {
    mediaType,
    platforms: images.flatMap(({ platform }) => (platform === null ? [] : [platformName(platform)])),
    attestations: manifests.length - images.length,
  };
}

function mediaTypeOf(document: { readonly mediaType?: unknown }): string {
  return typeof document.mediaType === "string"
    ? document.mediaType
    : "application/vnd.oci.image.index.v1+json";
}

async function readManifest(
  content: Content,
  document: Parameters<typeof imageManifest>[0],
  { digest, mediaType }: { readonly digest: string; readonly mediaType: string },
): Promise<Omit<Located, "index">> {
  const name = `${content.name}: ${digest}`;
  const manifest = imageManifest(document, name);
  const id = manifest.config.digest;
  const text = verifiedText(await content.document(manifest.config, "config"), id, content.name);
  const config = configBlob(parseImageJson(text, `${content.name}: ${id}`), content.name);
  const layers = manifest.layers.map((descriptor) => {
    const source = content.layer(descriptor);
    const { size } = descriptor;
    if (size !== null && source.size !== null && size !== source.size) {
      const is = `layer ${descriptor.digest} has ${source.size} bytes where its manifest says ${size}`;
      throw notAnImage(content.name, is);
    }
    return { source, stored: { digest: descriptor.digest, mediaType: descriptor.mediaType, size } };
  });
  return {
    id,
    config,
    manifest: { digest, mediaType: mediaType || mediaTypeOf(document) },
    layers: layersOf(config, layers, content.name),
  };
}

/** @throws UserError when a document is not what its digest says. */
function verifiedText(text: string, digest: string, name: string): string {
  const found = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  if (found !== digest) throw notAnImage(name, `the content of ${digest} has the digest ${found}`);
  return text;
}
