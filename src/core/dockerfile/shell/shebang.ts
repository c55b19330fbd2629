import { baseName } from "../../paths.ts";
import type { Range, SourceText } from "../../text.ts";
import { rangeAt } from "../../text.ts";

/** The first line of a script that names its interpreter. */
export interface Shebang {
  /** The path behind `#!`, as the kernel takes it. */
  readonly interpreter: string;
  /** What follows it; the kernel passes it on as one argument. */
  readonly argument: string | null;
  /** The program that reads the script in the end: behind `/usr/bin/env`, the name that `env` looks for. */
  readonly program: string;
  /** From `#!` to the end of the line, a carriage return left out. */
  readonly range: Range;
}

/** How a script begins, as far as it matters to the kernel. */
export interface ScriptHead {
  readonly shebang: Shebang | null;
  /** A byte order mark in front: the kernel then sees no `#!`. */
  readonly byteOrderMark: boolean;
  /** Blanks or empty lines in front of `#!`, which make it a comment. */
  readonly blankBefore: boolean;
  /** The first line ends with a carriage return, which the kernel takes as part of the interpreter's name. */
  readonly carriageReturn: boolean;
  /** How many lines end with a carriage return. */
  readonly carriageReturns: number;
}

const SHEBANG = /^#![ \t]*([^\s]+)[ \t]*([^\r\n]*)/;

/** How a script's text begins; `source` with its carriage returns. */
export function scriptHead(source: SourceText): ScriptHead {
  const { text } = source;
  const byteOrderMark = text.startsWith("\uFEFF");
  const blank = /^\uFEFF?(\s*)(?=#!)/.exec(text);
  const from = blank?.[0].length ?? 0;
  const firstLine = /^[^\n]*/.exec(text)?.[0] ?? "";
  return {
    shebang: shebangAt(source, from),
    byteOrderMark,
    blankBefore: blank !== null && blank[1] !== "",
    carriageReturn: firstLine.endsWith("\r"),
    carriageReturns: text.split("\r\n").length - 1,
  };
}

/** The shebang at the very start of a script; `null` without one. */
export function shebangOf(source: SourceText): Shebang | null {
  return shebangAt(source, 0);
}

function shebangAt(source: SourceText, from: number): Shebang | null {
  const match = SHEBANG.exec(source.text.slice(from, from + 512));
  if (match === null) return null;
  const interpreter = match[1] ?? "";
  const argument = (match[2] ?? "").trim();
  return {
    interpreter,
    argument: argument === "" ? null : argument,
    program: baseName(interpreter) === "env" ? behindEnv(argument) : interpreter,
    range: rangeAt(source, from, from + match[0].trimEnd().length),
  };
}

/** `env -S python3 -u`, `env A=b python3`: the first word that is neither an option nor an assignment. */
function behindEnv(argument: string): string {
  const words = argument.split(/[ \t]+/);
  return words.find((word) => word !== "" && !word.startsWith("-") && !word.includes("=")) ?? "";
}
