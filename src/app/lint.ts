import { basename, resolve } from "node:path";
import { CONFIG_NAMES, type Config } from "../core/config.ts";
import { UserError } from "../core/errors.ts";
import { inText } from "../core/finding.ts";
import {
  discover,
  isJobName,
  matchesPatterns,
  readStandardInput,
  readTextFile,
  shortPath,
} from "../edges/files.ts";
import { dockerfileRules } from "../rules/for-dockerfiles.ts";
import { applyInlineIgnores, type DockerfileSource, modelOf } from "./dockerfiles.ts";
import { finish, type Outcome } from "./finish.ts";
import type { SourceChange } from "./fixes.ts";
import type { LintItem, LintRequest } from "./lint-request.ts";
import type { LintHelpers } from "./lint-shared.ts";
import { attempt, problemOf, tell } from "./problems.ts";
import {
  beginSession,
  configFolder,
  configFor,
  configForFile,
  judgeSubjects,
  type Session,
} from "./session.ts";

/** What linting comes to, and with fixes what becomes of each file. */
export interface LintOutcome extends Outcome {
  readonly changes: readonly SourceChange[];
}

/** A Dockerfile or a request as text, with the name that findings give it. */
interface LintSource extends DockerfileSource {
  readonly kind: "dockerfile" | "job";
  readonly isStdin: boolean;
}

const ABSENT = {
  image: "no image was given; `trainlint image` and `trainlint check` look at it",
  run: "no smoke run was made; `trainlint run` and `trainlint check --run` make it",
  job: "no training-job request was given",
  dockerfile: "no Dockerfile was given",
} as const;

/** From how many files on it pays to start other threads: each takes 0.07 s of processor time. */
const WORTH_SHARING = 100;

/** Lints every Dockerfile and request that the paths name; one that can't be read does not lose the others. */
export async function lint(request: LintRequest): Promise<LintOutcome> {
  const session = beginSession(request, dockerfileRules);
  const changes: SourceChange[] = [];
  // As many words are as many files, so that help can be on its way before they are looked up.
  const early = request.paths.length >= WORTH_SHARING ? await helpersFor(request) : null;
  const items = await itemsOf(request);
  const isShared = items.length >= WORTH_SHARING && items.every(({ kind }) => kind !== "stdin");
  const helpers = isShared ? (early ?? (await helpersFor(request))) : null;
  if (helpers !== null) {
    const { lintShared } = await import("./lint-shared.ts");
    await lintShared(session, request, items, helpers, (part, some) =>
      lintItems(part, request, some, changes),
    );
  } else {
    early?.dismiss();
    if (items.length > 1) request.prepareForMany();
    await lintItems(session, request, items, changes);
  }
  if (request.fixes === null) return { ...(await finish(session)), changes };
  const fixes = {
    written: request.fixes.write,
    applied: changes.flatMap(({ applied }) => applied),
    refused: changes.flatMap(({ refused }) => refused),
  };
  return { ...(await finish(session, { fixes })), changes };
}

/** Threads that help with many files; `null` where none may. */
async function helpersFor({ helperProgram, fixes }: LintRequest): Promise<LintHelpers | null> {
  if (helperProgram === null || fixes !== null) return null;
  return (await import("./lint-shared.ts")).startLintHelpers(helperProgram);
}

async function itemsOf({ paths, cwd }: LintRequest): Promise<LintItem[]> {
  const items: LintItem[] = [];
  // A folder and a file in it may both be named.
  const seen = new Set<string>();
  for (const word of paths.length === 0 ? ["."] : paths) {
    if (word === "-") {
      items.push({ kind: "stdin" });
      continue;
    }
    try {
      for (const path of await discover([word], cwd)) {
        if (!seen.has(path)) items.push({ kind: "file", path });
        seen.add(path);
      }
    } catch (error) {
      items.push({ kind: "problem", problem: problemOf(error, null) });
    }
  }
  return items;
}

