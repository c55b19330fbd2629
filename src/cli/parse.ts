import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { didYouMean } from "../core/config/suggest.ts";
import { UserError } from "../core/errors.ts";
import { type Arguments, checkedArguments, type Parsed } from "./arguments.ts";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "./options.ts";

/** What the command line asks for: a command with its arguments, the help of one (or of all), or the version. */
export type Invocation =
  | { readonly kind: "command"; readonly command: Command; readonly args: Arguments }
  | { readonly kind: "help"; readonly command: Command | null }
  | { readonly kind: "version" };

/** Options that every command answers before it is run. */
const ANSWERED_FIRST: readonly OptionSpec[] = [
  { name: "help", alias: "h", kind: "flag", description: "Show help" },
  { name: "version", kind: "flag", description: "Show version number" },
];

/**
 * Reads the command line; the first command is the default.
 * @throws UserError for everything that is not understood.
 */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): Invocation {
  const { parsed, words } = split(argv, commands);
  const named = commands.find(({ name }) => name === words[0]);
  if (parsed.version?.length) return { kind: "version" };
  if (parsed.help?.length || (words.length === 1 && words[0] === "help")) {
    return { kind: "help", command: named ?? null };
  }
  const command = named ?? commands[0];
  if (command === undefined) throw new Error("there are no commands");
  const positionals = named === undefined ? words : words.slice(1);
  if (named === undefined) refuseMistypedCommand(positionals[0], commands);
  const args = checkedArguments(parsed, [...command.options, ...GLOBAL_OPTIONS], positionals);
  checkPositionals(command, positionals);
  return { kind: "command", command, args };
}

/** Words and options apart. Which word an option takes is the same in every command that has the option. */
function split(argv: readonly string[], commands: readonly Command[]): { parsed: Parsed; words: string[] } {
  const specs = [...commands.flatMap(({ options }) => options), ...GLOBAL_OPTIONS, ...ANSWERED_FIRST];
  const options = specs.map(({ name, alias, kind }) => [
    name,
    {
      type: kind === "flag" ? ("boolean" as const) : ("string" as const),
      ...(alias === undefined ? {} : { short: alias }),
    },
  ]);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(options),
    // An option that takes a value takes the next word whatever it looks like: `--args -u`.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const parsed: { [name: string]: (string | true)[] } = Object.create(null);
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    parsed[token.name] = [...(parsed[token.name] ?? []), token.value ?? true];
  }
  return { parsed, words };
}

/** Without a command's name the first word is a path: `chek` is most likely `check`, unless it is there. */
function refuseMistypedCommand(word: string | undefined, commands: readonly Command[]): void {
  if (word === undefined || !/^[a-z]+$/.test(word) || existsSync(word)) return;
  const help = didYouMean(
    word,
    commands.map(({ name }) => name),
  );
  if (help !== undefined) throw new UserError(`There is no command and no file \`${word}\`.`, { help });
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const [least, most] = command.positionals;
  if (positionals.length < least) {
    throw new UserError(`\`trainlint ${command.name}\` needs an argument: ${command.usage}`, {
      help: `\`trainlint ${command.name} --help\` shows examples.`,
    });
  }
  if (positionals.length > most) {
    const takes = most === 0 ? "takes no argument" : `takes ${command.usage}`;
    throw new UserError(
      `\`trainlint ${command.name}\` ${takes}, so \`${positionals[most]}\` is one too many.`,
    );
  }
}
