import { findCommand, headText, pathFolders, resolvePath } from "../image/lookup.ts";
import type { FileIndex, FileQuery, ImageConfig, ImageModel } from "../image/model.ts";
import { absolutePath, isWithin, parentOf } from "../paths.ts";
import { OPT_ML } from "../sagemaker.ts";
import { CHANNEL_FOLDER } from "./channels.ts";
import { launchPlan } from "./launch.ts";
import type { JobModel } from "./model.ts";
import { wordsAt } from "./request.ts";
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

/** Interpreters that shebang lines name most; others can't be told before the file is read. */
const INTERPRETERS = [
  "/bin/sh",
  "/bin/bash",
  "/usr/bin/sh",
  "/usr/bin/bash",
  "/usr/bin/env",
  "/usr/bin/python3",
];

/** The files to look for in an image so that a request can be judged with it. */
export function queriesOf(config: ImageConfig, job?: JobModel): readonly FileQuery[] {
  if (job === undefined) return [];
  const { program, script } = launchOf(job, config);
  const paths = new Set<string>(INTERPRETERS);
  for (const path of program === null ? [] : candidates(config, program.word)) paths.add(path);
  if (script !== null) paths.add(absolutePath(config.WorkingDir || "/", script.word));
  return [...paths].map((path) => ({ kind: "path", path, head: HEAD }));
}

/** What is wrong with the program and the script that the request starts; the image's own words are not judged. */
export function* problemOf(job: JobModel, image: ImageModel): Generator<LaunchProblem> {
  const { program, script } = launchOf(job, image.config);
  if (program !== null && program.pointer !== "" && isKnown(program)) yield* programProblems(program, image);
  if (script !== null && script.pointer !== "" && isKnown(script)) yield* scriptProblems(script, image);
}

/** What the job starts, with the pointer of each word in the request ("" for the image's own words). */
function launchOf(job: JobModel, config: ImageConfig): LaunchedScript {
  const plan = launchPlan(config, {
    containerEntrypoint: wordsAt(job, "AlgorithmSpecification", "ContainerEntrypoint"),
    containerArguments: wordsAt(job, "AlgorithmSpecification", "ContainerArguments"),
  });
  const own = launchWords(job);
  const image = plan.argv.length - own.length;
  return scriptOf(plan.argv.map((word, index) => ({ word, pointer: own[index - image]?.pointer ?? "" })));
}

function isKnown({ word }: LaunchWord): boolean {
  return word !== "" && !/[<>$*{]/.test(word);
}

function* programProblems({ word, pointer }: LaunchWord, image: ImageModel): Generator<LaunchProblem> {
  const paths = candidates(image.config, word);
  if (paths.some((path) => isWithin(path, CHANNEL_FOLDER))) return;
  const { executable, notExecutable } = findCommand(image, word);
  if (executable === null && notExecutable === null) {
    if (!paths.every((path) => wasAsked(image.files, path))) {
      yield { kind: "not-read", path: word, pointer };
      return;
    }
    const where = word.includes("/")
      ? `looked for at ${paths[0] ?? word}`
      : `PATH is ${paths.map(parentOf).join(":")}`;
    yield { kind: "missing", path: word, pointer, where };
    return;
  }
  if (executable === null) {
    const mode = (notExecutable?.entry.mode ?? 0).toString(8).padStart(4, "0");
    yield { kind: "not-executable", path: word, pointer, mode };
    return;
  }
  if (isWithin(executable.entry.path, OPT_ML)) yield { kind: "reserved", path: word, pointer };
  const text = headText(executable.entry);
  if (text === null || executable.entry.size === 0) return;
  const line = /^#![ \t]*([^ \t\n]+)/.exec(text);
  if (line === null) {
    yield { kind: "no-shebang", path: word, pointer };
    return;
  }
  const interpreter = line[1] ?? "";
  if (interpreter.endsWith("\r")) yield { kind: "carriage-return", path: word, pointer };
  else if (wasAsked(image.files, interpreter) && resolvePath(image.files, interpreter) === null) {
    yield { kind: "no-interpreter", path: word, pointer, interpreter };
  }
}

function* scriptProblems({ word, pointer }: LaunchWord, image: ImageModel): Generator<LaunchProblem> {
  const path = absolutePath(image.config.WorkingDir || "/", word);
  if (isWithin(path, CHANNEL_FOLDER)) return;
  if (resolvePath(image.files, path) !== null) {
    if (isWithin(path, OPT_ML)) yield { kind: "reserved", path: word, pointer };
  } else if (!wasAsked(image.files, path)) yield { kind: "not-read", path: word, pointer };
  else yield { kind: "missing", path: word, pointer, where: `looked for at ${path}` };
}

function candidates(config: ImageConfig, word: string): string[] {
  if (word.includes("/")) return [absolutePath(config.WorkingDir || "/", word)];
  return pathFolders(config).map((folder) => absolutePath(folder, word));
}

/** Whether "no entry" means "not in the image" for this path. */
function wasAsked(index: FileIndex, path: string): boolean {
  return index.asked.some((query) =>
    query.kind === "tree" ? isWithin(path, query.path) : query.path === path,
  );
}
