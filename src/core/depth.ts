/**
 * Nesting at which text is refused unread. The parsers recurse, and a stack that runs out inside of them may end
 * the process instead of throwing; a request is seven levels deep.
 */
export const UNREADABLE_DEPTH = 400;

/** What is wrong with such a text. */
export const TOO_DEEP = `values nest more than ${UNREADABLE_DEPTH} levels deep`;

/**
 * Where text nests so deep that it must not reach a parser; `null` where it does not. Counts brackets wherever
 * they stand and, for YAML, indentation and the `- ` and `? ` that open a block, so it may count too much by far
 * less than what lies between a request and the limit.
 */
export function tooDeepAt(text: string): number | null {
  return bracketsTooDeep(text) ?? blocksTooDeep(text);
}

/** Whether JSON nests deeper than `most`; brackets in strings do not count. */
export function jsonIsDeeper(text: string, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (inString) {
      if (char === "\\") at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      depth += 1;
      if (depth > most) return true;
    } else if (char === "}" || char === "]") depth -= 1;
  }
  return false;
}

function bracketsTooDeep(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "{" || char === "[") {
      depth += 1;
      if (depth > UNREADABLE_DEPTH) return at;
    } else if ((char === "}" || char === "]") && depth > 0) depth -= 1;
  }
  return null;
}

function blocksTooDeep(text: string): number | null {
  const columns: number[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    let column = 0;
    while (line.charAt(column) === " ") column += 1;
    if (column < line.length) {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
      while (/[-?:]/.test(line.charAt(column)) && line.charAt(column + 1) === " ") {
        column += 2;
        columns.push(column);
        if (columns.length > UNREADABLE_DEPTH) return start + column;
      }
      if (columns.length > UNREADABLE_DEPTH) return start + column;
    }
    start += line.length + 1;
  }
  return null;
}
