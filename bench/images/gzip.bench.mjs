import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { bestOfEach, command, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { layerBytes, layersOf } from "./make-image.mjs";

const pack = promisify(gzip);

export const title = "Compressed layers (OCI layout, gzip)";
export const about =
  "6 layers of 200 MB, packed to about half: read, unpacked and verified, against `gzip -dc` over the same layers.";

export async function run({ folder, say }) {
  const layout = join(folder, "gzip");
  const blobs = join(layout, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (data, fields) => {
    const hex = createHash("sha256").update(data).digest("hex");
    writeFileSync(join(blobs, hex), data);
    return { digest: `sha256:${hex}`, size: data.length, ...fields };
  };
  say("packing 1.2 GB");
  const diffIds = [];
  const layers = [];
  for (const files of layersOf({ entries: 6000, bytes: 1.2e9, layers: 6 })) {
    const unpacked = layerBytes(files);
    diffIds.push(`sha256:${createHash("sha256").update(unpacked).digest("hex")}`);
    layers.push(put(await pack(unpacked), { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" }));
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
  const paths = layers.map(({ digest }) => join(blobs, digest.slice("sha256:".length)));
  const [image, unpack] = await bestOfEach(3, [
    trainlint("image", `oci-dir:${layout}`),
    command("gzip", "-dc", ...paths),
  ]);
  rmSync(layout, { recursive: true });
  return [compared("trainlint image", image, "s", "gzip -dc", unpack, 0.5)];
}