/** Lints these items, one after the other. */
export async function lintItems(
  session: Session,
  request: LintRequest,
  items: readonly LintItem[],
  changes: SourceChange[],
): Promise<void> {
  for (const item of items) {
    if (item.kind === "file") await lintFile(session, request, item.path, changes);
    else if (item.kind === "stdin") await lintStandardInput(session, request, changes);
    else tell(session, item.problem);
  }
}

async function lintStandardInput(
  session: Session,
  request: LintRequest,
  changes: SourceChange[],
): Promise<void> {
  const name = request.stdinFilename;
  const file = name === null ? null : resolve(request.cwd, name);
  const path = file === null ? "<stdin>" : shortPath(file, request.cwd);
  const kind = kindOf(path);
  await attempt(session, { kind, name: path }, async () => {
    const text = await readStandardInput(request.stdin());
    await lintSource(session, request, { kind, path, file, text, isStdin: true }, changes);
  });
}

async function lintFile(
  session: Session,
  request: LintRequest,
  path: string,
  changes: SourceChange[],
): Promise<void> {
  const file = resolve(request.cwd, path);
  const kind = kindOf(path);
  await attempt(session, { kind, name: path }, async () => {
    if (CONFIG_NAMES.includes(basename(path))) throw configurationNamed(path);
    const config = await configForFile(session, file);
    // Before the file is read: it may be excluded because it can't be.
    if (isExcluded(file, config, request.cwd)) return;
    const text = await readTextFile(file, path);
    await lintSource(session, request, { kind, path, file, text, isStdin: false }, changes);
  });
}

function configurationNamed(path: string): UserError {
  return new UserError("This is trainlint's configuration, not a Dockerfile.", {
    place: { path },
    help: "`trainlint --print-config` reads it and shows what is in force.",
  });
}

function kindOf(path: string): LintSource["kind"] {
  return isJobName(path) ? "job" : "dockerfile";
}

function isExcluded(file: string, config: Config, cwd: string): boolean {
  return matchesPatterns(file, config.exclude, configFolder(config, cwd));
}

async function lintSource(
  session: Session,
  request: LintRequest,
  source: LintSource,
  changes: SourceChange[],
): Promise<void> {
  const { file, path, text, isStdin } = source;
  const config = file === null ? await configFor(session, request.cwd) : await configForFile(session, file);
  const unchanged = { path, isStdin, before: text, after: text, applied: [], refused: [] };
  if (file !== null && isExcluded(file, config, request.cwd)) {
    changes.push(unchanged);
    return;
  }
  const { fixes } = request;
  if (fixes === null) return await judgeSource(session, request, source, config);
  const { changeOf, writeChange } = await import("./fixes.ts");
  const change = await changeOf(session, source, fixes, (trial, tried) =>
    judgeSource(trial, request, { ...source, text: tried }, config),
  );
  if (!fixes.write) {
    changes.push(change);
    return await judgeSource(session, request, source, config);
  }
  const subject = { kind: source.kind, name: path };
  const isWritten = await attempt(session, subject, () => writeChange(change, file));
  changes.push(isWritten === null ? unchanged : change);
  const left = isWritten === null ? text : change.after;
  await judgeSource(session, request, { ...source, text: left }, config);
}

async function judgeSource(
  session: Session,
  request: LintRequest,
  source: LintSource,
  config: Config,
): Promise<void> {
  if (source.kind === "job") {
    const { jobModelsOf, jobPlace } = await import("./jobs.ts");
    const { rules } = await import("../rules/index.ts");
    for (const job of jobModelsOf(session, source, config)) {
      judgeSubjects({ ...session, rules }, { job }, config, ABSENT, jobPlace(job));
    }
    return;
  }
  const model = modelOf(session, source, request, config);
  if (model === null) return;
  const at = inText(source.path, model.target.from.range);
  const unit = judgeSubjects(session, { dockerfile: model }, config, ABSENT, at);
  applyInlineIgnores(session, unit, model);
}
