import type { DockerfileModel } from "../dockerfile/model.ts";
import { singleCommand } from "../dockerfile/shell/single-command.ts";
import type { ImageConfig } from "../image/model.ts";
import type { CommandWord } from "./wrappers.ts";

/** What SageMaker passes to the image. */
const TRAIN: CommandWord = { value: "train", range: null };

/**
 * The command line that SageMaker makes of a Dockerfile, each word with its place; `null` where the ENTRYPOINT is
 * not known, or where a shell stays in front of it. `exec x` in shell form becomes x, without `train`.
 */
export function dockerfileLaunch(dockerfile: DockerfileModel): readonly CommandWord[] | null {
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
  if (shape?.kind !== "exec" || shape.words === null) return null;
  return shape.words.map(({ value }) => ({ value, range: entrypoint.instruction?.range ?? null }));
}

/** The command line that SageMaker makes of an image. */
export function imageLaunch(config: ImageConfig): readonly CommandWord[] {
  return [...(config.Entrypoint ?? []).map((value) => ({ value, range: null })), TRAIN];
}
