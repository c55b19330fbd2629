import { UserError } from "../../core/errors.ts";
import type { FileIndex, ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { combineQueries, deepest, nextQueries } from "../../core/image/needs.ts";
import { type Archive, notAnImage, openFolder, openTar } from "./archive.ts";
import { closeBlob, openBlob, readStart } from "./blob.ts";
import { chunksOf } from "./chunks.ts";
import type { Located } from "./located.ts";
import { layoutContent, locateOci } from "./oci.ts";
import { MAGIC_LENGTH, packingOf } from "./packing.ts";
import { type NextQueries, type ReadLayersOptions, readLayers } from "./read-layers.ts";
import { locateSaved } from "./saved.ts";
import { readStreamedTar } from "./streamed.ts";
import { unpacked } from "./unpacked.ts";

/** Images as files: `docker save`, an OCI layout folder, an OCI layout in a tar. */
export type ArchiveKind = "docker-archive" | "oci-dir" | "oci-archive";

/** Which image of an archive is read, and how. */
export interface ArchiveOptions extends ReadLayersOptions {
  /** `os/architecture[/variant]`, where there are several. */
  readonly platform?: string;
  /** Its tag, where there are several. */
  readonly tag?: string | null;
}

/**
 * Reads an image out of an archive or an OCI layout, as far as the needs go.
 *
 * @throws UserError for a file that is no image, is damaged, or holds several images.
 */
export async function readArchiveImage(
  kind: ArchiveKind,
  path: string,
  needs: readonly ImageNeeds[],
  options: ArchiveOptions = {},
): Promise<ImageModel> {
  const archive = kind === "oci-dir" ? openFolder(path) : await openArchive(path, options.signal);
  try {
    const located = await locate(kind, archive, options);
    return await readLocated(located, { name: path, source: kind }, needs, options);
  } finally {
    archive.close();
  }
}

async function openArchive(path: string, signal: AbortSignal | undefined): Promise<Archive> {
  const blob = openBlob(path);
  if (blob === null) throw new UserError(`${path} can't be read: there is no such file.`);
  try {
    const packing = packingOf(readStart(blob, MAGIC_LENGTH), path);
    if (packing === "none") return await openTar(blob, signal);
    const archive = await readStreamedTar(path, () => unpacked(chunksOf(blob), packing, path), signal);
    return { ...archive, close: () => closeBlob(blob) };
  } catch (error) {
    closeBlob(blob);
    throw error;
  }
}

/** Follows what the archive says of itself; its kind only decides what is tried first. */
async function locate(kind: ArchiveKind, archive: Archive, options: ArchiveOptions): Promise<Located> {
  const saved = kind === "docker-archive" ? locateSaved(archive, options.tag ?? null) : null;
  if (saved !== null) return saved;
  const text = archive.text("index.json");
  if (text !== null) return locateOci(layoutContent(archive), { text, descriptor: null }, options);
  const missing = kind === "docker-archive" ? "manifest.json" : "index.json";
  throw notAnImage(archive.name, `it has no ${missing}`);
}

/** The model of an image whose documents were found, with the layers read if the needs ask for files. */
export async function readLocated(
  located: Located,
  { name, source }: Pick<ImageModel, "name" | "source">,
  needs: readonly ImageNeeds[],
  options: ReadLayersOptions,
): Promise<ImageModel> {
  const { id, config: blob, manifest, index } = located;
  const depth = deepest(needs);
  const asked = combineQueries(needs, blob.config);
  const next: NextQueries = (files) => nextQueries(needs, blob.config, files);
  const none: FileIndex = { visible: new Map(), hidden: [], asked };
  return {
    kind: "image",
    name,
    source,
    id,
    manifest,
    index,
    layers: located.layers.map(({ digest, stored }) => ({ digest, stored })),
    base: null,
    platform: blob.platform,
    config: blob.config,
    history: blob.history,
    // Whoever reads the layers at all knows which file is in which.
    depth: depth === "config" ? "config" : "layers",
    files: depth === "config" ? none : await readLayers(located.layers, asked, next, options),
  };
}
