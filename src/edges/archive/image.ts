import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { mergeLayers } from "../../core/image/layers.ts";
import { resolvePath } from "../../core/image/lookup.ts";
import {
  chooseManifest,
  configBlob,
  type ImageManifest,
  imageManifest,
  indexManifests,
  parseImageJson,
} from "../../core/image/manifest.ts";
import type { FileEntry, FileIndex, FileQuery, ImageModel, ImageNeeds } from "../../core/image/model.ts";
import { combined, combineQueries, deepest, MAX_ROUNDS, nextQueries } from "../../core/image/needs.ts";
import { absolutePath, isWithin } from "../../core/paths.ts";
import type { Blob } from "./blob.ts";
import { type Blobs, openFolder, openTar, readStart } from "./blobs.ts";
import { readLayer, type WantedHead } from "./layer.ts";

/** Images as files: `docker save`, an OCI layout folder, an OCI layout in a tar. */
export type ArchiveKind = "docker-archive" | "oci-dir" | "oci-archive";

/** A manifest or configuration beyond this many bytes is refused; real ones have some ten thousand. */
const MAX_JSON = 8_388_608;

/** An index in an index in an index is legal; more is not an image that somebody built. */
const MAX_INDEX_DEPTH = 4;

interface Located {
  readonly id: string;
  readonly config: Blob;
  readonly manifest: ImageModel["manifest"];
  readonly layers: readonly {
    readonly blob: Blob;
    readonly digest: string;
    readonly mediaType: string | null;
  }[];
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
  platform?: string,
): Promise<ImageModel> {
  const blobs = kind === "oci-dir" ? openFolder(path) : await openTar(path);
  try {
    const located =
      kind === "docker-archive" ? await locateSaved(blobs, path) : await locateOci(blobs, path, platform);
    const name = located.config.name;
    const digests = located.layers.map((layer) => layer.digest);
    const blob = configBlob(parseImageJson(await readText(located.config), name), digests, name);
    const depth = deepest(needs);
    const asked = combineQueries(needs, blob.config);
    const files =
      depth === "config"
        ? { visible: new Map(), hidden: [], asked }
        : await readFiles(located.layers, asked, (index) => nextQueries(needs, blob.config, index));
    return {
      kind: "image",
      name: path,
      source: kind,
      id: located.id,
      manifest: located.manifest,
      layers: located.layers.map(({ digest, mediaType, blob: { size } }) => ({ digest, mediaType, size })),
      platform: blob.platform,
      config: blob.config,
      history: blob.history,
      depth,
      files,
    };
  } finally {
    await blobs.close();
  }
}

type ReadLayers = (wanted: WantedHead, only?: ReadonlySet<string>) => Promise<FileEntry[][]>;

/** Every entry in a first pass; then the first bytes of the files that the queries of each round lead to. */
async function readFiles(
  layers: Located["layers"],
  first: readonly FileQuery[],
  next: (index: FileIndex) => readonly FileQuery[],
): Promise<FileIndex> {
  const read: ReadLayers = (wanted, only) =>
    Promise.all(
      layers.map(({ blob, digest }) =>
        only !== undefined && !only.has(digest) ? [] : readLayer(blob, digest, wanted),
      ),
    );
  let index: FileIndex = { ...mergeLayers(await read(() => 0)), asked: [] };
  let queries = first;
  for (let round = 0; queries.length > 0 && round < MAX_ROUNDS; round += 1) {
    index = await withHeads({ ...index, asked: combined([...index.asked, ...queries]) }, queries, read);
    queries = next(index);
  }
  return index;
}

/** The index with the first bytes of the files that these queries lead to. */
async function withHeads(
  index: FileIndex,
  queries: readonly FileQuery[],
  read: ReadLayers,
): Promise<FileIndex> {
  const heads = wantedHeads(index, queries);
  if (heads.size === 0) return index;
  const holders = new Set([...heads.values()].map(({ layer }) => layer));
  const again = await read((path) => heads.get(path)?.length ?? 0, holders);
  const visible = new Map(index.visible);
  for (const entry of again.flat()) {
    const wanted = heads.get(entry.path);
    if (entry.head === null || wanted?.layer !== entry.layer) continue;
    for (const path of [entry.path, ...wanted.names]) {
      const known = visible.get(path);
      if (known !== undefined) visible.set(path, { ...known, head: entry.head });
    }
  }
  return { ...index, visible };
}

/** Which file's data must be read, and under which hard links it is also known. */
interface Head {
  readonly layer: string;
  readonly length: number;
  readonly names: readonly string[];
}

