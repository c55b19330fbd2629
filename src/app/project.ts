import { dirname, resolve } from "node:path";
import { CONFIG_NAMES } from "../core/config.ts";
import { findUpwards, shortPath, workingTreeOf } from "../edges/files.ts";

/** What paths in fingerprints and baselines count from, so that they are the same from every folder. */
export interface Project {
  /** The root of the working tree; without one the folder of the nearest configuration, or else `cwd`. */
  readonly root: string;
  /** A path as the report has it, from the root. */
  readonly stable: (path: string) => string;
}

/** The project that `cwd` lies in. */
export async function projectOf(cwd: string): Promise<Project> {
  const root = (await workingTreeOf(cwd)) ?? (await configuredFolder(cwd)) ?? cwd;
  return { root, stable: (path) => shortPath(resolve(cwd, path), root) };
}

async function configuredFolder(cwd: string): Promise<string | null> {
  const config = await findUpwards(cwd, CONFIG_NAMES);
  return config === null ? null : dirname(config);
}
