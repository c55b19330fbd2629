import type { DockerfileModel } from "../dockerfile/model.ts";
import { type PlainWord, singleCommand } from "../dockerfile/shell/single-command.ts";
import type { ImageConfig } from "../image/model.ts";
import { remembered } from "../remembered.ts";
import { rangeAt, type SourceText } from "../text.ts";
import { repairArray } from "./repair-array.ts";
import type { CommandWord } from "./wrappers.ts";

/** What SageMaker passes to the image. */
const TRAIN: CommandWord = { value: "train", range: null };

/**
 * The command line that SageMaker makes of a Dockerfile, each word with its place; `null` where the ENTRYPOINT is
 * not known, or where a shell stays in front of it. `exec x` in shell form becomes x, without `train`.
 */
export const dockerfileLaunch = remembered((dockerfile: DockerfileModel): readonly CommandWord[] | null => {
  const { entrypoint } = dockerfile.config;
  if (!entrypoint.known) return null;
  const command = entrypoint.value;
  if (command === null) return [TRAIN];
  if (command.form === "exec") {
    return [
      ...command.argv.map((value, index) => ({ value, range: command.elementRanges[index] ?? null })),
      TRAIN,
    ];
  }
  const shape = command.line === null ? null : singleCommand(command.line);
  return shape?.kind === "exec" && command.line !== null ? wordsIn(command.line, shape.words) : null;
});

/** What an ENTRYPOINT comes down to, and whether the engine itself starts it. */
export interface PlannedStart {
  readonly argv: readonly CommandWord[];
  /** False in shell form: a shell runs what the kernel refuses, such as a script without a #! line. */
  readonly byEngine: boolean;
}

/**
 * The same, also where a shell stays in front of one plain command: what a person means by `ENTRYPOINT ./run.sh`.
 * `null` where the ENTRYPOINT is not known, or is more than one command.
 */
export const plannedStart = remembered((dockerfile: DockerfileModel): PlannedStart | null => {
  const { entrypoint } = dockerfile.config;
  const line = entrypoint.known ? (entrypoint.value?.line ?? null) : null;
  if (line === null) {
    const argv = dockerfileLaunch(dockerfile);
    return argv === null ? null : { argv, byEngine: true };
  }
  const shape = singleCommand(line);
  const argv = shape.kind === "more" ? null : wordsIn(line, shape.words);
  return argv === null ? null : { argv, byEngine: false };
});

/**
 * The whole command line of a Dockerfile, the shell of shell form included, and of a broken array what it was meant
 * to be, so that the fix of the array brings nothing new to light; `null` where it is not known.
 */
export function wholeLaunch(dockerfile: DockerfileModel): readonly CommandWord[] | null {
  const { entrypoint } = dockerfile.config;
  const command = entrypoint.known ? entrypoint.value : null;
  if (command?.form !== "shell") return dockerfileLaunch(dockerfile);
  const source = command.brokenExecForm === null ? null : (entrypoint.instruction?.arguments ?? null);
  const repaired = source === null ? null : repairArray(source.text);
  if (source !== null && repaired?.certain === true)
    return [...(wordsIn(source, repaired.words) ?? []), TRAIN];
  const range = entrypoint.instruction?.range ?? null;
  return [...command.argv.map((value) => ({ value, range })), TRAIN];
}

function wordsIn(line: SourceText, words: readonly PlainWord[] | null): CommandWord[] | null {
  if (words === null) return null;
  return words.map(({ value, start, end }) => ({ value, range: rangeAt(line, start, end) }));
}

/** The command line that SageMaker makes of an image. */
export function imageLaunch(config: ImageConfig): readonly CommandWord[] {
  return [...(config.Entrypoint ?? []).map((value) => ({ value, range: null })), TRAIN];
}
