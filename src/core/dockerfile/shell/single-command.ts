import { parse, type Word, type WordPart } from "unbash";
import type { SourceText } from "../../text.ts";

/** What a shell-form ENTRYPOINT or CMD line is to the shell. */
export type LineShape =
  /** One program with words that the shell leaves as they are; `argv` is what exec form would say. */
  | { readonly kind: "single"; readonly argv: readonly string[] }
  /** Begins with `exec`, and is one command: the program replaces the shell. `null` when the shell changes its words. */
  | { readonly kind: "exec"; readonly argv: readonly string[] | null }
  /** Needs a shell; `why` names the first thing that does, as in "it uses a variable". */
  | { readonly kind: "more"; readonly why: string };

/** Words that only a shell understands. */
const BUILTINS = new Set(
  ". : [ alias bg break cd command continue declare eval exit export fg getopts hash jobs local popd pushd read readonly return set shift shopt source test times trap type typeset ulimit umask unalias unset wait".split(
    " ",
  ),
);

/** Whether a shell-form line is one simple command, one that begins with `exec`, or more. */
export function singleCommand(line: SourceText): LineShape {
  const script = parse(line.text);
  if (script.errors !== undefined && script.errors.length > 0) return more("it is not valid shell");
  const statement = script.commands[0];
  if (statement === undefined) return more("it is empty");
  if (script.commands.length > 1) return more("it is more than one command");
  if (statement.background === true) return more("it starts a command in the background");
  const { command } = statement;
  if (command.type === "AndOr" || command.type === "Pipeline") return more("it is more than one command");
  if (command.type !== "Command") return more("it is not a simple command");
  if (command.prefix.some((item) => item.type === "Assignment")) return more("it sets a variable first");
  if (command.redirects.length > 0) return more("it redirects input or output");
  const words: Word[] = [];
  if (command.name !== undefined) words.push(command.name);
  for (const item of command.args) {
    if (item.type === "Word") words.push(item);
    else words.push({ type: "Word", text: item.text, value: item.text, pos: item.pos, end: item.end });
  }
  const unplain = words.map((word) => notPlain(word)).find((reason) => reason !== null) ?? null;
  const argv = words.map((word) => word.value);
  if (argv[0] === "exec") {
    if (argv.length === 1 || argv[1]?.startsWith("-") === true) return more("its exec names no program");
    return { kind: "exec", argv: unplain === null ? argv.slice(1) : null };
  }
  if (unplain !== null) return more(unplain);
  if (argv[0] === undefined || argv[0] === "") return more("it names no program");
  if (BUILTINS.has(argv[0])) return more(`${argv[0]} is a command of the shell itself`);
  return { kind: "single", argv };
}

function more(why: string): LineShape {
  return { kind: "more", why };
}

/** Why the shell would change a word; `null` when it only takes quotes away. */
function notPlain(word: Word): string | null {
  if (word.text.startsWith("~")) return "it uses a home folder (~)";
  for (const part of word.parts ?? []) {
    const reason = notPlainPart(part);
    if (reason !== null) return reason;
  }
  return null;
}

function notPlainPart(part: WordPart): string | null {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return null;
    case "Glob":
    case "ExtendedGlob":
      return "it uses a file name pattern";
    case "BraceExpansion":
      return "it uses braces";
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.map((child) => notPlainPart(child)).find((reason) => reason !== null) ?? null;
    case "SimpleExpansion":
    case "ParameterExpansion":
      return "it uses a variable";
    default:
      return "it uses the output of a command";
  }
}
