import { resolve } from "node:path";
import type { Config } from "../core/config.ts";
import type { DockerfileModel } from "../core/dockerfile/model.ts";
import type { SubjectSet } from "../core/engine.ts";
import { inText, type Location, type SubjectKind } from "../core/finding.ts";
import type { JobModel } from "../core/job/model.ts";
import { readTextFile, shortPath } from "../edges/files.ts";
import type { Problem } from "../report/report.ts";
import { applyInlineIgnores, imageSourceOf, modelOf } from "./dockerfiles.ts";
import { finish, type Outcome } from "./finish.ts";
import { imageModelOf } from "./images.ts";
import { jobModelsOf, jobPlace, withJob } from "./jobs.ts";
import { attempt } from "./problems.ts";
import type { DockerfileRequest, JudgeRequest, SmokeRequest } from "./request.ts";
import { beginSession, configFor, configForFile, judgeJob, judgeSubjects, type Session } from "./session.ts";
import { transcriptOf } from "./smoke.ts";

/** `trainlint check`: everything that is given, as one gate with one report. */
export interface CheckRequest extends JudgeRequest, DockerfileRequest, SmokeRequest {
  readonly dockerfile: string | null;
  readonly image: string | null;
  readonly job: string | null;
  readonly run: boolean;
}

/** What the steps of a check found, and why a kind of subject is missing. */
interface Collected {
  readonly subjects: { -readonly [K in keyof SubjectSet]: SubjectSet[K] };
  readonly absent: Partial<Record<SubjectKind, string>>;
  /** Of a script with several commands, those behind the first one. */
  readonly otherJobs: JobModel[];
}

/** Each step is done whether or not an earlier one failed; what could not be done is named with the reason. */
export async function check(request: CheckRequest): Promise<Outcome> {
  const session = beginSession(request);
  const config =
    request.dockerfile === null
      ? await configFor(session, request.cwd)
      : await configForFile(session, resolve(request.cwd, request.dockerfile));
  const collected: Collected = { subjects: {}, absent: {}, otherJobs: [] };
  const { subjects, absent } = collected;

  const dockerfile = await dockerfileStep(session, request, collected);
  if (request.image === null) absent.image = "no image was given (--image)";
  const { image } = request;
  if (image !== null) {
    const model = await attempt(session, { kind: "image", name: image }, () =>
      imageModelOf(session, image, config, request.platform),
    );
    if (model === null) absent.image = `${image} could not be read`;
    else subjects.image = model;
  }
  await jobStep(session, request, config, collected);
  await runStep(session, request, collected);

  if (dockerfile !== null && request.image !== null) session.imageSource = imageSourceOf(dockerfile);
  const unit = judgeSubjects(session, subjects, config, absent, firstPlace(collected));
  for (const job of collected.otherJobs) judgeJob(session, { ...subjects, job }, config, jobPlace(job));
  if (dockerfile !== null) applyInlineIgnores(session, unit, dockerfile);
  return await finish(session);
}

async function dockerfileStep(
  session: Session,
  request: CheckRequest,
  { subjects, absent }: Collected,
): Promise<DockerfileModel | null> {
  if (request.dockerfile === null) {
    absent.dockerfile = "no Dockerfile was given (--dockerfile)";
    return null;
  }
  const file = resolve(request.cwd, request.dockerfile);
  const path = shortPath(file, request.cwd);
  const model = await attempt(session, { kind: "dockerfile", name: path }, async () => {
    const config = await configForFile(session, file);
    return modelOf(session, { path, text: await readTextFile(file, path), file }, request, config);
  });
  if (model === null) absent.dockerfile = `${path} could not be read`;
  else subjects.dockerfile = model;
  return model;
}

async function jobStep(
  session: Session,
  request: CheckRequest,
  config: Config,
  collected: Collected,
): Promise<void> {
  const { subjects, absent } = collected;
  if (request.job === null) {
    absent.job = "no training-job request was given (--job)";
    return;
  }
  const file = resolve(request.cwd, request.job);
  const path = shortPath(file, request.cwd);
  const models = await attempt(session, { kind: "job", name: path }, async () =>
    jobModelsOf(session, { path, text: await readTextFile(file, path), file }, config),
  );
  const [first, ...others] = models ?? [];
  if (first === undefined) absent.job = `${path} could not be read`;
  else subjects.job = first;
  collected.otherJobs.push(...others);
}

async function runStep(
  session: Session,
  request: CheckRequest,
  { subjects, absent }: Collected,
): Promise<void> {
  const { image } = request;
  if (!request.run) {
    absent.run = "no smoke run was asked for (--run)";
    return;
  }
  if (image === null || subjects.image === undefined) {
    absent.run = image === null ? "there is no image to run" : `${image} could not be read`;
    if (image !== null) session.problems.push(notMade(session, image));
    return;
  }
  const run = await attempt(session, { kind: "run", name: image }, async () => {
    const file = subjects.job === undefined ? null : resolve(request.cwd, subjects.job.path);
    const smokeRequest = await withJob(request, file, subjects.job?.path ?? "", request.cwd);
    return await transcriptOf(session, image, smokeRequest, request.platform);
  });
  if (run === null) absent.run = "the smoke run could not be made";
  else subjects.run = run;
}

/** The run that was asked for, named as not done; of the kind of what stopped it, so that the exit code tells. */
function notMade(session: Session, image: string): Problem {
  return {
    kind: session.problems.at(-1)?.kind ?? "environment",
    subject: { kind: "run", name: image },
    message: "The smoke run was not made, since the image could not be read.",
    help: null,
    place: null,
  };
}

/** Where a broken rule is reported: at the first subject that was read. */
function firstPlace({ subjects }: Collected): Location {
  if (subjects.dockerfile !== undefined) {
    return inText(subjects.dockerfile.path, subjects.dockerfile.target.from.range);
  }
  if (subjects.job !== undefined) return jobPlace(subjects.job);
  const image = subjects.image?.name ?? subjects.run?.image.name ?? "";
  return { kind: "image-config", image, pointer: "/config" };
}
