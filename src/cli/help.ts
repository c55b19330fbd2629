import yargs, { type Argv } from "yargs";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "./options.ts";

const WIDTH = 100;

/** The help of one command, or, for `null`, of the program with the default command's options. */
export async function helpText(
  command: Command | null,
  commands: readonly Command[],
  version: string,
): Promise<string> {
  const page = yargs([])
    .scriptName("trainlint")
    .locale("en")
    .help("help")
    .alias("help", "h")
    .version(version)
    .wrap(WIDTH);
  if (command === null) {
    page.usage("trainlint: what Amazon SageMaker training will do with your container");
    for (const [index, { name, description }] of commands.entries()) {
      page.command(index === 0 ? [name, "$0"] : name, description);
    }
  }
  const described = command ?? commands[0];
  if (described !== undefined) describeCommand(page, described, described === commands[0]);
  return `${(await page.getHelp()).trimEnd()}\n`;
}

function describeCommand(page: Argv, command: Command, isDefault: boolean): void {
  const name = isDefault ? "[lint]" : command.name;
  page.usage(`trainlint ${name} ${command.usage}\n\n${command.description}`.replace(" \n", "\n"));
  for (const option of [...command.options, ...GLOBAL_OPTIONS]) page.option(option.name, yargsOption(option));
  for (const [example, meaning] of command.examples) page.example(example, meaning);
}

function yargsOption(option: OptionSpec): object {
  const common = {
    description:
      option.metavar === undefined ? option.description : `${option.metavar}: ${option.description}`,
    ...(option.alias === undefined ? {} : { alias: option.alias }),
  };
  return { ...common, type: option.kind === "flag" ? "boolean" : "string" };
}
