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

  /** Reads up to an unquoted `stop` character, which is left unread. */
  private until(stop: string): string {
    let result = "";
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (stop !== "" && char === stop) break;
      if (char === "'") result += this.singleQuoted();
      else if (char === '"') result += this.doubleQuoted();
      else if (char === "$") result += this.dollar();
      else if (char === this.escapeChar) {
        result += this.text.charAt(this.at + 1);
        this.at += 2;
      } else {
        result += char;
        this.at += 1;
      }
    }
    return result;
  }

  private singleQuoted(): string {
    const close = this.text.indexOf("'", this.at + 1);
    const end = close === -1 ? this.text.length : close;
    const value = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return value;
  }

  private doubleQuoted(): string {
    let result = "";
    this.at += 1;
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (char === '"') break;
      if (char === "$") result += this.dollar();
      else if (char === this.escapeChar) {
        const next = this.text.charAt(this.at + 1);
        result += next === '"' || next === "$" || next === this.escapeChar ? next : char + next;
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
    const before = this.why;
    const word = this.until(operator === "/" ? "/" : "}");
    const wordWhy = this.why;
    this.why = before;
    if (operator === "-" || operator === "+") {
      this.at += 1;
      return this.conditional(name, operator, colon, word, wordWhy);
    }
    if (operator === "?") {
      this.at += 1;
      return this.required(name, colon, word);
    }
    if (operator === "#" || operator === "%") {
      this.at += 1;
      return this.trimPattern(name, operator, word);
    }
    if (operator === "/") return this.replacePattern(name, word);
    this.at += 1;
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
  private trimPattern(name: string, operator: "#" | "%", word: string): string {
    const value = this.valueOf(name);
    const greedy = word.startsWith(operator);
    const body = globToRegex(greedy ? word.slice(1) : word, greedy);
    if (operator === "#") return value.replace(new RegExp(`^${body}`, "s"), "");
    if (greedy) return value.replace(new RegExp(`${body}$`, "s"), "");
    for (let from = value.length; from >= 0; from -= 1) {
      if (new RegExp(`^${body}$`, "s").test(value.slice(from))) return value.slice(0, from);
    }
    return value;
  }

  /** `${x/p/r}` and `${x//p/r}`; the reading position is at the slash that ends the pattern. */
  private replacePattern(name: string, pattern: string): string {
    let all = false;
    let search = pattern;
    if (search === "" && this.text.charAt(this.at) === "/") {
      all = true;
      this.at += 1;
      search = this.until("/");
    }
    this.at += 1;
    const replacement = this.until("}");
    this.at += 1;
    const value = this.valueOf(name);
    const expression = new RegExp(globToRegex(search, true), all ? "gs" : "s");
    return value.replace(expression, () => replacement);
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

/** Shell patterns as BuildKit has them: `*` and `?`, a backslash quotes. */
function globToRegex(pattern: string, greedy: boolean): string {
  let result = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === "*") result += greedy ? ".*" : ".*?";
    else if (char === "?") result += ".";
    else {
      const literal = char === "\\" && at + 1 < pattern.length ? pattern.charAt(++at) : char;
      result += literal.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
    }
  }
  return result;
}
