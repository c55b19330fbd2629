import { type Command, parse, type Word, type WordPart } from "unbash";
import type { SourceText } from "../../text.ts";
import { BUILTINS } from "./builtins.ts";

/** A word as the program gets it, and where it stands in the line (offsets, end exclusive). */
export interface PlainWord {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** What a shell-form ENTRYPOINT or CMD line is to the shell. */
export type LineShape =
  /** One program with words that the shell leaves as they are: what exec form would say. */
  | { readonly kind: "single"; readonly words: readonly PlainWord[] }
  /** The same behind `exec`: the program replaces the shell. `null` when the shell changes its words. */
  | { readonly kind: "exec"; readonly words: readonly PlainWord[] | null }
  /** Needs a shell; `why` names the first thing that does, as in "it uses a variable". */
  | { readonly kind: "more"; readonly why: string };

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
  return shapeOf(wordsOf(command));
}

function wordsOf(command: Command): Word[] {
  const args = command.args.map(
    (item): Word =>
      item.type === "Word"
        ? item
        : { type: "Word", text: item.text, value: item.text, pos: item.pos, end: item.end },
  );
  return command.name === undefined ? args : [command.name, ...args];
}

function shapeOf(words: readonly Word[]): LineShape {
  const unplain = words.map((word) => notPlain(word)).find((reason) => reason !== null) ?? null;
  const plain = words.map(({ value, pos, end }) => ({ value, start: pos, end }));
  const program = words[0]?.value;
  if (program === "exec") {
    if (words.length === 1 || words[1]?.value.startsWith("-") === true)
      return more("its exec names no program");
    return { kind: "exec", words: unplain === null ? plain.slice(1) : null };
  }
  if (unplain !== null) return more(unplain);
  if (program === undefined || program === "") return more("it names no program");
  if (BUILTINS.has(program)) return more(`${program} is a command of the shell itself`);
  return { kind: "single", words: plain };
}

function more(why: string): LineShape {
  return { kind: "more", why };
}

/** Why the shell would change a word; `null` when every shell only takes quotes away. */
function notPlain(word: Word): string | null {
  // bash takes `--dir=~/x` for a home folder too when the word looks like an assignment.
  if (/(^|[=:])~/.test(word.text)) return "it uses a home folder (~)";
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
      return null;
    case "AnsiCQuoted":
    case "LocaleString":
      return "it uses quotes that not every shell knows";
    case "Glob":
    case "ExtendedGlob":
      return "it uses a file name pattern";
    case "BraceExpansion":
      return "it uses braces";
    case "DoubleQuoted":
      return part.parts.map((child) => notPlainPart(child)).find((reason) => reason !== null) ?? null;
    case "SimpleExpansion":
    case "ParameterExpansion":
      return "it uses a variable";
    default:
      return "it uses the output of a command";
  }
}
