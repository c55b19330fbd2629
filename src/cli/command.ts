import type { ExitCode } from "../core/verdict.ts";
import type { Arguments } from "./arguments.ts";
import type { CliContext } from "./context.ts";
import type { OptionSpec } from "./options.ts";

/** A command of the command line: the one place that parsing, help and completion are made from. */
export interface Command {
  readonly name: string;
  /** What stands after the name, e.g. `IMAGE...`. */
  readonly usage: string;
  readonly description: string;
  readonly options: readonly OptionSpec[];
  /** Fewest and most positional arguments. */
  readonly positionals: readonly [least: number, most: number];
  /** Words that a positional argument is completed with, instead of files; `rules` for ids and names of rules. */
  readonly words?: readonly string[] | "rules";
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly run: (args: Arguments, context: CliContext) => Promise<ExitCode>;
}

/** A command as completion scripts know it. */
export interface CompletedCommand extends Omit<Command, "words"> {
  readonly words?: readonly string[];
}
