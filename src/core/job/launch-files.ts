import { findCommand, pathFolders, resolvePath } from "../image/lookup.ts";
import type { FileEntry, FileIndex, FileQuery, ImageConfig, ImageModel } from "../image/model.ts";
import { absolutePath, baseName, isWithin } from "../paths.ts";
import { shebangOf } from "../run/program-head.ts";
import { OPT_ML } from "../sagemaker.ts";
import { CHANNEL_FOLDER } from "./channels.ts";
import { type LaunchImage, launchPlan } from "./launch.ts";
import { jobLaunchRequest } from "./launch-request.ts";
import type { JobModel } from "./model.ts";
import { pointerOf } from "./pointer.ts";
import { has, lacks, stringAt, wordsAt } from "./request.ts";
import { type LaunchedScript, type LaunchWord, launchWords, scriptOf } from "./script.ts";

/** What keeps the files that a request names from being run in an image. */
export type LaunchProblem = { readonly path: string; readonly pointer: string } & (
  | { readonly kind: "missing"; readonly where: string }
  | { readonly kind: "not-executable"; readonly mode: string }
  | { readonly kind: "no-shebang" | "carriage-return" | "reserved" | "not-read" }
  | { readonly kind: "no-interpreter"; readonly interpreter: string }
);

/** Bytes of a file that are read for its shebang line; Linux looks at 256. */
const HEAD = 256;

const LAUNCH = ["ContainerEntrypoint", "ContainerArguments"] as const;

/** The files to look for in an image so that a request can be judged with it. */
export function queriesOf(config: ImageConfig, job?: JobModel): readonly FileQuery[] {
  if (job === undefined) return [];
  const environment = withEnvironment(config, job);
  const { program, script } = launchOf(job, environment);
  const paths = [program, script].flatMap((word, index) => {
    if (word === null) return [];
    return index === 0 ? candidates(environment, word.word) : [scriptPath(environment, word.word)];
  });
  return paths.map((path) => ({ kind: "path", path, head: HEAD }));
}

/** The interpreter that the program's shebang line names, and the program that `env` in it looks for. */
export function followUpsOf(config: ImageConfig, files: FileIndex, job?: JobModel): readonly FileQuery[] {
  if (job === undefined) return [];
  const environment = withEnvironment(config, job);
  const { program } = launchOf(job, environment);
  if (program === null) return [];
  return candidates(environment, program.word).flatMap((path) => {
    const entry = resolvePath(files, path)?.entry;
    const shebang = entry === undefined ? null : interpretersOf(entry);
    if (shebang === null) return [];
    const paths = [
      shebang.interpreter,
      ...(shebang.named === null ? [] : candidates(environment, shebang.named)),
    ];
    return paths
      .filter((wanted) => wanted.startsWith("/"))
      .map((wanted) => ({ kind: "path" as const, path: wanted, head: 0 }));
  });
}

/** What is wrong with the program and the script that the request starts; the image's own words are not judged. */
export function* problemOf(job: JobModel, image: ImageModel): Generator<LaunchProblem> {
  const open = LAUNCH.find((member) => {
    const path = ["AlgorithmSpecification", member] as const;
    return wordsAt(job, ...path) === null && !lacks(job, ...path);
  });
  if (open !== undefined) {
    yield { kind: "not-read", path: open, pointer: pointerOf("AlgorithmSpecification", open) };
    return;
  }
  const config = withEnvironment(image.config, job);
  const { program, script } = launchOf(job, config);
  const seen = { ...image, config };
  if (program !== null && program.pointer !== "" && isKnown(program))
    yield* programProblems(program, seen, job);
  if (script !== null && script.pointer !== "" && isKnown(script)) yield* scriptProblems(script, seen, job);
}

/** The request's own PATH counts for what is started. */
function withEnvironment(config: ImageConfig, job: JobModel): ImageConfig {
  const path = jobLaunchRequest(job).environment.PATH;
  return path === undefined ? config : { ...config, Env: [...config.Env, `PATH=${path}`] };
}

/** What the job starts, with the pointer of each word in the request ("" for the image's own words). */
export function launchOf(job: JobModel, config: LaunchImage): LaunchedScript {
  const plan = launchPlan(config, {
    containerEntrypoint: wordsAt(job, "AlgorithmSpecification", "ContainerEntrypoint"),
    containerArguments: wordsAt(job, "AlgorithmSpecification", "ContainerArguments"),
  });
  const own = launchWords(job);
  const image = plan.argv.length - own.length;
  return scriptOf(plan.argv.map((word, index) => ({ word, pointer: own[index - image]?.pointer ?? "" })));
}

