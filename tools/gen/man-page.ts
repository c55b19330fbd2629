import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "../../src/cli/options.ts";

const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, "Nothing at or above the threshold."],
  [1, "Findings at or above it."],
  [2, "The input or the options are wrong; the message says where."],
  [3, "Something around trainlint is missing or broke: no engine, a full disk."],
  [4, "A bug in trainlint; all other findings are still reported."],
];

/** The manual page, in the macros of man(7), from the same commands that parsing, help and completion are made from. */
export function manPage(version: string): string {
  return `${[
    `.TH TRAINLINT 1 "" "trainlint ${version}" "User Commands"`,
    ".SH NAME",
    "trainlint \\- what Amazon SageMaker training will do with your container",
    ".SH SYNOPSIS",
    ...COMMANDS.flatMap((command, index) => [".B trainlint", synopsis(command, index === 0), ".br"]).slice(
      0,
      -1,
    ),
    ".SH DESCRIPTION",
    "trainlint reads the Dockerfile, looks into the built image, starts the container as SageMaker does, stops it,",
    "and judges what happens, before the image is pushed.",
    ".SH COMMANDS",
    ...COMMANDS.flatMap((command, index) => commandLines(command, index === 0)),
    ".SH OPTIONS OF ALL COMMANDS",
    ...GLOBAL_OPTIONS.flatMap(optionLines),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => [".TP", `.B ${code}`, escaped(meaning)]),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR, FORCE_COLOR",
    "No colour, or colour where the output is no terminal.",
    ".TP",
    ".B DOCKER_HOST",
    "The engine's address.",
    ".TP",
    ".B TRAINLINT_DEBUG",
    "Shows stacks of errors inside trainlint, as \\-\\-verbose does.",
    ".TP",
    ".B TRAINLINT_NO_CACHE",
    "Set to anything, keeps no compiled code; see FILES.",
    ".TP",
    ".B TRAINLINT_ENGINE_TIMEOUT",
    "Seconds that a smoke run waits for an answer of the engine; 30 by default.",
    ".SH FILES",
    ".TP",
    ".B .trainlint.yaml",
    "Configuration; the nearest one from the folder of a file upwards counts.",
    ".TP",
    ".B $XDG_CACHE_HOME/trainlint, ~/.cache/trainlint, %LOCALAPPDATA%/trainlint",
    "trainlint's own code as Node has compiled it, for a faster start. It may be removed at any time.",
  ].join("\n")}\n`;
}

function synopsis({ name, usage }: Command, isDefault: boolean): string {
  return escaped(`${isDefault ? `[${name}]` : name} ${usage}`.trim());
}

function commandLines(command: Command, isDefault: boolean): string[] {
  const examples = command.examples.flatMap(([example, meaning]) => [
    ".TP",
    `.B ${escaped(example)}`,
    escaped(meaning),
  ]);
  return [
    `.SS ${synopsis(command, isDefault)}`,
    `${escaped(command.description)}.`,
    ...command.options.flatMap(optionLines),
    ".PP",
    "Examples:",
    ...examples,
  ];
}

function optionLines({ name, alias, metavar, description }: OptionSpec): string[] {
  const words = [...(alias === undefined ? [] : [`-${alias}`]), `--${name}`].join(", ");
  return [
    ".TP",
    `.B ${escaped(metavar === undefined ? words : `${words} ${metavar}`)}`,
    escaped(description),
  ];
}

/** Text as text: no escapes, no requests, hyphens that can be searched for and copied. */
function escaped(text: string): string {
  const shown = text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("`", "\\(ga");
  return /^[.']/.test(shown) ? `\\&${shown}` : shown;
}
