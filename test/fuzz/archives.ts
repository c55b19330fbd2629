import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import type { Json } from "../../src/core/json.ts";

/** A way in which an image is saved as one file. */
export interface SavedKind {
  readonly name: string;
  readonly source: "docker-archive" | "oci-archive";
  readonly gzip: boolean;
}

export const SAVED_KINDS: readonly SavedKind[] = [
  { name: "docker-archive", source: "docker-archive", gzip: false },
  { name: "oci-archive", source: "oci-archive", gzip: false },
  { name: "oci-archive.gzip", source: "oci-archive", gzip: true },
];

type Member = readonly [headers: Partial<Header> & Pick<Header, "name">, data?: string | Buffer];

const MEDIA_TYPE = "application/vnd.oci.image";

/** A small image with everything that a reader has to understand: links, long names, whiteouts, two layers. */
export async function savedImage({ source, gzip }: SavedKind): Promise<Buffer> {
  if (source === "docker-archive") return await dockerSave(JSON.stringify(CONFIG), LAYERS);
  const blobs = LAYERS.map((layer) => (gzip ? gzipSync(layer) : layer));
  const manifest = manifestOf(CONFIG, blobs, gzip ? "+gzip" : "");
  return await oci([JSON.stringify(CONFIG), ...blobs], JSON.stringify(manifest));
}

const LAYERS = [
  await tar([
    [{ name: "usr/bin/real", mode: 0o755 }, "#!/bin/sh\necho train\n"],
    [{ name: "usr/bin/train", type: "symlink", linkname: "twin" }],
    [{ name: "usr/bin/twin", type: "link", linkname: "usr/bin/real" }],
    [{ name: "opt/ml/model/weights" }, "w".repeat(700)],
    [{ name: `opt/${"long/".repeat(60)}name` }, "x"],
    [{ name: "usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14" }, "\x7fELF"],
  ]),
  await tar([[{ name: "opt/ml/model/.wh.weights" }], [{ name: "opt/app/.wh..wh..opq" }]]),
];

const CONFIG = {
  os: "linux",
  architecture: "amd64",
  config: { Entrypoint: null, Env: ["PATH=/usr/bin:/bin"], Labels: { a: "b" } },
  rootfs: { type: "layers", diff_ids: LAYERS.map(digestOf) },
  history: [{ created_by: "COPY a" }, { created_by: "ENV x=y", empty_layer: true }, { created_by: "RUN b" }],
};

/** What an OCI image says of itself in JSON: configuration and manifest. */
export const IMAGE_JSON: readonly Json[] = [
  { config: CONFIG },
  { config: CONFIG, manifest: manifestOf(CONFIG, LAYERS, "") },
];

/** An archive whose configuration and manifest say `json`, with digests that are right for them. */
export async function imageOf(json: Json): Promise<Buffer> {
  const { config = null, manifest = manifestOf(config, LAYERS, "") } = (json ?? {}) as {
    [name: string]: Json;
  };
  return await oci([JSON.stringify(config), ...LAYERS], JSON.stringify(manifest));
}

function manifestOf(config: Json, blobs: readonly Buffer[], suffix: string) {
  return {
    schemaVersion: 2,
    mediaType: `${MEDIA_TYPE}.manifest.v1+json`,
    config: descriptor(`${MEDIA_TYPE}.config.v1+json`, JSON.stringify(config)),
    layers: blobs.map((blob) => descriptor(`${MEDIA_TYPE}.layer.v1.tar${suffix}`, blob)),
  };
}

async function dockerSave(config: string, layers: readonly Buffer[]): Promise<Buffer> {
  const names = layers.map((_, index) => `${index}/layer.tar`);
  return await tar([
    ...layers.map((layer, index): Member => [{ name: names[index] ?? "" }, layer]),
    [{ name: "config.json" }, config],
    [{ name: "manifest.json" }, JSON.stringify([{ Config: "config.json", RepoTags: null, Layers: names }])],
  ]);
}

async function oci(blobs: readonly (string | Buffer)[], manifest: string): Promise<Buffer> {
  const index = {
    schemaVersion: 2,
    manifests: [descriptor(`${MEDIA_TYPE}.manifest.v1+json`, manifest)],
  };
  return await tar([
    [{ name: "oci-layout" }, '{"imageLayoutVersion":"1.0.0"}'],
    [{ name: "index.json" }, JSON.stringify(index)],
    ...[...blobs, manifest].map(
      (blob): Member => [{ name: `blobs/${digestOf(blob).replace(":", "/")}` }, blob],
    ),
  ]);
}

function descriptor(mediaType: string, blob: string | Buffer) {
  return { mediaType, digest: digestOf(blob), size: Buffer.byteLength(blob) };
}

function digestOf(blob: string | Buffer): string {
  return `sha256:${createHash("sha256").update(blob).digest("hex")}`;
}

async function tar(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const [headers, data] of members) archive.entry(headers, data ?? "");
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
