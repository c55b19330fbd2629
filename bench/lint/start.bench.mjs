import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE, command, inRounds, timed } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";
import { writeDockerfiles } from "./make-dockerfiles.mjs";
import { dockerfilelint, hadolint, node24 } from "./peers.mjs";

export const title = "One Dockerfile";
export const about = `A whole process that lints one Dockerfile of some 40 lines, against a Node that does nothing, and
against hadolint (a native program) and dockerfilelint (a program for Node). The first lint of a user keeps trainlint's
compiled code, and later ones read it; without a cache it is compiled every time.`;

const TIMES = 15;

export async function run({ folder }) {
  const work = join(folder, "start");
  mkdirSync(work, { recursive: true });
  const path = writeDockerfiles(work, 39).at(-1);
  const newer = await node24();
  const later = { XDG_CACHE_HOME: mkdtempSync(join(work, "cache-")) };
  const none = { TRAINLINT_NO_CACHE: "1" };
  for (const node of [process.execPath, newer]) await lint(node, path, later)();
  const [warm, first, without, node, warmNewer, firstNewer, nodeNewer, native, onNode] = await inRounds(
    TIMES,
    [
      lint(process.execPath, path, later),
      () => lint(process.execPath, path, { XDG_CACHE_HOME: mkdtempSync(join(work, "cache-")) })(),
      lint(process.execPath, path, none),
      command(process.execPath, "-e", "0"),
      lint(newer, path, later),
      () => lint(newer, path, { XDG_CACHE_HOME: mkdtempSync(join(work, "cache-")) })(),
      command(newer, "-e", "0"),
      peer(await hadolint(), path),
      peer(process.execPath, await dockerfilelint(), path),
    ],
  );
  rmSync(work, { recursive: true });
  return [
    compared("trainlint", warm, "s", "node -e 0", node),
    compared("trainlint, first run", first, "s", "node -e 0", node),
    compared("trainlint, no cache", without, "s", "node -e 0", node),
    compared("trainlint on Node 24", warmNewer, "s", "node -e 0", nodeNewer),
    compared("trainlint on Node 24, first run", firstNewer, "s", "node -e 0", nodeNewer),
    compared("trainlint on Node 24", warmNewer, "s", "hadolint", native),
    compared("node -e 0 on Node 24", nodeNewer, "s", "hadolint", native),
    compared("trainlint", warm, "s", "hadolint", native),
    compared("trainlint", warm, "s", "dockerfilelint", onNode),
    compared("trainlint, first run", first, "s", "dockerfilelint", onNode),
  ];
}

function lint(node, path, env) {
  return () => timed(node, [BUNDLE, path], { codes: [0, 1], env: { ...process.env, ...env } });
}

/** Linters end with other codes where they find something. */
function peer(name, ...args) {
  return () => timed(name, args, { codes: [0, 1, 2] });
}
