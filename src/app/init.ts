import { resolve } from "node:path";
import { type Found, type FoundJob, firstConfig } from "../core/config/first-config.ts";
import { CONFIG_NAMES } from "../core/config.ts";
import { UserError } from "../core/errors.ts";
import { channelsOf } from "../core/job/channels.ts";
import type { JobModel } from "../core/job/model.ts";
import { has } from "../core/job/request.ts";
import {
  isDockerfileName,
  isFile,
  isFolder,
  isJobName,
  readTextFile,
  searchFiles,
  shortPath,
  writeWhole,
} from "../edges/files.ts";
import { readJobModels } from "./jobs.ts";

/** `trainlint init`. */
export interface InitRequest {
  readonly cwd: string;
  /** Whether a configuration that is there may be replaced. */
  readonly force: boolean;
}

/** What was found and where it was written. */
export interface InitOutcome {
  readonly path: string;
  readonly found: Found;
}

/** Characters of a file that may be a request; a request has some hundred lines at most. */
const MAX_LENGTH = 512 * 1024;

/** Where the data of a channel often lies. */
const CHANNEL_FOLDERS = ["", "data/", "input/data/", "local/", "test/data/"];

/**
 * Writes a first `.trainlint.yaml` from what is found in the working folder.
 * @throws UserError when a configuration is there already, or nothing is found to check.
 */
export async function init({ cwd, force }: InitRequest): Promise<InitOutcome> {
  const path = CONFIG_NAMES[0] ?? "";
  for (const name of CONFIG_NAMES) {
    if (!(await isFile(resolve(cwd, name)))) continue;
    if (force && name === path) continue;
    throw new UserError("There is a configuration already.", {
      place: { path: name },
      help: name === path ? "`--force` replaces it." : `Remove it, since ${path} would stand beside it.`,
    });
  }
  const found = await findIn(cwd);
  if (found.dockerfiles.length === 0 && found.jobs.length === 0) {
    throw new UserError("There is no Dockerfile and no training-job request in this folder.", {
      help: "Go to the folder that holds them, or write .trainlint.yaml with `dockerfile`, `image` or `job`.",
    });
  }
  await writeWhole(resolve(cwd, path), firstConfig(found));
  return { path, found };
}

async function findIn(cwd: string): Promise<Found> {
  const files = await searchFiles(cwd, (name, path) => isDockerfileName(name) || isJobName(path));
  const paths = files.map((file) => shortPath(file, cwd)).sort(byDepth);
  const jobs: FoundJob[] = [];
  for (const path of paths.filter(isJobName)) {
    const job = await requestIn(path, cwd);
    if (job !== null) jobs.push({ path, channels: await channelFolders(job, cwd) });
  }
  const dockerfiles = paths.filter((path) => !isJobName(path));
  return { dockerfiles, jobs: jobs.sort((a, b) => rank(a.path) - rank(b.path)) };
}

/** What lies nearer first; then a plain `Dockerfile`; then by name. */
function byDepth(a: string, b: string): number {
  const depth = (path: string) => path.split("/").length;
  const other = (path: string) => (/(?:^|\/)Dockerfile$/.test(path) ? 0 : 1);
  return depth(a) - depth(b) || other(a) - other(b) || (a < b ? -1 : 1);
}

/** Requests in files of their own before those in scripts. */
function rank(path: string): number {
  return /\.(?:sh|bash)$/.test(path) ? 1 : 0;
}

async function requestIn(path: string, cwd: string): Promise<JobModel | null> {
  const file = resolve(cwd, path);
  try {
    const text = await readTextFile(file, path);
    if (text.length > MAX_LENGTH || !/AlgorithmSpecification|create-training-job/.test(text)) return null;
    const [job] = readJobModels({ path, text, file }, cwd);
    return job.format === "cli" || has(job, "AlgorithmSpecification") ? job : null;
  } catch (error) {
    // What can't be read is none.
    if (error instanceof UserError) return null;
    throw error;
  }
}

async function channelFolders(job: JobModel, cwd: string): Promise<FoundJob["channels"]> {
  const names = channelsOf(job).flatMap(({ name }) =>
    name === null || !/^[\w.-]+$/.test(name) ? [] : [name],
  );
  return await Promise.all(
    [...new Set(names)].map(async (name) => {
      for (const parent of CHANNEL_FOLDERS) {
        if (await isFolder(resolve(cwd, parent + name))) return { name, folder: parent + name };
      }
      return { name, folder: null };
    }),
  );
}
