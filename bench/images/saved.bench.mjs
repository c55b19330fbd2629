import { rmSync } from "node:fs";
import { join } from "node:path";
import { command, inRounds, peakMemory, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { layersOf, writeSavedImage } from "./make-image.mjs";

const GB = 1e9;
const ENTRIES = 25_000;

export const title = "A saved image (docker-archive)";
export const about = `5 GB, ${ENTRIES} entries, 12 layers, page cache warm: the whole process, against \`node -e 0\` and \`cat\` of the
file. Peak memory of 1 GB against 20 GB with the same entries (the 20 GB are holes in a sparse file).`;

export async function run({ folder, say }) {
  const path = join(folder, "saved.tar");
  say("writing 5 GB");
  writeSavedImage(path, layersOf({ entries: ENTRIES, bytes: 5 * GB, layers: 12 }));
  const [image, node, cat] = await inRounds(15, [
    trainlint("image", path),
    command(process.execPath, "-e", "0"),
    command("cat", path),
  ]);
  const rows = [
    compared("trainlint image, 5 GB", image, "s", "node -e 0", node),
    compared("trainlint image, 5 GB", image, "s", "cat", cat),
  ];
  const peaks = [];
  for (const bytes of [1 * GB, 20 * GB]) {
    writeSavedImage(path, layersOf({ entries: ENTRIES, bytes, layers: 12 }), { sparse: true });
    const [peak] = await inRounds(3, [() => peakMemory("image", path)]);
    peaks.push(peak);
  }
  rmSync(path);
  const [small, large] = peaks;
  rows.push(compared("peak memory, 20 GB", large, "MB", "150 MB", 150));
  rows.push(compared("peak memory, 20 GB", large, "MB", "1 GB", small));
  return rows;
}
