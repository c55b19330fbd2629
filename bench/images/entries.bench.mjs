import { rmSync } from "node:fs";
import { join } from "node:path";
import { command, inRounds, trainlint } from "../frame/measure.mjs";
import { eachRound } from "../frame/sample.mjs";
import { compared, measured } from "../frame/table.mjs";
import { layersOf, writeSavedImage } from "./make-image.mjs";

export const title = "Cost by the number of entries";
export const about = `Saved images of 10,000, 100,000 and 1,000,000 small files: time beyond \`node -e 0\` for each entry, against the
same for a tenth of the entries. Linear is 1.`;

export async function run({ folder, say }) {
  const rows = [];
  let before = null;
  for (const entries of [10_000, 100_000, 1_000_000]) {
    say(`writing ${entries} entries`);
    const path = writeSavedImage(
      join(folder, "entries.tar"),
      layersOf({ entries, bytes: entries * 1000, layers: 10 }),
    );
    const [image, node] = await inRounds(3, [trainlint("image", path), command(process.execPath, "-e", "0")]);
    rmSync(path);
    rows.push(measured(`trainlint image, ${entries} entries`, image, "s"));
    const each = eachRound(image, node, (whole, start) => ((whole - start) / entries) * 1e6);
    if (before !== null) {
      const what = `microseconds for each of ${entries} entries`;
      rows.push(compared(what, each, "us", "a tenth of them", before));
    }
    before = each;
  }
  return rows;
}
