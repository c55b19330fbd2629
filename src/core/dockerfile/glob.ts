/** One step of a shell pattern: any run of characters, any one character, or this one. */
type Token =
  | { readonly kind: "run" }
  | { readonly kind: "any" }
  | { readonly kind: "one"; readonly char: string };

/** How much of a text a pattern matches, in characters. */
export interface MatchLengths {
  readonly shortest: number;
  readonly longest: number;
}

/**
 * A shell pattern as BuildKit's expansions have it: `*` and `?`, which match everything but line ends; a
 * backslash quotes these and itself, nothing else. Texts are arrays of characters (code points).
 *
 * All positions in the pattern are followed at once: a regular expression made of `*a*a*a*` may take for ever.
 */
export class Glob {
  readonly #tokens: readonly Token[];

  private constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** `null` for a pattern that the builder refuses. */
  static parse(pattern: string): Glob | null {
    const tokens = tokensOf([...pattern]);
    return tokens === null ? null : new Glob(tokens);
  }

  /** Of the matches that begin at `start`; `null` when there is none. */
  from(text: readonly string[], start: number): MatchLengths | null {
    return lengthsOf(this.#tokens, (index) => text[start + index], text.length - start);
  }

  /** Of the matches that end where the text ends. */
  atEnd(text: readonly string[]): MatchLengths | null {
    return lengthsOf(this.#tokens.toReversed(), (index) => text[text.length - 1 - index], text.length);
  }
}

function lengthsOf(
  tokens: readonly Token[],
  charAt: (index: number) => string | undefined,
  length: number,
): MatchLengths | null {
  let shortest: number | null = null;
  let longest = 0;
  let positions = withRuns(tokens, [0]);
  for (let read = 0; positions.length > 0; read += 1) {
    if (positions.at(-1) === tokens.length) {
      shortest ??= read;
      longest = read;
    }
    if (read === length) break;
    positions = withRuns(tokens, after(tokens, positions, charAt(read)));
  }
  return shortest === null ? null : { shortest, longest };
}

/** Where the pattern can stand after one more character; ascending. */
function after(tokens: readonly Token[], positions: readonly number[], char: string | undefined): number[] {
  return positions.flatMap((position) => {
    const token = tokens[position];
    if (token === undefined) return [];
    if (token.kind === "one") return token.char === char ? [position + 1] : [];
    if (char === "\n") return [];
    return token.kind === "run" ? [position] : [position + 1];
  });
}

/** A run may be empty: whoever stands at it stands behind it, too. */
function withRuns(tokens: readonly Token[], positions: readonly number[]): number[] {
  const all = new Set<number>();
  for (const position of positions) {
    let at = position;
    all.add(at);
    while (tokens[at]?.kind === "run") {
      at += 1;
      all.add(at);
    }
  }
  return [...all].sort((a, b) => a - b);
}

function tokensOf(characters: readonly string[]): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const char = characters[at] ?? "";
    if (char === "*") {
      if (tokens.at(-1)?.kind !== "run") tokens.push({ kind: "run" });
    } else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "\\") {
      const next = characters[at + 1] ?? "";
      // An escape that the expansion itself needed; the character behind it stands for itself.
      if (next === "}" || next === "/") continue;
      if (!["*", "?", "\\"].includes(next)) return null;
      tokens.push({ kind: "one", char: next });
      at += 1;
    } else tokens.push({ kind: "one", char });
  }
  return tokens;
}
