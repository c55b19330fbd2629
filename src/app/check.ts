import { resolve } from "node:path";
import type { Config } from "../core/config.ts";
import type { DockerfileModel } from "../core/dockerfile/model.ts";
import type { SubjectSet } from "../core/engine.ts";
import { inText, type Location, type SubjectKind } from "../core/finding.ts";
import type { JobModel } from "../core/job/model.ts";
import { readStandardInput, readTextFile, shortPath } from "../edges/files.ts";
import type { Problem, Step } from "../report/report.ts";
import { rules } from "../rules/index.ts";
import { buildStep, type CheckedBuild } from "./build.ts";
import { type CheckPlan, type CheckRequest, checkPlan } from "./check-request.ts";
import { applyInlineIgnores, imageSourceOf, modelOf } from "./dockerfiles.ts";
import { finish, type Outcome } from "./finish.ts";
import { imageModelOf } from "./images.ts";
import { jobModelsOf, jobPlace, withJob } from "./jobs.ts";
import { attempt } from "./problems.ts";
import { beginSession, configFor, configForFile, judgeJob, judgeSubjects, type Session } from "./session.ts";
import { transcriptOf } from "./smoke.ts";

/** A check that is under way: what its steps found, and what became of them. */
interface Check {
  readonly session: Session;
  readonly plan: CheckPlan;
  readonly config: Config;
  readonly subjects: { -readonly [K in keyof SubjectSet]: SubjectSet[K] };
  /** Why a kind of subject is missing. */
  readonly absent: Partial<Record<SubjectKind, string>>;
  /** Of a script with several commands, those behind the first one. */
  readonly otherJobs: JobModel[];
  readonly steps: Step[];
}

/**
 * `trainlint check`: everything that is given, as one gate with one report. Each step is done whether or not an
 * earlier one failed; what could not be done is named with the reason.
 */
export async function check(request: CheckRequest): Promise<Outcome> {
  const session = beginSession(request, rules);
  const general = await configFor(session, request.cwd);
  const asked = checkPlan(request, general);
  const file = asked.dockerfile === null ? null : resolve(request.cwd, asked.dockerfile);
  const config = file === null ? general : await configForFile(session, file);
  const plan: CheckPlan = {
    ...asked,
    target: asked.target ?? config.target,
    buildArgs: { ...config.buildArgs, ...asked.buildArgs },
  };
  const state: Check = { session, plan, config, subjects: {}, absent: {}, otherJobs: [], steps: [] };

  const dockerfile = await lintStep(state);
  await jobStep(state);
  const built = await imageBuild(state);
  try {
    const image = built?.image ?? (plan.build ? null : plan.image);
    await inspectStep(state, image);
    await runStep(state, image);
  } finally {
    if (built !== null) await attempt(session, { kind: "image", name: built.image }, built.discard);
  }

  const { subjects, absent } = state;
  const unit = judgeSubjects(session, subjects, config, absent, firstPlace(subjects));
  if (dockerfile !== null && subjects.image !== undefined) {
    session.imageSource = imageSourceOf(dockerfile, unit.findings);
  }
  for (const job of state.otherJobs) judgeJob(session, { ...subjects, job }, config, jobPlace(job));
  if (dockerfile !== null) applyInlineIgnores(session, unit, dockerfile);
  return await finish(session, { steps: inOrder(state.steps) });
}

async function lintStep(state: Check): Promise<DockerfileModel | null> {
  const { session, plan, absent } = state;
  const { cwd } = session.request;
  if (plan.dockerfile === null) {
    absent.dockerfile = "no Dockerfile was given (--dockerfile)";
    notDone(state, "lint", absent.dockerfile);
    return null;
  }
  const file = resolve(cwd, plan.dockerfile);
  const path = shortPath(file, cwd);
  const model = await attempt(session, { kind: "dockerfile", name: path }, async () =>
    modelOf(session, { path, text: await readTextFile(file, path), file }, plan, state.config),
  );
  if (model === null) absent.dockerfile = `${path} could not be read`;
  else state.subjects.dockerfile = model;
  ended(state, "lint", absent.dockerfile);
  return model;
}

