import type { Value } from "./model.ts";

/** Looks a variable up: its value, unknown and why, or `null` when it is not set. */
export type Lookup = (name: string) => Value<string> | null;

/**
 * Expands a word as BuildKit's shell lexer does: quotes are removed, `$x` and `${x...}` replaced, an unset
 * variable is empty. As soon as an unknown value takes part, the result is unknown for that reason.
 */
export function expandWord(word: string, lookup: Lookup, escapeChar: string): Value<string> {
  return new Expansion(word, lookup, escapeChar).run();
}

/** Names as BuildKit reads them: letters of any script, and the special parameters (which are never set). */
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*|\p{Nd}+|[@*#?$!-]/uy;

class Expansion {
  private at = 0;
  private why: string | null = null;
  /** Inside a pattern: an escape stays in front of what it escapes. */
  private keepsEscapes = false;
  private readonly text: string;
  private readonly lookup: Lookup;
  private readonly escapeChar: string;

  constructor(text: string, lookup: Lookup, escapeChar: string) {
    this.text = text;
    this.lookup = lookup;
    this.escapeChar = escapeChar;
  }

  run(): Value<string> {
    const value = this.until("");
    return this.why === null ? { known: true, value } : { known: false, why: this.why };
  }

  /**
   * Reads up to an unquoted `stop` character, which is left unread. In a pattern, escapes stay for its own
   * reading, and literal ones are doubled.
   */
  private until(stop: string, mode: "text" | "pattern" | "replacement" = "text"): string {
    const before = this.keepsEscapes;
    this.keepsEscapes = mode !== "text";
    const text = this.readUntil(stop, mode === "pattern");
    this.keepsEscapes = before;
    return text;
  }

  private readUntil(stop: string, isPattern: boolean): string {
    let result = "";
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (stop !== "" && char === stop) break;
      if (char === "'") result += this.singleQuoted(isPattern);
      else if (char === '"') result += this.doubleQuoted(isPattern);
      else if (char === "$") result += this.dollar();
      else if (char === this.escapeChar) {
        result += (this.keepsEscapes ? char : "") + this.text.charAt(this.at + 1);
        this.at += 2;
      } else {
        result += char;
        this.at += 1;
      }
    }
    return result;
  }

  private singleQuoted(isPattern: boolean): string {
    const close = this.text.indexOf("'", this.at + 1);
    const end = close === -1 ? this.text.length : close;
    const value = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return isPattern ? value.replaceAll(this.escapeChar, this.escapeChar.repeat(2)) : value;
  }

  private doubleQuoted(isPattern: boolean): string {
    let result = "";
    this.at += 1;
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (char === '"') break;
      if (char === "$") result += this.dollar();
      else if (char === this.escapeChar) {
        const next = this.text.charAt(this.at + 1);
        const escapes = next === '"' || next === "$" || next === this.escapeChar;
        if (escapes) result += (this.keepsEscapes ? char : "") + next;
        else result += char + (isPattern ? char : "") + next;
        this.at += 2;
      } else {
        result += char;
        this.at += 1;
      }
    }
    this.at += 1;
    return result;
  }

  private dollar(): string {
    this.at += 1;
    if (this.text.charAt(this.at) === "{") {
      this.at += 1;
      return this.braced();
    }
    const name = this.name();
    return name === "" ? "$" : this.valueOf(name);
  }

  private name(): string {
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0] ?? "";
    this.at += name.length;
    return name;
  }

  private braced(): string {
    const name = this.name();
    if (this.text.charAt(this.at) === "}") {
      this.at += 1;
      return this.valueOf(name);
    }
    const colon = this.text.charAt(this.at) === ":";
    if (colon) this.at += 1;
    const operator = this.text.charAt(this.at);
    this.at += 1;
    if (!colon && operator === "/") return this.replacePattern(name);
    const trims = !colon && (operator === "#" || operator === "%");
    const before = this.why;
    const word = this.until("}", trims ? "pattern" : "text");
    const wordWhy = this.why;
    this.why = before;
    this.at += 1;
    if (operator === "-" || operator === "+") return this.conditional(name, operator, colon, word, wordWhy);
    if (operator === "?") return this.required(name, colon, word);
    if (trims) {
      if (wordWhy !== null) this.unknown(wordWhy);
      return this.trimPattern(name, operator, word);
    }
    this.unknown(`the builder does not know the expansion of $\{${name}...}`);
    return "";
  }

  private conditional(
    name: string,
    operator: "-" | "+",
    colon: boolean,
    word: string,
    wordWhy: string | null,
  ): string {
    const value = this.lookup(name);
    if (value !== null && !value.known) {
      this.unknown(value.why);
      return "";
    }
    const set = value !== null && (!colon || value.value !== "");
    const useWord = operator === "-" ? !set : set;
    if (useWord) {
      if (wordWhy !== null) this.unknown(wordWhy);
      return word;
    }
    return operator === "-" ? (value?.value ?? "") : "";
  }

  /** `${x:?message}`: the build stops where `x` is not set. */
  private required(name: string, colon: boolean, message: string): string {
    const value = this.lookup(name);
    if (value === null || (colon && value.known && value.value === "")) {
      this.unknown(`the build stops here because ${name} is not set: ${message}`);
      return "";
    }
    return this.valueOf(name);
  }

  /** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`: the doubled operator arrives as the pattern's first character. */
  private trimPattern(name: string, operator: string, word: string): string {
    const value = this.valueOf(name);
    const greedy = word.startsWith(operator);
    const pattern = greedy ? word.slice(1) : word;
    if (operator === "#") return this.withoutMatch(value, this.expression(pattern, greedy, "^"));
    // The shortest match at the end is the leftmost one of the reversed text, as BuildKit finds it.
    const expression = this.expression(reversedPattern(pattern), greedy, "^");
    return reversed(this.withoutMatch(reversed(value), expression));
  }

  private withoutMatch(value: string, expression: RegExp | null): string {
    return expression === null ? value : value.replace(expression, "");
  }

  /** `${x/p/r}` and `${x//p/r}`; the reading position is behind the first slash. */
  private replacePattern(name: string): string {
    const all = this.text.charAt(this.at) === "/";
    if (all) this.at += 1;
    const pattern = this.until("/", "pattern");
    this.at += 1;
    const replacement = this.until("}", "replacement");
    this.at += 1;
    const value = this.valueOf(name);
    if (all && replacement.includes("$")) this.unknown("the replacement holds a dollar sign");
    const expression = this.expression(pattern, true, "", all ? "g" : "");
    if (expression === null) return value;
    let end = -1;
    return value.replace(expression, (match: string, offset: number) => {
      // An empty match right behind another one does not count.
      if (match === "" && offset === end) return "";
      end = offset + match.length;
      return replacement;
    });
  }

  /** The pattern as an expression; `null`, and an unknown result, for one that the builder refuses. */
  private expression(pattern: string, greedy: boolean, anchor: string, flags = ""): RegExp | null {
    const body = globToRegex(pattern, greedy);
    if (body === null) this.unknown(`the builder refuses the pattern ${pattern}`);
    return body === null ? null : new RegExp(`${anchor}${body}`, `${flags}u`);
  }

  private valueOf(name: string): string {
    const value = this.lookup(name);
    if (value === null) return "";
    if (value.known) return value.value;
    this.unknown(value.why);
    return "";
  }

  private unknown(why: string): void {
    this.why ??= why;
  }
}

/** Shell patterns as BuildKit has them: `*` and `?`; a backslash quotes these and itself, nothing else. */
function globToRegex(pattern: string, greedy: boolean): string | null {
  let result = "";
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const char = characters[at] ?? "";
    if (char === "*") result += greedy ? ".*" : ".*?";
    else if (char === "?") result += ".";
    else if (char === "\\") {
      const next = characters[at + 1] ?? "";
      if (next === "}" || next === "/") continue;
      if (!/^[*?\\]$/.test(next)) return null;
      result += `\\${next}`;
      at += 1;
    } else result += char.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
  }
  return result;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** A pattern from right to left, an escape still in front of what it escapes. */
function reversedPattern(pattern: string): string {
  return (pattern.match(/\\[\s\S]|[\s\S]/gu) ?? []).reverse().join("");
}
