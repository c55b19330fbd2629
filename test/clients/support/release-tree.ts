import { spawnSync } from "node:child_process";

/** Writes the release tree into `folder`, with the project's own script. */
export function makeReleaseTree(folder: string): void {
  const { status, stderr } = spawnSync(process.execPath, ["tools/release-tree.mjs", folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}
