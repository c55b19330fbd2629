import { dockerfileModel } from "../../../../../src/core/dockerfile/dockerfile.ts";
import type { DockerfileModel, ShellCommand, ShellWord } from "../../../../../src/core/dockerfile/model.ts";
import type { Range } from "../../../../../src/core/text.ts";

/** The model of a whole Dockerfile, or of instructions below `FROM debian`. */
export function modelOf(text: string): DockerfileModel {
  return dockerfileModel(/^\s*(?:FROM|ARG|#)/.test(text) ? text : `FROM scratch\n${text}`, {
    path: "Dockerfile",
  });
}

/** The commands as text; `?` where a word can't be told, `(c)` behind one that may not run. */
export function commandsOf(text: string): string[] {
  return modelOf(text).commands.map((command) => commandText(command));
}

function commandText(command: ShellCommand): string {
  return [...command.argv.map((word) => word.value ?? "?"), ...(command.conditional ? ["(c)"] : [])].join(
    " ",
  );
}

/** The command's words by name, from anywhere in the Dockerfile. */
export function wordOf(model: DockerfileModel, value: string): ShellWord {
  const word = model.commands
    .flatMap((command) => command.argv)
    .find((candidate) => candidate.value === value);
  if (word === undefined) throw new Error(`there is no word ${value}`);
  return word;
}

/** The text between two places of a file; lines end with LF. */
export function textAt(text: string, range: Range): string {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const offset = (place: Range["start"]): number => (starts[place.line - 1] ?? Number.NaN) + place.column - 1;
  return text.slice(offset(range.start), offset(range.end));
}
