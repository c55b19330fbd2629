import type { CommandLine, DockerfileModel } from "../dockerfile/model.ts";
import type { Fix } from "../finding.ts";
import type { FoundTini } from "./find-tini.ts";
import { tiniCommand } from "./init.ts";

/** tini's options that change more than tini itself: the signal when its parent dies, the exit code. */
const EFFECTIVE_OPTION = /^-[a-z]*[pe]/;

/** Takes tini, its options and its `--` out of an exec form; `null` where no program stands behind them. */
export function withoutTiniFix(
  dockerfile: DockerfileModel,
  command: CommandLine,
  found: FoundTini,
): Fix | null {
  if (command.form !== "exec" || found.index === null) return null;
  const { program, options } = tiniCommand(found.argv.slice(1));
  const tini = command.elementRanges[found.index];
  const first = command.elementRanges[command.argv.length - program.length];
  if (program.length === 0 || tini === undefined || first === undefined) return null;
  return {
    description: "Start the program itself, without tini",
    safe: !options.some((option) => EFFECTIVE_OPTION.test(option)),
    path: dockerfile.path,
    edits: [{ range: { start: tini.start, end: first.start }, replacement: "" }],
  };
}
