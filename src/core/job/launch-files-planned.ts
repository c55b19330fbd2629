import type { DockerfileModel, PlaceEffect } from "../dockerfile/model.ts";
import { unseenIn } from "../dockerfile/unseen.ts";
import { dockerfileFiles } from "../entrypoint/dockerfile-files.ts";
import { headProblem } from "../entrypoint/script-head.ts";
import { absolutePath, isWithin } from "../paths.ts";
import { OPT_ML } from "../sagemaker.ts";
import { isBrought, isKnown, type LaunchProblem, launchOf } from "./launch-files.ts";
import type { JobModel } from "./model.ts";
import type { LaunchWord } from "./script.ts";

/** Folders that a distribution fills; what lies elsewhere, the Dockerfile must have put there. */
const OF_THE_SYSTEM =
  /^\/(?:bin|boot|dev|etc|home|lib|lib32|lib64|libx32|media|mnt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:\/|$)|^\/opt(?:\/?$|\/(?:conda|nvidia|amazon)(?:\/|$))/;

/** What is wrong with the program and the script that the request starts, as far as the Dockerfile shows them. */
export function* plannedProblems(job: JobModel, dockerfile: DockerfileModel): Generator<LaunchProblem> {
  const { entrypoint } = dockerfile.config;
  const argv = entrypoint.known ? (entrypoint.value?.argv ?? null) : null;
  const { program, script } = launchOf(job, { Entrypoint: argv, Cmd: null });
  const files = dockerfileFiles(dockerfile);
  if (program !== null && program.pointer !== "" && isKnown(program) && program.word.includes("/")) {
    const file = files.program(program.word);
    if (file === null) yield* notPlaced(program, job, dockerfile);
    else {
      const { word: path, pointer } = program;
      if (file.mode !== null && (file.mode & 0o111) === 0) {
        yield { kind: "not-executable", path, pointer, mode: file.mode.toString(8).padStart(4, "0") };
      } else {
        const head = file.text === null || !file.whole ? null : headProblem(file.text, true);
        if (head?.kind === "carriage-return") yield { kind: "carriage-return", path, pointer };
        if (head?.kind === "no-shebang") yield { kind: "no-shebang", path, pointer };
      }
      yield* reserved(program, dockerfile);
    }
  }
  if (script !== null && script.pointer !== "" && isKnown(script)) {
    if (files.script(script.word) === null) yield* notPlaced(script, job, dockerfile);
    else yield* reserved(script, dockerfile);
  }
}

function* reserved({ word, pointer }: LaunchWord, dockerfile: DockerfileModel): Generator<LaunchProblem> {
  const path = pathOf(word, dockerfile);
  if (path !== null && isWithin(path, OPT_ML)) yield { kind: "reserved", path: word, pointer };
}

/** A file that neither the Dockerfile nor its base can have put there. */
function* notPlaced(
  { word, pointer }: LaunchWord,
  job: JobModel,
  dockerfile: DockerfileModel,
): Generator<LaunchProblem> {
  const path = pathOf(word, dockerfile);
  if (path === null || isBrought(path, job) || mayHold(dockerfile, path)) return;
  yield { kind: "missing", path: word, pointer, where: `nothing in ${dockerfile.path} puts it there` };
}

function pathOf(word: string, { config }: DockerfileModel): string | null {
  if (word.startsWith("/")) return absolutePath("/", word);
  return config.workingDir.known ? absolutePath(config.workingDir.value, word) : null;
}

function mayHold(dockerfile: DockerfileModel, path: string): boolean {
  const { base, effects } = dockerfile;
  const plain = base.kind === "scratch" || (base.kind === "image" && base.known?.kind === "plain");
  if (!plain || (base.kind !== "scratch" && OF_THE_SYSTEM.test(path))) return true;
  if (unseenIn(dockerfile) !== null) return true;
  return effects.some((effect) => {
    if (effect.kind === "link") return isWithin(path, effect.path);
    if (effect.kind !== "place") return false;
    if (effect.extent === "file") return effect.path === path;
    return isWithin(path, effect.path) && !isSeen(effect, dockerfile);
  });
}

/** A plain copy of a folder of the build context: what it holds was looked for already. */
function isSeen({ by, from, sources, instruction }: PlaceEffect, { context }: DockerfileModel): boolean {
  if (by !== "COPY" || from !== null || context === null || sources.length !== 1) return false;
  return (
    !/[*?[]/.test(sources[0] ?? "") &&
    instruction.flags.every(({ name }) => /^(?:chmod|chown|link)$/.test(name))
  );
}