function wantedHeads(index: FileIndex, queries: readonly FileQuery[]): Map<string, Head> {
  const heads = new Map<string, Head>();
  const want = (entry: FileEntry, length: number): void => {
    const path = entry.type === "hardlink" ? (entry.linkTarget ?? entry.path) : entry.path;
    const known = heads.get(path);
    if (entry.layer === null || (entry.head?.length ?? -1) >= Math.min(length, entry.size)) return;
    heads.set(path, {
      layer: entry.layer,
      length: Math.max(length, known?.length ?? 0),
      names: path === entry.path ? (known?.names ?? []) : [...(known?.names ?? []), entry.path],
    });
  };
  for (const query of queries) {
    if (query.head === undefined || query.head === 0) continue;
    const found = resolvePath(index, query.path)?.entry;
    if (query.kind === "path") {
      if (found?.type === "file" || found?.type === "hardlink") want(found, query.head);
      continue;
    }
    const folder = found?.path ?? absolutePath("/", query.path);
    for (const entry of index.visible.values()) {
      if (entry.type !== "file" && entry.type !== "hardlink") continue;
      if (isWithin(entry.path, folder)) want(entry, query.head);
    }
  }
  return heads;
}

/** What `docker save` writes: manifest.json names the configuration and the layers. */
async function locateSaved(blobs: Blobs, path: string): Promise<Located> {
  const list = await blobs.find("manifest.json");
  if (list === null) {
    if ((await blobs.find("oci-layout")) !== null) return locateOci(blobs, path, undefined);
    throw notAnImage(path, "it has no manifest.json");
  }
  const document = parseImageJson(`{"images":${await readText(list)}}`, list.name);
  const images = Array.isArray(document.images) ? document.images : [];
  const [image, ...others] = images as { Config?: unknown; Layers?: unknown }[];
  if (image === undefined || typeof image.Config !== "string" || !Array.isArray(image.Layers)) {
    throw notAnImage(path, "its manifest.json names no image");
  }
  if (others.length > 0) {
    throw new UserError(`${path} holds ${images.length} images.`, { help: "Save one image per file." });
  }
  const config = await member(blobs, image.Config, path);
  const text = await readText(config);
  const diffIds = diffIdsOf(text, config.name);
  if (diffIds.length !== image.Layers.length) {
    throw notAnImage(
      path,
      `it has ${image.Layers.length} layers where its configuration has ${diffIds.length}`,
    );
  }
  const layers = await Promise.all(
    image.Layers.map(async (layer: unknown, at: number) => ({
      blob: await member(blobs, String(layer), path),
      digest: diffIds[at] ?? "",
      mediaType: null,
    })),
  );
  return { id: sha256(text), config, manifest: null, layers };
}

async function locateOci(blobs: Blobs, path: string, platform: string | undefined): Promise<Located> {
  const top = await blobs.find("index.json");
  if (top === null) throw notAnImage(path, "it has no index.json");
  let document = parseImageJson(await readText(top), top.name);
  for (let depth = 0; depth < MAX_INDEX_DEPTH; depth += 1) {
    const manifests = indexManifests(document, path);
    if (manifests === null) break;
    const chosen = chooseManifest(manifests, platform, path);
    const blob = await blobOf(blobs, chosen.digest, path);
    document = parseImageJson(await readVerified(blob, chosen.digest), blob.name);
    if (indexManifests(document, blob.name) !== null) continue;
    const manifest: ImageManifest = imageManifest(document, blob.name);
    const config = await blobOf(blobs, manifest.config.digest, path);
    await readVerified(config, manifest.config.digest);
    const layers = await Promise.all(
      manifest.layers.map(async ({ digest, mediaType, size }) => {
        const layer = await blobOf(blobs, digest, path);
        if (size !== null && size !== layer.size) {
          throw notAnImage(path, `layer ${digest} has ${layer.size} bytes where its manifest says ${size}`);
        }
        return { blob: layer, digest, mediaType };
      }),
    );
    const { digest, mediaType } = chosen;
    return { id: manifest.config.digest, config, manifest: { digest, mediaType }, layers };
  }
  throw notAnImage(path, "its index leads to no image manifest");
}

function diffIdsOf(text: string, name: string): string[] {
  const rootfs = parseImageJson(text, name).rootfs as { diff_ids?: unknown } | undefined;
  const ids: unknown = rootfs?.diff_ids ?? [];
  return Array.isArray(ids) ? ids.map(String) : [];
}

function blobOf(blobs: Blobs, digest: string, path: string): Promise<Blob> {
  return member(blobs, `blobs/${digest.replace(":", "/")}`, path);
}

async function member(blobs: Blobs, name: string, path: string): Promise<Blob> {
  const blob = await blobs.find(name);
  if (blob === null) throw notAnImage(path, `${name} is missing`);
  return blob;
}

async function readText(blob: Blob): Promise<string> {
  if (blob.size > MAX_JSON) throw notAnImage(blob.name, `it has ${blob.size} bytes of JSON`);
  return new TextDecoder().decode(await readStart(blob, blob.size));
}

async function readVerified(blob: Blob, digest: string): Promise<string> {
  const text = await readText(blob);
  if (sha256(text) !== digest) throw notAnImage(blob.name, `its content is not ${digest}`);
  return text;
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function notAnImage(path: string, why: string): UserError {
  return new UserError(`${path} is not a complete image: ${why}.`, { help: "Save the image again." });
}
