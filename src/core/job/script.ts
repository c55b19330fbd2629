import { baseName } from "../paths.ts";
import type { JobModel } from "./model.ts";
import { pointerOf } from "./pointer.ts";
import { wordsAt } from "./request.ts";

/** A word of ContainerEntrypoint or ContainerArguments with its place in the request. */
export interface LaunchWord {
  readonly word: string;
  readonly pointer: string;
}

/** The program that the request starts, and the script that it runs; both as written. */
export interface LaunchedScript {
  readonly program: LaunchWord | null;
  /** The file that an interpreter is told to run; `null` when the program is run as it is. */
  readonly script: LaunchWord | null;
}

/** Programs that run the file in their first argument that is no option. */
const INTERPRETER =
  /^(?:(?:ba|da|a|z|k)?sh|python[\d.]*|pypy[\d.]*|Rscript|R|perl|ruby|node|julia|lua|torchrun|accelerate|deepspeed|php)$/;

/** Programs that run the command in their arguments. */
const WRAPPER =
  /^(?:tini|tini-static|docker-init|dumb-init|env|exec|nice|nohup|sudo|gosu|su-exec|time|catchsegv|numactl)$/;

/** Every word of the launch, entrypoint first. Words that are not known here are `<unknown>`. */
export function launchWords(job: JobModel): LaunchWord[] {
  return (["ContainerEntrypoint", "ContainerArguments"] as const).flatMap((member) =>
    (wordsAt(job, "AlgorithmSpecification", member) ?? []).map((word, index) => ({
      word,
      pointer: pointerOf("AlgorithmSpecification", member, index),
    })),
  );
}

/** What the words of a command line start. `words` must begin with the program. */
export function scriptOf(words: readonly LaunchWord[]): LaunchedScript {
  const [program = null, ...rest] = commandOf(words);
  if (program === null || !INTERPRETER.test(baseName(program.word))) return { program, script: null };
  for (const [index, word] of rest.entries()) {
    if (/^-(?:[a-z]*c|m|e)$/.test(word.word)) return { program, script: null };
    if (word.word.startsWith("-") || word.word === "launch" || word.word === "run") continue;
    // The value of an option, as in `torchrun --nproc_per_node 4 train.py`.
    const option = rest[index - 1]?.word ?? "";
    if (option.startsWith("--") && !option.includes("=") && !/[./]/.test(word.word)) continue;
    return { program, script: word };
  }
  return { program, script: null };
}

/** What stands behind `tini -g --`, `env A=b`, `nice -n 5`. */
export function commandOf(words: readonly LaunchWord[]): readonly LaunchWord[] {
  let at = 0;
  while (at < words.length && WRAPPER.test(baseName(words[at]?.word ?? ""))) {
    at += 1;
    while (at < words.length && /^-|^[A-Za-z_]\w*=|^\d+$/.test(words[at]?.word ?? "")) at += 1;
  }
  return words.slice(at);
}

/** The file that the request itself makes the container run: the script of an interpreter, else the program. */
export function launchedFile(job: JobModel): LaunchWord | null {
  const words = launchWords(job);
  if (wordsAt(job, "AlgorithmSpecification", "ContainerEntrypoint") === null) {
    // The image's ENTRYPOINT gets these; the first may be a script for an interpreter there.
    const [first] = words;
    return first !== undefined && /^\/.*\.(?:sh|py|R|r|pl|jl|js)$/.test(first.word) ? first : null;
  }
  const { program, script } = scriptOf(words);
  return script ?? program;
}

/** The file that the request itself makes the container start, an interpreter left out; `null` for other programs. */
export function launchedProgram(job: JobModel): LaunchWord | null {
  if (wordsAt(job, "AlgorithmSpecification", "ContainerEntrypoint") === null) return null;
  return scriptOf(launchWords(job)).program;
}
