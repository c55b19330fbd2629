import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of a release tree; tests read it, and copy it where they change it. */
    readonly releaseTree: string;
  }
}

/** Makes one release tree for all tests with clients, with the project's own script, and removes it again. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-release-"));
  const releaseTree = join(folder, "tree");
  const { status, stderr } = spawnSync(process.execPath, ["tools/release-tree.mjs", releaseTree], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  project.provide("releaseTree", releaseTree);
  return () => rmSync(folder, { recursive: true, force: true });
}
