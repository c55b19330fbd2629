import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { LaunchRequest } from "../core/job/launch.ts";
import { jobLaunchRequest } from "../core/job/launch-request.ts";
import type { JobModel } from "../core/job/model.ts";
import {
  discover,
  isFile,
  isFolder,
  isJobName,
  readStandardInput,
  readTextFile,
  shortPath,
} from "../edges/files.ts";
import { printableJson, visible, withoutWorkflowCommands } from "../report/hygiene.ts";
import { rules } from "../rules/index.ts";
import { type DockerfileSource, readModel } from "./dockerfiles.ts";
import { readJobModels } from "./jobs.ts";
import type { DockerfileRequest, JudgeRequest } from "./request.ts";
import { beginSession, configFor, configForFile } from "./session.ts";
import { showDockerfile } from "./show/dockerfile.ts";
import { showImage } from "./show/image.ts";
import { showJob } from "./show/job.ts";
import type { Shown } from "./show/shown.ts";
import { shownText } from "./show/text.ts";

/** `trainlint show`: what SageMaker will run. */
export interface ShowRequest extends JudgeRequest, DockerfileRequest {
  /** A Dockerfile, a request, or an image. */
  readonly subject: string;
  readonly stdin: () => NodeJS.ReadableStream;
  /** What a training-job request says about the start; the words below win. */
  readonly job: string | null;
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
  const launch = await launchOf(request);
  if (request.subject === "-") {
    const text = await readStandardInput(request.stdin());
    return await shownDockerfile(request, { path: "<stdin>", text, file: null }, launch);
  }
  const file = await subjectFile(request);
  // A folder may be an OCI layout; what is neither is said by the reader of images.
  if (!(await isFile(file)) || SAVED_IMAGE.test(file)) return showImage(await readConfig(request), launch);
  if (isJobName(file)) return showJob(await readJob(file, request.cwd));
  const path = shortPath(file, request.cwd);
  return await shownDockerfile(request, { path, text: await readTextFile(file, path), file }, launch);
}

async function launchOf({ job, cwd, entrypoint, args }: ShowRequest): Promise<LaunchRequest> {
  if (entrypoint.length > 0 || args.length > 0 || job === null) {
    return {
      containerEntrypoint: entrypoint.length > 0 ? entrypoint : null,
      containerArguments: args.length > 0 ? args : null,
    };
  }
  return jobLaunchRequest(await readJob(resolve(cwd, job), cwd));
}

/** The request in a file; of a script with several commands the first one. */
async function readJob(file: string, cwd: string): Promise<JobModel> {
  const path = shortPath(file, cwd);
  return readJobModels({ path, text: await readTextFile(file, path), file }, cwd)[0];
}

/** The file that is meant: of a folder that is no saved image, its `Dockerfile`, or the only one of another name. */
async function subjectFile({ subject, cwd }: ShowRequest): Promise<string> {
  const path = resolve(cwd, subject);
  if (!(await isFolder(path)) || (await isFile(resolve(path, "oci-layout")))) return path;
  if (await isFile(resolve(path, "Dockerfile"))) return resolve(path, "Dockerfile");
  const found = await discover([subject], cwd);
  const [only] = found;
  if (only !== undefined && found.length === 1) return resolve(cwd, only);
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : "";
  throw new UserError(`There are ${found.length} Dockerfiles in \`${subject}\`.`, {
    help: `Name one of them: ${found.slice(0, MOST_NAMED).join(", ")}${more}.`,
  });
}

const MOST_NAMED = 8;

async function shownDockerfile(
  request: ShowRequest,
  source: DockerfileSource,
  launch: LaunchRequest,
): Promise<Shown> {
  const session = beginSession(request, rules);
  const { file } = source;
  const config = file === null ? await configFor(session, request.cwd) : await configForFile(session, file);
  return showDockerfile(readModel(source, request, config, request.cwd), launch);
}

async function readConfig(request: ShowRequest) {
  const { readImage } = await import("../edges/images.ts");
  return await readImage(request.subject, [{ depth: "config" }], {
    signal: request.signal,
    ...(request.platform === null ? {} : { platform: request.platform }),
  });
}
