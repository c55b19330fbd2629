import type { CommandLine, DockerfileModel, Instruction } from "../dockerfile/model.ts";
import { execLine } from "../dockerfile/shell/exec-line.ts";
import { type PlainWord, singleCommand } from "../dockerfile/shell/single-command.ts";
import { textOf } from "../edit.ts";
import type { Fix } from "../finding.ts";
import { baseName } from "../paths.ts";
import { type Range, rangeAt } from "../text.ts";
import { repairArray } from "./repair-array.ts";

/**
 * The change that makes an exec form of a shell-form ENTRYPOINT; `null` where only its writer knows what was meant.
 * It is safe where the shell does nothing but start one program; else the shell stays, and becomes the program.
 */
export function execFormFix(
  dockerfile: DockerfileModel,
  command: CommandLine,
  instruction: Instruction,
): Fix | null {
  if (command.line === null || instruction.heredocs.length > 0) return null;
  if (command.brokenExecForm !== null) return repairedArray(dockerfile, instruction);
  const shell = command.argv.slice(0, -1);
  const shape = singleCommand(command.line);
  if (shape.kind !== "more" && shape.words !== null && startsPrograms(shell, dockerfile)) {
    return fixOf(
      dockerfile,
      instruction,
      "Write the exec form",
      true,
      arrayOf(dockerfile, instruction, shape.words),
    );
  }
  return throughShell(dockerfile, instruction, shell, command.line.text);
}

function repairedArray(dockerfile: DockerfileModel, instruction: Instruction): Fix | null {
  const repaired = repairArray(instruction.arguments.text);
  if (repaired === null) return null;
  const array = arrayOf(dockerfile, instruction, repaired.words);
  const fix = fixOf(dockerfile, instruction, "Write a JSON array of strings", repaired.certain, array);
  if (repaired.comment === null) return fix;
  const start = { line: instruction.range.start.line, column: 1 };
  const newline = dockerfile.text.includes("\r\n") ? "\r\n" : "\n";
  const comment = { range: { start, end: start }, replacement: `${repaired.comment}${newline}` };
  return { ...fix, edits: [comment, ...fix.edits] };
}

/**
 * Whether a shell with these words starts one plain command as the engine would: no login shell, no profile read.
 * bash reads BASH_ENV, which an image that is not known may set.
 */
function startsPrograms(shell: readonly string[], dockerfile: DockerfileModel): boolean {
  const name = baseName(shell[0] ?? "");
  const words = shell.slice(1).filter((word, index, all) => word !== "pipefail" || all[index - 1] !== "-o");
  if (words.at(-1)?.endsWith("c") !== true || !words.every((word) => /^-[ceuxo]+$/.test(word))) return false;
  if (name === "sh" || name === "dash" || name === "ash") return true;
  const { env, envComplete } = dockerfile.config;
  return name === "bash" && envComplete.known && !env.has("BASH_ENV");
}

/** A comment between the words would be lost, so that the fix is left to the writer. */
function throughShell(
  dockerfile: DockerfileModel,
  instruction: Instruction,
  shell: readonly string[],
  line: string,
): Fix | null {
  const name = baseName(shell[0] ?? "");
  if (!/^(ba|da|a|z)?sh$/.test(name) || !/^-[a-z]*c$/.test(shell.at(-1) ?? "")) return null;
  if (hasComment(dockerfile, argumentsRange(instruction))) return null;
  const exec = execLine(line);
  if (exec === null) return null;
  const array = [...shell, exec, name].map((word) => JSON.stringify(word)).join(", ");
  return fixOf(dockerfile, instruction, "Let the shell become the program", false, `[${array}]`);
}

function fixOf(
  { path }: DockerfileModel,
  instruction: Instruction,
  description: string,
  safe: boolean,
  replacement: string,
): Fix {
  return { description, safe, path, edits: [{ range: argumentsRange(instruction), replacement }] };
}

function argumentsRange({ arguments: source }: Instruction): Range {
  return rangeAt(source, 0, source.text.length);
}

function hasComment({ comments }: DockerfileModel, { start, end }: Range): boolean {
  return comments.some(({ range }) => range.start.line > start.line && range.end.line < end.line);
}

/** The words (offsets in the instruction's arguments) as a JSON array that keeps the lines and comments between them. */
function arrayOf(
  { text }: DockerfileModel,
  { arguments: source }: Instruction,
  words: readonly PlainWord[],
): string {
  const ranges = words.map(({ start, end }) => rangeAt(source, start, end));
  const first = ranges[0];
  const head = first === undefined ? "" : gap(text, rangeAt(source, 0, 0), first);
  const elements = words.map(({ value }, index) => {
    const [here, next] = [ranges[index], ranges[index + 1]];
    const between = here === undefined || next === undefined ? "" : gap(text, here, next) || " ";
    return `${JSON.stringify(value)}${next === undefined ? "" : `,${between}`}`;
  });
  return `[${head}${elements.join("")}]`;
}

/** What stands between two ranges from the first line break on; "" where they are on one line. */
function gap(text: string, left: Range, right: Range): string {
  if (left.end.line === right.start.line) return "";
  const between = textOf(text, { start: left.end, end: right.start });
  const tail = between.search(/[^\s,][ \t]*\r?\n/);
  return tail < 0 ? "" : ` ${between.slice(tail)}`;
}