/** Whether a word is a file's name as it stands, without placeholders and patterns. */
export function isKnown({ word }: LaunchWord): boolean {
  return word !== "" && !/[<>$*{]/.test(word);
}

/** Whether the service brings what is there: a channel's data, or checkpoints of an earlier job. */
export function isBrought(path: string, job: JobModel): boolean {
  if (isWithin(path, CHANNEL_FOLDER)) return true;
  const local = stringAt(job, "CheckpointConfig", "LocalPath") ?? `${OPT_ML}/checkpoints`;
  return has(job, "CheckpointConfig") && isWithin(path, absolutePath("/", local));
}

function* programProblems(
  { word, pointer }: LaunchWord,
  image: ImageModel,
  job: JobModel,
): Generator<LaunchProblem> {
  const paths = candidates(image.config, word);
  if (paths.some((path) => isBrought(path, job))) return;
  const { executable, notExecutable } = findCommand(image, word);
  if (executable === null && notExecutable === null) {
    if (!paths.every((path) => wasAsked(image.files, path))) yield { kind: "not-read", path: word, pointer };
    else yield { kind: "missing", path: word, pointer, where: whereOf(word, image.config) };
  } else if (executable === null) {
    const mode = (notExecutable?.entry.mode ?? 0).toString(8).padStart(4, "0");
    yield { kind: "not-executable", path: word, pointer, mode };
  } else {
    if (isWithin(executable.entry.path, OPT_ML)) yield { kind: "reserved", path: word, pointer };
    yield* startProblems(word, pointer, executable.entry, image);
  }
}

function* startProblems(
  path: string,
  pointer: string,
  entry: FileEntry,
  image: ImageModel,
): Generator<LaunchProblem> {
  if (entry.head === null || entry.size === 0 || entry.head.includes(0)) return;
  const shebang = interpretersOf(entry);
  if (shebang === null) {
    yield { kind: "no-shebang", path, pointer };
    return;
  }
  const { interpreter, named } = shebang;
  if (`${interpreter} ${named ?? ""}`.includes("\r")) {
    yield { kind: "carriage-return", path, pointer };
  } else if (isMissing(image.files, interpreter)) {
    yield { kind: "no-interpreter", path, pointer, interpreter };
  } else if (
    named !== null &&
    candidates(image.config, named).every((path) => isMissing(image.files, path))
  ) {
    yield { kind: "no-interpreter", path, pointer, interpreter: named };
  }
}

/** What a shebang line starts: the interpreter, and behind `env` the program that it looks for. */
function interpretersOf({ head }: FileEntry): { interpreter: string; named: string | null } | null {
  const line = head === null ? null : shebangOf(head);
  const [interpreter = "", ...words] =
    line === null ? [] : line.split(/[ \t]+/).filter((word) => word !== "");
  if (interpreter === "") return null;
  const named = words.find((word) => !word.startsWith("-") && !word.includes("=")) ?? null;
  return { interpreter, named: baseName(interpreter.trim()) === "env" ? named : null };
}

function isMissing(files: FileIndex, path: string): boolean {
  return wasAsked(files, path) && resolvePath(files, path) === null;
}

function* scriptProblems(
  { word, pointer }: LaunchWord,
  image: ImageModel,
  job: JobModel,
): Generator<LaunchProblem> {
  const path = scriptPath(image.config, word);
  if (isBrought(path, job)) return;
  if (resolvePath(image.files, path) !== null) {
    if (isWithin(path, OPT_ML)) yield { kind: "reserved", path: word, pointer };
  } else if (!wasAsked(image.files, path)) yield { kind: "not-read", path: word, pointer };
  else yield { kind: "missing", path: word, pointer, where: `looked for at ${path}` };
}

function scriptPath(config: ImageConfig, word: string): string {
  return absolutePath(config.WorkingDir || "/", word);
}

function whereOf(word: string, config: ImageConfig): string {
  return word.includes("/")
    ? `looked for at ${scriptPath(config, word)}`
    : `PATH is ${pathFolders(config).join(":")}`;
}

function candidates(config: ImageConfig, word: string): string[] {
  if (word.includes("/")) return [scriptPath(config, word)];
  return pathFolders(config).map((folder) => absolutePath(folder, word));
}

/** Whether "no entry" means "not in the image" for this path. */
function wasAsked(index: FileIndex, path: string): boolean {
  return index.asked.some((query) =>
    query.kind === "tree" ? isWithin(path, query.path) : query.path === path,
  );
}
