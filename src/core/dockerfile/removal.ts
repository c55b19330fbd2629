import { textOf } from "../edit.ts";
import type { TextEdit } from "../finding.ts";
import type { DockerfileModel, Instruction } from "./model.ts";

/** Takes an instruction out with its line; `null` for one that stands behind ONBUILD. */
export function removalOf({ text, stages }: DockerfileModel, instruction: Instruction): TextEdit | null {
  const isOwn = stages.some(({ instructions }) => instructions.includes(instruction));
  if (!isOwn) return null;
  const { start, end } = instruction.range;
  const lineStart = { line: start.line, column: 1 };
  const indent = textOf(text, { start: lineStart, end: start });
  const isLast = end.line >= text.split("\n").length;
  return {
    range: {
      start: /^[ \t]*$/.test(indent) ? lineStart : start,
      end: isLast ? end : { line: end.line + 1, column: 1 },
    },
    replacement: "",
  };
}
