import { existsSync } from "node:fs";
import yargs, { type Argv } from "yargs";
import { didYouMean } from "../core/config/suggest.ts";
import { UserError } from "../core/errors.ts";
import { type Arguments, checkedArguments, type Parsed } from "./arguments.ts";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "./options.ts";

/** What the command line asks for: a command with its arguments, or a text (help, version) to print. */
export type Invocation =
  | { readonly kind: "command"; readonly command: Command; readonly args: Arguments }
  | { readonly kind: "text"; readonly text: string };

/** Reads the command line. Throws a `UserError` for everything that is not understood. */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
): Invocation {
  let chosen: { command: Command; parsed: Parsed } | null = null;
  const parser = baseParser(version);
  for (const [index, command] of commands.entries()) {
    parser.command({
      // Arguments stay in `_`: as declared positionals yargs would drop a `-`.
      command: index === 0 ? [command.name, "$0"] : command.name,
      describe: command.description,
      builder: (sub: Argv) => describeCommand(sub, command, index === 0),
      handler: (parsed: Parsed) => {
        chosen = { command, parsed };
      },
    });
  }
  let text = "";
  parser.parse([...argv], {}, (error: Error | undefined, _parsed: unknown, output: string) => {
    text = output;
    if (error !== undefined && error !== null) throw new UserError(firstLine(error.message));
  });
  return invocationOf(chosen, text, commands);
}

function invocationOf(
  chosen: { command: Command; parsed: Parsed } | null,
  text: string,
  commands: readonly Command[],
): Invocation {
  if (chosen === null || text !== "") return { kind: "text", text: `${text.trimEnd()}\n` };
  const { parsed } = chosen;
  const rest = (Array.isArray(parsed._) ? parsed._ : []).map(String);
  const positionals = rest[0] === chosen.command.name ? rest.slice(1) : rest;
  const options = [...chosen.command.options, ...GLOBAL_OPTIONS];
  if (rest[0] !== chosen.command.name) refuseMistypedCommand(positionals[0], commands);
  const args = checkedArguments(parsed, options, positionals);
  checkPositionals(chosen.command, positionals);
  return { kind: "command", command: chosen.command, args };
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

function baseParser(version: string): Argv {
  return yargs([])
    .scriptName("trainlint")
    .locale("en")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "short-option-groups": false,
    })
    .usage("trainlint: what Amazon SageMaker training will do with your container\n\nUsage: $0 <command>")
    .exitProcess(false)
    .help("help")
    .alias("help", "h")
    .version(version)
    .wrap(100);
}

function describeCommand(sub: Argv, command: Command, isDefault: boolean): Argv {
  const name = isDefault ? "[lint]" : command.name;
  sub.usage(`trainlint ${name} ${command.usage}\n\n${command.description}`.replace(/ +\n/, "\n"));
  for (const option of [...command.options, ...GLOBAL_OPTIONS]) sub.option(option.name, yargsOption(option));
  for (const [example, meaning] of command.examples) sub.example(example, meaning);
  return sub;
}

function yargsOption(option: OptionSpec): object {
  const common = {
    description:
      option.metavar === undefined ? option.description : `${option.metavar}: ${option.description}`,
    ...(option.alias === undefined ? {} : { alias: option.alias }),
  };
  return option.kind === "flag"
    ? { ...common, type: "boolean" }
    : { ...common, type: "string", requiresArg: true };
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

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? text;
  return line.endsWith(".") ? line : `${line}.`;
}
