import { rmSync } from "node:fs";
import { join } from "node:path";
import { command, inRounds, succeeds, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { layersOf, writeSavedImage } from "./make-image.mjs";

const TAG = "trainlint-bench/image:latest";

export const title = "The same image in the engine";
export const about = `5 GB, 25,000 entries, 12 layers in a Docker engine, against \`docker save\` of it. Skipped where there is no docker.`;

export async function run({ folder, say }) {
  if (!(await succeeds("docker", "version"))) {
    say("there is no docker");
    return [];
  }
  const path = join(folder, "engine.tar");
  say("writing 5 GB and loading them");
  writeSavedImage(path, layersOf({ entries: 25_000, bytes: 5e9, layers: 12 }));
  try {
    await command("docker", "load", "--quiet", "--input", path)();
    rmSync(path);
    const [image, save] = await inRounds(3, [
      trainlint("image", `docker:${TAG}`),
      command("docker", "save", TAG),
    ]);
    return [compared("trainlint image", image, "s", "docker save", save)];
  } finally {
    rmSync(path, { force: true });
    await succeeds("docker", "rmi", TAG);
  }
}
