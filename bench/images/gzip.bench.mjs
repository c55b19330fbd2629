import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { command, inRounds, peakMemory, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { writeCompressedLayout } from "./compressed-layout.mjs";

export const title = "Compressed layers (OCI layout, gzip)";
export const about = `6 layers of 200 MB, packed to about half: read, unpacked and verified, each by the digest of its packed and of its
unpacked bytes, against \`gzip -dc\` over the same layers, which verifies neither and works on one processor.`;

export async function run({ folder, say }) {
  const layout = join(folder, "gzip");
  say("packing 1.2 GB");
  const layers = await writeCompressedLayout(
    layout,
    "application/vnd.oci.image.layer.v1.tar+gzip",
    promisify(gzip),
  );
  const [image, unpack, peak] = await inRounds(5, [
    trainlint("image", `oci-dir:${layout}`),
    command("gzip", "-dc", ...layers),
    () => peakMemory("image", `oci-dir:${layout}`),
  ]);
  rmSync(layout, { recursive: true });
  return [
    compared("trainlint image", image, "s", "gzip -dc", unpack),
    compared("peak memory", peak, "MB", "150 MB", 150),
  ];
}
