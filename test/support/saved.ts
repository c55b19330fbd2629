import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Member, tar } from "./tar.ts";

/** A layer: its bytes unpacked, and as they are stored. */
export interface HandmadeLayer {
  readonly unpacked: Buffer;
  readonly stored?: Buffer;
  readonly mediaType?: string;
}

export function digestOf(data: string | Buffer): string {
  return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

/** The configuration of an image with these layers. */
export function configOf(layers: readonly HandmadeLayer[], more: object = {}): string {
  return JSON.stringify({
    os: "linux",
    architecture: "amd64",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map(({ unpacked }) => digestOf(unpacked)) },
    history: layers.map((_, at) => ({ created_by: `COPY ${at}` })),
    ...more,
  });
}

/** The members of what `docker save` writes. */
export function savedMembers(layers: readonly HandmadeLayer[], config = configOf(layers)): Member[] {
  const names = layers.map((_, at) => `layer-${at}/layer.tar`);
  return [
    ...layers.map(({ unpacked, stored }, at) => ({ name: names[at] ?? "", data: stored ?? unpacked })),
    { name: "config.json", data: config },
    {
      name: "manifest.json",
      data: JSON.stringify([{ Config: "config.json", Layers: names, RepoTags: ["a:1"] }]),
    },
  ];
}

/** Writes what `docker save` writes, and answers the path. */
export function writeSaved(path: string, members: readonly Member[]): string {
  writeFileSync(path, tar(members));
  return path;
}

/** An OCI layout that is being written. */
export class Layout {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(join(path, "blobs", "sha256"), { recursive: true });
    writeFileSync(join(path, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }

  /** Stores a blob under its digest and answers its descriptor. */
  put(data: string | Buffer, fields: object): { digest: string; size: number } {
    const digest = digestOf(data);
    writeFileSync(this.fileOf(digest), data);
    return { digest, size: Buffer.byteLength(data), ...fields };
  }

  fileOf(digest: string): string {
    return join(this.path, "blobs", ...digest.split(":"));
  }

  /** Stores an image and answers the descriptor of its manifest. */
  image(
    layers: readonly HandmadeLayer[],
    config = configOf(layers),
    fields: object = {},
  ): { digest: string } {
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: this.put(config, { mediaType: "application/vnd.oci.image.config.v1+json" }),
      layers: layers.map(({ unpacked, stored, mediaType }) =>
        this.put(stored ?? unpacked, { mediaType: mediaType ?? "application/vnd.oci.image.layer.v1.tar" }),
      ),
    };
    return this.put(JSON.stringify(manifest), { mediaType: manifest.mediaType, ...fields });
  }

  index(manifests: readonly object[]): void {
    writeFileSync(join(this.path, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  }
}
