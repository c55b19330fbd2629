import { resolve } from "node:path";
import type { LaunchRequest } from "../core/job/launch.ts";
import { isFile, isJobName, readTextFile, shortPath } from "../edges/files.ts";
import { printableJson, visible, withoutWorkflowCommands } from "../report/hygiene.ts";
import { readModel } from "./dockerfiles.ts";
import { readJobModels } from "./jobs.ts";
import type { DockerfileRequest, JudgeRequest } from "./request.ts";
import { beginSession, configForFile } from "./session.ts";
import { showDockerfile } from "./show/dockerfile.ts";
import { showImage } from "./show/image.ts";
import { showJob } from "./show/job.ts";
import type { Shown } from "./show/shown.ts";
import { shownText } from "./show/text.ts";

/** `trainlint show`: what SageMaker will run. */
export interface ShowRequest extends JudgeRequest, DockerfileRequest {
  /** A Dockerfile, a request, or an image. */
  readonly subject: string;
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly format: "text" | "json";
}

const SAVED_IMAGE = /\.(tar|tgz|tar\.(gz|zst|xz|bz2))$/i;

/** The answer, safe to print. A word that is a file's name is taken as the file, else as an image. */
export async function show(request: ShowRequest): Promise<string> {
  const shown = await shownOf(request);
  if (request.format === "json") return `${printableJson(shown)}\n`;
  return withoutWorkflowCommands(visible(shownText(shown)));
}

async function shownOf(request: ShowRequest): Promise<Shown> {
  const launch: LaunchRequest = {
    containerEntrypoint: request.entrypoint.length > 0 ? request.entrypoint : null,
    containerArguments: request.args.length > 0 ? request.args : null,
  };
  const file = resolve(request.cwd, request.subject);
  // A folder may be an OCI layout; what is neither is said by the reader of images.
  if (!(await isFile(file)) || SAVED_IMAGE.test(file)) return showImage(await readConfig(request), launch);
  if (isJobName(file)) return await shownJob(request, file);
  const session = beginSession(request);
  const config = await configForFile(session, file);
  const path = shortPath(file, request.cwd);
  const source = { path, text: await readTextFile(file, path), file };
  return showDockerfile(readModel(source, request, config, request.cwd), launch);
}

async function shownJob(request: ShowRequest, file: string): Promise<Shown> {
  const path = shortPath(file, request.cwd);
  const [job] = readJobModels({ path, text: await readTextFile(file, path), file }, request.cwd);
  return showJob(job);
}

async function readConfig(request: ShowRequest) {
  const { readImage } = await import("../edges/images.ts");
  return await readImage(request.subject, [{ depth: "config" }], {
    signal: request.signal,
    ...(request.platform === null ? {} : { platform: request.platform }),
  });
}
