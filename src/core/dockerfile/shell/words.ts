import type { DoubleQuotedChild, ParsedScript, Word, WordPart } from "unbash";

/** Looks a shell variable up: its value, or `null` when it can't be told. */
export type ShellLookup = (name: string) => string | null;

/** The value of a word after expansion; `null` when it can't be told without running it. */
export function wordValue(word: Word, lookup: ShellLookup): string | null {
  if (word.parts === undefined) return word.value;
  let result = "";
  for (const part of word.parts) {
    const value = partValue(part, lookup);
    if (value === null) return null;
    result += value;
  }
  return result;
}

function partValue(part: WordPart | DoubleQuotedChild, lookup: ShellLookup): string | null {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return part.value;
    case "Glob":
    case "ExtendedGlob":
    case "BraceExpansion":
      return part.text;
    case "DoubleQuoted":
    case "LocaleString": {
      const values = part.parts.map((child) => partValue(child, lookup));
      return values.includes(null) ? null : values.join("");
    }
    case "SimpleExpansion":
      return lookup(part.text.slice(1));
    case "ParameterExpansion":
      return parameterValue(part, lookup);
    default:
      return null;
  }
}

type ParameterPart = Extract<WordPart, { type: "ParameterExpansion" }>;

function parameterValue(part: ParameterPart, lookup: ShellLookup): string | null {
  if (part.prefix !== undefined || part.index !== undefined) return null;
  const value = lookup(part.parameter);
  const operation = part.operation;
  if (operation === undefined || value === null) return operation === undefined ? value : null;
  if (operation.type !== "Default") return null;
  const set = operation.operator.startsWith(":") ? value !== "" : true;
  switch (operation.operator.at(-1)) {
    case "+":
      return set ? wordValue(operation.operand, lookup) : "";
    case "?":
      return value;
    default:
      return set ? value : wordValue(operation.operand, lookup);
  }
}

/** A word with its plain brace expansions carried out: `/opt/{a,b}` is two words. */
export function expandBraces(value: string): string[] {
  const match = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(value);
  if (match === null) return [value];
  const [, before = "", list = "", after = ""] = match;
  return list.split(",").flatMap((item) => expandBraces(`${before}${item}${after}`));
}

/** The scripts inside a word's command and process substitutions. */
export function* substitutions(word: Word): Iterable<ParsedScript> {
  const queue: readonly (WordPart | DoubleQuotedChild)[] = word.parts ?? [];
  for (const part of queue) yield* scriptsOf(part);
}

function* scriptsOf(part: WordPart | DoubleQuotedChild): Iterable<ParsedScript> {
  if (part.type === "CommandExpansion" || part.type === "ProcessSubstitution") {
    if (part.script !== undefined) yield part.script;
  } else if (part.type === "DoubleQuoted" || part.type === "LocaleString") {
    for (const child of part.parts) yield* scriptsOf(child);
  }
}
