import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fetchNode24 } from "../../tools/test/node-24.mjs";
import { BUNDLE, command, inRounds, peakMemory, succeeds, timed, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { writeCompressedLayout } from "./compressed-layout.mjs";

export const title = "Compressed layers (OCI layout, zstd)";
export const about = `The same 6 layers of 200 MB, packed with zstd, against \`zstd -dc\` over them. Node unpacks zstd itself from 22.15 on;
on Node 20 a program in JavaScript (fzstd) does, which is many times slower. No goal is set. Skipped where there is no zstd.`;

export async function run({ folder, say }) {
  if (!(await succeeds("zstd", "--version"))) {
    say("there is no zstd");
    return [];
  }
  const layout = join(folder, "zstd");
  say("packing 1.2 GB");
  const layers = await writeCompressedLayout(layout, "application/vnd.oci.image.layer.v1.tar+zstd", pack);
  const image = `oci-dir:${layout}`;
  const rows = [];
  const newer = await fetchNode24();
  if (newer !== null) {
    const [native, unpack] = await inRounds(5, [
      () => timed(newer, [BUNDLE, "image", image], { codes: [0, 1] }),
      command("zstd", "-dc", ...layers),
    ]);
    rows.push(compared("trainlint image on Node 24", native, "s", "zstd -dc", unpack));
  }
  const [here, unpack, peak] = await inRounds(3, [
    trainlint("image", image),
    command("zstd", "-dc", ...layers),
    () => peakMemory("image", image),
  ]);
  rmSync(layout, { recursive: true });
  return [
    ...rows,
    compared(`trainlint image on Node ${process.versions.node}`, here, "s", "zstd -dc", unpack),
    compared("peak memory", peak, "MB", "150 MB", 150),
  ];
}

/** What `zstd` makes of these bytes at its usual level. */
async function pack(bytes) {
  const child = spawn("zstd", ["-c", "-q"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(bytes);
  return await buffer(child.stdout);
}
