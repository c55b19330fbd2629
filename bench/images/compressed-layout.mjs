import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layerBytes, layersOf } from "./make-image.mjs";

/**
 * Writes an OCI layout of 6 layers of 200 MB, `pack`ed (a function from bytes to a promise of bytes) to about half, and
 * answers the paths of its layers.
 */
export async function writeCompressedLayout(layout, mediaType, pack) {
  const blobs = join(layout, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (data, fields) => {
    const hex = hexOf(data);
    writeFileSync(join(blobs, hex), data);
    return { digest: `sha256:${hex}`, size: data.length, ...fields };
  };
  const diffIds = [];
  const layers = [];
  const files = layersOf({ entries: 6000, bytes: 1.2e9, layers: 6 });
  // Two at a time: packing takes longer than all that is measured.
  for (let at = 0; at < files.length; at += 2) {
    const unpacked = files.slice(at, at + 2).map(layerBytes);
    diffIds.push(...unpacked.map((bytes) => `sha256:${hexOf(bytes)}`));
    for (const packed of await Promise.all(unpacked.map((bytes) => pack(bytes))))
      layers.push(put(packed, { mediaType }));
  }
  const config = {
    architecture: "amd64",
    os: "linux",
    config: { Entrypoint: ["/x"] },
    rootfs: { type: "layers", diff_ids: diffIds },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: put(Buffer.from(JSON.stringify(config)), {
      mediaType: "application/vnd.oci.image.config.v1+json",
    }),
    layers,
  };
  const top = put(Buffer.from(JSON.stringify(manifest)), { mediaType: manifest.mediaType });
  writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [top] }));
  writeFileSync(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return layers.map(({ digest }) => join(blobs, digest.slice("sha256:".length)));
}

function hexOf(data) {
  return createHash("sha256").update(data).digest("hex");
}
