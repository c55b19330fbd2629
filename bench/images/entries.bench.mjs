import { rmSync } from "node:fs";
import { join } from "node:path";
import { bestOfEach, command, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
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
    const [image, node] = await bestOfEach(entries > 100_000 ? 3 : 5, [
      trainlint("image", path),
      command(process.execPath, "-e", "0"),
    ]);
    rmSync(path);
    const what = `trainlint image, ${entries} entries`;
    rows.push({ what, value: image, unit: "s" });
    const each = (image - node) / entries;
    if (before !== null) {
      rows.push(
        compared("microseconds for each of them", each * 1e6, "us", "a tenth of them", before * 1e6, 1.5),
      );
    }
    before = each;
  }
  return rows;
}
