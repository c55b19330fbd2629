import { didYouMean } from "../core/config/suggest.ts";
import { UserError } from "../core/errors.ts";
import type { OptionSpec } from "./options.ts";

/** The arguments of one command, checked against its options. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly flag: (name: string) => boolean;
  /** The value of an option that may be given once; `null` when it was not. */
  readonly value: (name: string) => string | null;
  readonly list: (name: string) => readonly string[];
}

/** Option name → what each mention of it said: a value, or `true` where it had none. */
export type Parsed = { readonly [name: string]: readonly (string | true)[] };

/**
 * Checks what was parsed against the options of one command.
 * @throws UserError for an option that the command does not have, or that is misused.
 */
export function checkedArguments(
  parsed: Parsed,
  options: readonly OptionSpec[],
  positionals: readonly string[],
): Arguments {
  refuseUnknown(parsed, options);
  const values = new Map(options.map((option) => [option.name, valuesOf(option, parsed[option.name] ?? [])]));
  return {
    positionals,
    flag: (name) => parsed[name] !== undefined,
    value: (name) => values.get(name)?.[0] ?? null,
    list: (name) => values.get(name) ?? [],
  };
}

function refuseUnknown(parsed: Parsed, options: readonly OptionSpec[]): void {
  const names = options.map(({ name }) => name);
  const unknown = Object.keys(parsed).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const shown = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
  throw new UserError(`There is no option \`${shown}\` here.`, {
    help:
      didYouMean(
        `--${unknown}`,
        [...names, "help", "version"].map((name) => `--${name}`),
      ) ?? "`--help` lists the options.",
  });
}

function valuesOf(option: OptionSpec, mentions: readonly (string | true)[]): readonly string[] {
  if (option.kind === "flag") {
    const value = mentions.find((mention) => mention !== true);
    if (value === undefined) return [];
    throw new UserError(`\`--${option.name}\` takes no value, so \`=${value}\` is one too many.`);
  }
  const values = mentions.map((mention) => {
    if (mention !== true) return mention;
    throw new UserError(`\`--${option.name}\` needs a value: ${option.metavar ?? "VALUE"}.`);
  });
  if (option.kind === "value" && values.length > 1) {
    throw new UserError(`\`--${option.name}\` is given ${values.length} times; it can have one value.`);
  }
  if (option.choices !== undefined)
    for (const value of values) checkChoice(option, value.split("=", 1)[0] ?? "");
  return values;
}

function checkChoice(option: OptionSpec, value: string): void {
  const choices = option.choices ?? [];
  if (choices.includes(value)) return;
  throw new UserError(`\`--${option.name}\` can't be \`${value}\`.`, {
    help: didYouMean(value, choices) ?? `It is one of ${choices.join(", ")}.`,
  });
}

/** `NAME=VALUE` as two strings; the value may hold further `=`. */
export function splitPair(option: string, text: string, shape: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UserError(`\`--${option} ${text}\` is not of the form ${shape}.`);
}
