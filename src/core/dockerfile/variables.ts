import { Glob } from "./glob.ts";
import type { Value } from "./model.ts";

/** Looks a variable up: its value, unknown and why, or `null` when it is not set. */
export type Lookup = (name: string) => Value<string> | null;

/**
 * Expands a word as BuildKit's shell lexer does: quotes are removed, `$x` and `${x...}` replaced, an unset
 * variable is empty. As soon as an unknown value takes part, the result is unknown for that reason.
 */
export function expandWord(word: string, lookup: Lookup, escapeChar: string): Value<string> {
  if (!SPECIAL.test(word)) return { known: true, value: word };
  return new Expansion(word, lookup, escapeChar).run();
}

/** What makes a word more than its characters, whichever the escape character is. */
const SPECIAL = /["'$\\`]/;

/** Longer values are not matched against patterns. */
const LONGEST_MATCHED = 500;

/** `${a:-${b:-...}}`: nobody writes more, and each level takes room on the stack. */
const DEEPEST = 200;

/**
 * The expansion that begins with the dollar sign at offset `at` of a here-document, where quotes mean nothing,
 * and the offset behind it.
 */
export function expansionAt(text: string, at: number, lookup: Lookup): { value: Value<string>; end: number } {
  return new Expansion(text, lookup, "\\", false).one(at);
}

/** Names as BuildKit reads them: letters of any script, and the special parameters (which are never set). */
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*|\p{Nd}+|[@*#?$!-]/uy;

class Expansion {
  private at = 0;
  private depth = 0;
  private why: string | null = null;
  /** Inside a pattern: an escape stays in front of what it escapes. */
  private keepsEscapes = false;
  private readonly text: string;
  private readonly lookup: Lookup;
  private readonly escapeChar: string;
  private readonly quotes: boolean;

  constructor(text: string, lookup: Lookup, escapeChar: string, quotes = true) {
    this.quotes = quotes;
    this.text = text;
    this.lookup = lookup;
    this.escapeChar = escapeChar;
  }

  run(): Value<string> {
    const value = this.until("");
    return this.why === null ? { known: true, value } : { known: false, why: this.why };
  }

  one(at: number): { value: Value<string>; end: number } {
    this.at = at;
    const value = this.dollar();
    return {
      value: this.why === null ? { known: true, value } : { known: false, why: this.why },
      end: this.at,
    };
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
      if (this.quotes && char === "'") result += this.singleQuoted(isPattern);
      else if (this.quotes && char === '"') result += this.doubleQuoted(isPattern);
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
    if (this.depth === DEEPEST) {
      this.at = this.text.length;
      this.unknown("its expansions are nested too deeply");
      return "";
    }
    this.depth += 1;
    const value = this.expansion();
    this.depth -= 1;
    return value;
  }

  private expansion(): string {
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
    const glob = this.glob(name, value, greedy ? word.slice(1) : word);
    if (glob === null) return value;
    const text = [...value];
    const found = operator === "#" ? glob.from(text, 0) : glob.atEnd(text);
    if (found === null) return value;
    const length = greedy ? found.longest : found.shortest;
    return (operator === "#" ? text.slice(length) : text.slice(0, text.length - length)).join("");
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
    const glob = this.glob(name, value, pattern);
    return glob === null ? value : replace([...value], glob, replacement, all);
  }

  /** `null`, and an unknown result, where the builder refuses the pattern, or the value is too long for it. */
  private glob(name: string, value: string, pattern: string): Glob | null {
    if (value.length > LONGEST_MATCHED) {
      this.unknown(`the value of ${name} is too long to match a pattern against`);
      return null;
    }
    const glob = Glob.parse(pattern);
    if (glob === null) this.unknown(`the builder refuses the pattern ${pattern}`);
    return glob;
  }

  private valueOf(name: string): string {
    // The shell's own parameters are nothing to the builder, whatever the base image sets.
    const value = /^(?:[@*#?$!-]|\d+)$/.test(name) ? null : this.lookup(name);
    if (value === null) return "";
    if (value.known) return value.value;
    this.unknown(value.why);
    return "";
  }

  private unknown(why: string): void {
    this.why ??= why;
  }
}

/** Replaces the longest match at the first place where there is one, or at all places, one behind the other. */
function replace(text: readonly string[], glob: Glob, replacement: string, all: boolean): string {
  let result = "";
  let at = 0;
  let end = -1;
  while (at <= text.length) {
    const length = glob.from(text, at)?.longest ?? null;
    // An empty match right behind another one does not count.
    const counts = length !== null && !(length === 0 && at === end);
    if (counts) {
      result += replacement;
      end = at + length;
      if (!all) return result + text.slice(end).join("");
    }
    const step = counts && length > 0 ? length : 1;
    if (!counts || length === 0) result += text[at] ?? "";
    at += step;
  }
  return result;
}
