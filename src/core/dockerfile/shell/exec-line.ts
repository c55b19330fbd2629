import { type AndOr, type Command, type PipelineNode, parse, type Statement, type Word } from "unbash";
import { BUILTINS } from "./builtins.ts";

/**
 * A shell line that becomes its program instead of waiting for it: `exec` in front of the last command, and `"$@"`
 * behind the words of that command, so that the shell's own arguments reach it. `null` where the last command is no
 * program (a builtin, a pipeline, a block), or is one of two that the shell chooses from.
 */
export function execLine(line: string): string | null {
  const script = parse(line);
  if (script.errors !== undefined && script.errors.length > 0) return null;
  const command = lastCommand(script.commands.at(-1));
  if (command?.name === undefined || command.prefix.length > 0) return null;
  const { name } = command;
  const hasExec = name.value === "exec";
  const program = hasExec ? firstWord(command) : name;
  if (program === undefined || program.text.startsWith("-") || BUILTINS.has(program.value)) return null;
  const end = command.args.at(-1)?.end ?? name.end;
  const passed = /\$[@*]/.test(line.slice(name.pos, end)) ? "" : ' "$@"';
  return `${line.slice(0, name.pos)}${hasExec ? "" : "exec "}${line.slice(name.pos, end)}${passed}${line.slice(end)}`.trim();
}

/** The simple command that the shell ends with, when everything before it went well. */
function lastCommand(statement: Statement | undefined): Command | undefined {
  if (statement === undefined || statement.background === true) return undefined;
  const { command } = statement;
  return simple(command.type === "AndOr" ? lastOf(command) : command);
}

function lastOf(list: AndOr): PipelineNode | undefined {
  return list.operators.every((operator) => operator === "&&") ? list.commands.at(-1) : undefined;
}

function simple(node: PipelineNode | undefined): Command | undefined {
  return node?.type === "Command" && !node.redirects.some(({ type }) => type === "HereDoc")
    ? node
    : undefined;
}

function firstWord(command: Command): Word | undefined {
  const first = command.args[0];
  return first?.type === "Word" ? first : undefined;
}
