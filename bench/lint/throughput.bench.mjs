import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE, inRounds, timed, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { writeDockerfiles } from "./make-dockerfiles.mjs";
import { dockerfilelint, hadolint, node24 } from "./peers.mjs";

export const title = "Many Dockerfiles";
export const about = `400 Dockerfiles of some 40 lines in one process, against hadolint and dockerfilelint in one process.`;

const FILES = 400;

export async function run({ folder }) {
  const work = join(folder, "throughput");
  mkdirSync(work, { recursive: true });
  const paths = writeDockerfiles(work, FILES);
  const native = await hadolint();
  const onNode = await dockerfilelint();
  const codes = { codes: [0, 1, 2] };
  const newer = await node24();
  const [ours, oursOnNewer, theirs, slow] = await inRounds(5, [
    trainlint(...paths),
    () => timed(newer, [BUNDLE, ...paths], codes),
    () => timed(native, paths, codes),
    () =>
      timed(process.execPath, [onNode, ...paths], { codes: Array.from({ length: 256 }, (_, code) => code) }),
  ]);
  rmSync(work, { recursive: true });
  return [
    compared("trainlint", ours, "s", "hadolint", theirs),
    compared("trainlint on Node 24", oursOnNewer, "s", "hadolint", theirs),
    compared("trainlint", ours, "s", "dockerfilelint", slow),
  ];
}
