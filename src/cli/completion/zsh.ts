import type { CompletedCommand } from "../command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "../options.ts";

/** A completion script for zsh, for a file `_trainlint` on `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const [first] = commands;
  return `#compdef trainlint
_trainlint() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    '${name}:${quoted(description)}'`).join("\n")}
  )
  local command=\${\${words[2,CURRENT-1]}[(r)(${commands.map(({ name }) => name).join("|")})]:-${first?.name ?? ""}}
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe command commands
  fi
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
_trainlint "$@"
`;
}

function commandCase(command: CompletedCommand): string {
  const specs = [...command.options, ...GLOBAL_OPTIONS].map((option) => `      ${optionSpec(option)} \\`);
  const rest = command.words === undefined ? "'*:file:_files'" : `'*:word:(${command.words.join(" ")})'`;
  return [
    `    ${command.name})`,
    "      _arguments \\",
    ...specs,
    `      '--help[Show help]' ${rest} ;;`,
  ].join("\n");
}

function optionSpec({ name, kind, description, choices, isFile, metavar }: OptionSpec): string {
  const many = kind === "list" ? "*" : "";
  const label = `'${many}--${name}[${quoted(description)}]`;
  if (kind === "flag") return `${label}'`;
  const action = choices !== undefined ? `(${choices.join(" ")})` : isFile === true ? "_files" : "";
  return `${label}:${quoted(metavar ?? "value")}:${action}'`;
}

/** For single quotes, inside of \`[...]\` and between colons. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''").replace(/[[\]:]/g, (mark) => `\\${mark}`);
}
