import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE, bestOfEach, command, timed, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { writeDockerfiles } from "./make-dockerfiles.mjs";
import { dockerfilelint, hadolint, node24 } from "./peers.mjs";

export const title = "One Dockerfile";
export const about = `A whole process that lints one Dockerfile of some 40 lines, against a Node that does nothing, and
against hadolint (a native program) and dockerfilelint (a program for Node).`;

const TIMES = 15;

export async function run({ folder }) {
  const work = join(folder, "start");
  mkdirSync(work, { recursive: true });
  const [path] = writeDockerfiles(work, 1);
  const newer = await node24();
  const [ours, node, oursNewer, nodeNewer, native, onNode] = await bestOfEach(TIMES, [
    trainlint(path),
    command(process.execPath, "-e", "0"),
    () => timed(newer, [BUNDLE, path], { codes: [0, 1] }),
    command(newer, "-e", "0"),
    peer(await hadolint(), path),
    peer(process.execPath, await dockerfilelint(), path),
  ]);
  rmSync(work, { recursive: true });
  return [
    compared("trainlint", ours, "s", "node -e 0", node, 1.5),
    compared("trainlint on Node 24", oursNewer, "s", "node -e 0", nodeNewer),
    compared("trainlint on Node 24", oursNewer, "s", "hadolint", native),
    compared("node -e 0 on Node 24", nodeNewer, "s", "hadolint", native),
    compared("trainlint", ours, "s", "dockerfilelint", onNode, 1),
  ];
}

/** Linters end with other codes where they find something. */
function peer(name, ...args) {
  return () => timed(name, args, { codes: [0, 1, 2] });
}
