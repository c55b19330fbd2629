import type { Position } from "../text.ts";

/** A shell word without its quotes, and where each of its code units stands in the file. */
export interface Unquoted {
  readonly text: string;
  readonly positions: readonly Position[];
  /** Whether a variable or a command's output is part of it; it stands in `text` as written. */
  readonly open: boolean;
  /** Offsets in `text` of backslashes that end a line inside of single quotes. */
  readonly backslashes: readonly number[];
}

/**
 * Takes the quotes off a word as POSIX shells do, expanding nothing: `$NAME`, `${NAME}` and `$(...)` stay as they
 * are written. `start` is the place of the word's first code unit.
 */
export function unquote(raw: string, start: Position): Unquoted {
  const positions: Position[] = [];
  const backslashes: number[] = [];
  let text = "";
  let open = false;
  let quote: "'" | '"' | null = null;
  let line = start.line;
  let column = start.column;
  const step = (count: number) => {
    for (let passed = 0; passed < count; passed += 1) {
      if (raw[at] === "\n") {
        line += 1;
        column = 1;
      } else column += 1;
      at += 1;
    }
  };
  const keep = (count: number) => {
    for (let kept = 0; kept < count; kept += 1) {
      positions.push({ line, column });
      text += raw[at] ?? "";
      step(1);
    }
  };
  let at = 0;
  while (at < raw.length) {
    const char = raw[at] ?? "";
    const next = raw[at + 1] ?? "";
    if (quote === "'") {
      if (char === "'") {
        quote = null;
        step(1);
      } else {
        if (char === "\\" && next === "\n") backslashes.push(text.length);
        keep(1);
      }
    } else if (char === "'" && quote === null) {
      quote = "'";
      step(1);
    } else if (char === '"') {
      quote = quote === null ? '"' : null;
      step(1);
    } else if (char === "\\" && next === "\n") step(2);
    else if (char === "\\" && (quote === null || /["\\$`]/.test(next))) {
      step(1);
      keep(1);
    } else if (char === "`" || (char === "$" && /[A-Za-z_({@*#?]/.test(next))) {
      open = true;
      keep(expansionLength(raw, at));
    } else keep(1);
  }
  return { text, positions, open, backslashes };
}

/** How far the end of an expansion is looked for; without a bound, many unclosed ones take quadratic time. */
const MAX_EXPANSION = 4096;

/** Length of the expansion at `at`: up to the matching bracket, or the end of the name. */
function expansionLength(raw: string, at: number): number {
  if (raw[at] === "`") {
    const end = raw.slice(0, at + MAX_EXPANSION).indexOf("`", at + 1);
    return end === -1 ? 1 : end + 1 - at;
  }
  const opening = raw[at + 1] ?? "";
  if (opening !== "(" && opening !== "{")
    return /^\$(?:\w+|.)/.exec(raw.slice(at, at + 200))?.[0].length ?? 1;
  const closing = opening === "(" ? ")" : "}";
  let depth = 0;
  const limit = Math.min(raw.length, at + MAX_EXPANSION);
  for (let end = at + 1; end < limit; end += 1) {
    if (raw[end] === opening) depth += 1;
    else if (raw[end] === closing) depth -= 1;
    if (depth === 0) return end + 1 - at;
  }
  return 1;
}
