import type { ParameterExpansionPart, Word } from "unbash";
import type { ShellLookup, Variable } from "./state.ts";

/** Longest value that patterns are tried on, in UTF-16 code units. */
const MAX_PATTERN_VALUE = 512;

/** Most stars in a pattern that is tried. */
const MAX_STARS = 3;

/**
 * The value of `${...}`; `undefined` when the variable is not set.
 *
 * @param text gives the value of an operand.
 */
export function parameterValue(
  part: ParameterExpansionPart,
  lookup: ShellLookup,
  text: (word: Word) => string | null,
): Variable {
  if (part.index !== undefined || part.prefix === "!") return null;
  const value = lookup(part.parameter);
  if (part.prefix === "#") return value === null ? null : String((value ?? "").length);
  const operation = part.operation;
  if (operation === undefined || value === null) return value;
  switch (operation.type) {
    case "Default": {
      const set = value !== undefined && (!operation.operator.startsWith(":") || value !== "");
      const last = operation.operator.at(-1);
      if (last === "+") return set ? text(operation.operand) : "";
      if (set) return value;
      return last === "?" ? null : text(operation.operand);
    }
    case "Remove": {
      const pattern = text(operation.operand);
      return pattern === null ? null : removed(value ?? "", operation.operator, pattern);
    }
    case "Replace": {
      const pattern = text(operation.pattern);
      const replacement = text(operation.replacement);
      if (pattern === null || replacement === null) return null;
      return replaced(value ?? "", operation.operator, pattern, replacement);
    }
    case "Slice": {
      const offset = Number(text(operation.offset) ?? Number.NaN);
      const length =
        operation.length === undefined
          ? Number.POSITIVE_INFINITY
          : Number(text(operation.length) ?? Number.NaN);
      if (!Number.isInteger(offset) || Number.isNaN(length) || length < 0) return null;
      const whole = value ?? "";
      const from = offset < 0 ? whole.length + offset : offset;
      return from < 0 ? "" : whole.slice(from, from + length);
    }
    case "CaseModification":
      if (operation.operand !== undefined) return null;
      return changedCase(value ?? "", operation.operator);
    default:
      return null;
  }
}

function removed(value: string, operator: string, pattern: string): string | null {
  if (value.length > MAX_PATTERN_VALUE || pattern.split("*").length - 1 > MAX_STARS) return null;
  const matches = expression(pattern);
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  const order = operator.length === 2 ? lengths.reverse() : lengths;
  for (const length of order) {
    const part = operator.startsWith("#") ? value.slice(0, length) : value.slice(value.length - length);
    if (matches.test(part)) {
      return operator.startsWith("#") ? value.slice(length) : value.slice(0, value.length - length);
    }
  }
  return value;
}

function replaced(value: string, operator: string, pattern: string, replacement: string): string | null {
  if (pattern === "") return value;
  if (/[*?[\]\\]/.test(pattern)) return null;
  if (operator === "//") return value.replaceAll(pattern, () => replacement);
  if (operator === "/#") return value.startsWith(pattern) ? replacement + value.slice(pattern.length) : value;
  if (operator === "/%") {
    return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) + replacement : value;
  }
  return value.replace(pattern, () => replacement);
}

function changedCase(value: string, operator: string): string {
  if (operator === "^^") return value.toUpperCase();
  if (operator === ",,") return value.toLowerCase();
  const first = value.charAt(0);
  return (operator === "^" ? first.toUpperCase() : first.toLowerCase()) + value.slice(1);
}

/** A shell pattern as an expression for the whole text: `*`, `?` and simple brackets. */
function expression(pattern: string): RegExp {
  const body = pattern.replace(/\*+|\?|\[!?[\w.-]+\]|[\s\S]/g, (token) => {
    if (token.startsWith("*")) return "[\\s\\S]*";
    if (token === "?") return "[\\s\\S]";
    if (token.length > 1) return token.replace("[!", "[^");
    return token.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
  });
  return new RegExp(`^${body}$`);
}
