import { dirname, resolve } from "node:path";
import { inText } from "../core/finding.ts";
import {
  discover,
  isJobName,
  matchesPatterns,
  readStandardInput,
  readTextFile,
  shortPath,
} from "../edges/files.ts";
import { applyInlineIgnores, type DockerfileSource, modelOf } from "./dockerfiles.ts";
import { finish, type Outcome } from "./finish.ts";
import type { JobSource } from "./jobs.ts";
import { attempt } from "./problems.ts";
import type { DockerfileRequest, JudgeRequest } from "./request.ts";
import { beginSession, configFolder, configFor, judgeSubjects, type Session } from "./session.ts";

/** `trainlint [lint]`: text only, no engine, no network. */
export interface LintRequest extends JudgeRequest, DockerfileRequest {
  /** Files, folders, patterns, and `-` for standard input; empty for the working folder. */
  readonly paths: readonly string[];
  readonly stdinFilename: string | null;
  readonly stdin: NodeJS.ReadableStream;
}

const ABSENT = {
  image: "no image was given; `trainlint image` and `trainlint check` look at it",
  run: "no smoke run was made; `trainlint run` and `trainlint check --run` make it",
  job: "no training-job request was given",
  dockerfile: "no Dockerfile was given",
} as const;

/** Lints every Dockerfile and request that the paths name; one that can't be read does not lose the others. */
export async function lint(request: LintRequest): Promise<Outcome> {
  const session = beginSession(request);
  const words = request.paths.length === 0 ? ["."] : request.paths;
  for (const word of words) {
    if (word === "-")
      await attempt(session, stdinSubject(request), () => lintStandardInput(session, request));
    else await attempt(session, null, () => lintWord(session, request, word));
  }
  return await finish(session);
}

function stdinSubject(request: LintRequest): { kind: "dockerfile"; name: string } {
  return { kind: "dockerfile", name: request.stdinFilename ?? "<stdin>" };
}

async function lintStandardInput(session: Session, request: LintRequest): Promise<void> {
  const text = await readStandardInput(request.stdin);
  const name = request.stdinFilename;
  const file = name === null ? null : resolve(request.cwd, name);
  const path = file === null ? "<stdin>" : shortPath(file, request.cwd);
  if (file !== null && isJobName(file)) await lintJob(session, request, { path, text, file });
  else await lintDockerfile(session, request, { path, text, file });
}

async function lintWord(session: Session, request: LintRequest, word: string): Promise<void> {
  for (const path of await discover([word], request.cwd)) {
    // A folder and a file in it may both be named.
    if (session.texts.has(path)) continue;
    const file = resolve(request.cwd, path);
    const kind = isJobName(path) ? "job" : "dockerfile";
    await attempt(session, { kind, name: path }, async () => {
      const config = await configFor(session, dirname(file));
      if (matchesPatterns(file, config.exclude, configFolder(config, request.cwd))) return;
      const text = await readTextFile(file);
      if (kind === "job") await lintJob(session, request, { path, text, file });
      else await lintDockerfile(session, request, { path, text, file });
    });
  }
}

async function lintDockerfile(
  session: Session,
  request: LintRequest,
  source: DockerfileSource,
): Promise<void> {
  const folder = source.file === null ? request.cwd : dirname(source.file);
  const config = await configFor(session, folder);
  const model = modelOf(session, source, request, config);
  if (model === null) return;
  const at = inText(source.path, model.target.from.range);
  const unit = judgeSubjects(session, { dockerfile: model }, config, ABSENT, at);
  applyInlineIgnores(session, unit, model);
}

async function lintJob(session: Session, request: LintRequest, source: JobSource): Promise<void> {
  const { jobModelOf, jobPlace } = await import("./jobs.ts");
  const config = await configFor(session, source.file === null ? request.cwd : dirname(source.file));
  const job = jobModelOf(session, source, config);
  if (job !== null) judgeSubjects(session, { job }, config, ABSENT, jobPlace(job));
}
