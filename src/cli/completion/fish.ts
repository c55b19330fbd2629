import type { CompletedCommand } from "../command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "../options.ts";

/** A completion script for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const lines = commands.flatMap((command) => [
    `complete -c trainlint -n "not __fish_seen_subcommand_from ${names}" -a ${command.name} -d ${quoted(command.description)}`,
    ...(command.words ?? []).map(
      (word) => `complete -c trainlint -f -n "__fish_seen_subcommand_from ${command.name}" -a ${word}`,
    ),
    ...command.options.map((option) => optionLine(option, condition(command, commands, names))),
  ]);
  const global = GLOBAL_OPTIONS.map((option) => optionLine(option, ""));
  return `# fish completion for trainlint\n${[...lines, ...global].join("\n")}\n`;
}

/** The default command's options are also offered where no command was typed. */
function condition(command: CompletedCommand, commands: readonly CompletedCommand[], names: string): string {
  const seen = `__fish_seen_subcommand_from ${command.name}`;
  const test = command === commands[0] ? `${seen}; or not __fish_seen_subcommand_from ${names}` : seen;
  return ` -n "${test}"`;
}

function optionLine({ name, kind, description, choices, isFile, alias }: OptionSpec, when: string): string {
  const short = alias === undefined ? "" : ` -s ${alias}`;
  const value = kind === "flag" ? "" : isFile === true ? " -r -F" : " -x";
  const words = choices === undefined ? "" : ` -a ${quoted(choices.join(" "))}`;
  return `complete -c trainlint${when} -l ${name}${short}${value}${words} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