async function jobStep(state: Check): Promise<void> {
  const { session, plan, absent } = state;
  const { cwd } = session.request;
  if (plan.job === null) {
    absent.job = "no training-job request was given (--job)";
    notDone(state, "job", absent.job);
    return;
  }
  const file = plan.job === "-" ? null : resolve(cwd, plan.job);
  const path = file === null ? "<stdin>" : shortPath(file, cwd);
  const models = await attempt(session, { kind: "job", name: path }, async () => {
    const text = file === null ? await readStandardInput(plan.stdin()) : await readTextFile(file, path);
    return jobModelsOf(session, { path, text, file }, state.config);
  });
  const [first, ...others] = models ?? [];
  if (first === undefined) absent.job = `${path} could not be read`;
  else state.subjects.job = first;
  state.otherJobs.push(...others);
  ended(state, "job", absent.job);
}

async function imageBuild(state: Check): Promise<CheckedBuild | null> {
  const { session, plan } = state;
  if (!plan.build) {
    notDone(state, "build", "no build was asked for (--build)");
    return null;
  }
  const name =
    plan.image ?? shortPath(resolve(session.request.cwd, plan.dockerfile ?? ""), session.request.cwd);
  const built = await attempt(session, { kind: "image", name }, () => buildStep(session, plan));
  ended(state, "build", built === null ? "the image could not be built" : undefined);
  return built;
}

async function inspectStep(state: Check, image: string | null): Promise<void> {
  const { session, plan, subjects, absent } = state;
  if (image === null) {
    absent.image = plan.build ? "the image could not be built" : "no image was given (--image)";
    notDone(state, "inspect", absent.image);
    return;
  }
  const model = await attempt(session, { kind: "image", name: image }, () =>
    imageModelOf(session, image, state.config, plan.platform, subjects.job),
  );
  if (model === null) absent.image = `${image} could not be read`;
  else subjects.image = model;
  ended(state, "inspect", absent.image);
}

async function runStep(state: Check, image: string | null): Promise<void> {
  const { session, plan, subjects, absent } = state;
  if (!plan.run) {
    absent.run = "no smoke run was asked for (--run)";
    notDone(state, "run", absent.run);
    return;
  }
  if (image === null || subjects.image === undefined) {
    absent.run = absent.image ?? "there is no image to run";
    session.problems.push(runNotMade(session, image ?? plan.image ?? "smoke run", absent.run));
    notDone(state, "run", absent.run);
    return;
  }
  const run = await attempt(session, { kind: "run", name: image }, () => {
    const request = subjects.job === undefined ? plan : withJob(plan, subjects.job);
    return transcriptOf(session, image, request, plan.platform);
  });
  if (run === null) absent.run = "the smoke run could not be made";
  else subjects.run = run;
  ended(state, "run", absent.run);
}

/** The run that was asked for, named as not done; of the kind of what stopped it, so that the exit code tells. */
function runNotMade(session: Session, image: string, because: string): Problem {
  return {
    kind: session.problems.at(-1)?.kind ?? "environment",
    subject: { kind: "run", name: image },
    message: `The smoke run was not made: ${because}.`,
    help: null,
    place: null,
  };
}

function notDone({ steps }: Check, name: Step["name"], reason: string): void {
  steps.push({ name, status: "not-done", reason });
}

/** A step that was tried; `problem` is why it failed. */
function ended({ steps }: Check, name: Step["name"], problem: string | undefined): void {
  steps.push({ name, status: problem === undefined ? "done" : "failed", reason: problem ?? null });
}

const STEP_ORDER: readonly Step["name"][] = ["lint", "build", "inspect", "run", "job"];

/** As they follow from each other for the user, whatever was read first. */
function inOrder(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => STEP_ORDER.indexOf(a.name) - STEP_ORDER.indexOf(b.name));
}

/** Where a broken rule is reported: at the first subject that was read. */
function firstPlace(subjects: SubjectSet): Location {
  if (subjects.dockerfile !== undefined) {
    return inText(subjects.dockerfile.path, subjects.dockerfile.target.from.range);
  }
  if (subjects.job !== undefined) return jobPlace(subjects.job);
  const image = subjects.image?.name ?? subjects.run?.image.name ?? "";
  return { kind: "image-config", image, pointer: "/config" };
}
