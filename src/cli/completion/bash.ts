import type { CompletedCommand } from "../command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "../options.ts";

/** A completion script for bash: commands, then each command's options, their values, and files. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const [first] = commands;
  return `# bash completion for trainlint
_trainlint() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="${first?.name ?? ""}" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${commands.map(({ name }) => name).join("|")}) command="$word"; break ;; esac
  done
  case "$command $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    case "$command" in
${commands.map(optionCase).join("\n")}
    esac
    return
  fi
  COMPREPLY=($(compgen -f -- "$current"))
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY+=($(compgen -W "${names}" -- "$current")); fi
${commands
  .filter(({ words }) => words !== undefined)
  .map(wordsLine)
  .join("\n")}
}
complete -o filenames -o bashdefault -F _trainlint trainlint
`;
}

function optionsOf(command: CompletedCommand): readonly OptionSpec[] {
  return [...command.options, ...GLOBAL_OPTIONS];
}

function valueCases(command: CompletedCommand): string[] {
  return optionsOf(command)
    .filter(({ kind }) => kind !== "flag")
    .map(({ name, choices, isFile }) => {
      const pattern = `    "${command.name} --${name}")`;
      if (choices !== undefined) {
        return `${pattern} COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); return ;;`;
      }
      return isFile === true
        ? `${pattern} COMPREPLY=($(compgen -f -- "$current")); return ;;`
        : `${pattern} return ;;`;
    });
}

function optionCase(command: CompletedCommand): string {
  const words = [...optionsOf(command).map(({ name }) => `--${name}`), "--help"].join(" ");
  return `      ${command.name}) COMPREPLY=($(compgen -W "${words}" -- "$current")) ;;`;
}

function wordsLine(command: CompletedCommand): string {
  const words = (command.words ?? []).join(" ");
  return `  if [[ "$command" == ${command.name} && $COMP_CWORD -gt 1 ]]; then COMPREPLY=($(compgen -W "${words}" -- "$current")); fi`;
}
