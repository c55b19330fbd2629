import { findSecrets, isSecretName, isWorthHiding, type Span } from "./find.ts";

/** The most values that are looked for wherever they stand; nobody has as many secrets in one place. */
const MOST_VALUES = 100;

/** Hides secrets: those that a text itself shows to be some, and values that are known to be. */
export class Redactor {
  readonly #values = new Set<string>();
  /** What texts were learned from, and where in them the secrets are: most of them are shown later. */
  readonly #learned = new Map<string, readonly Span[]>();

  /** Learns the secrets in a text that nobody may see whole, so that their values are hidden elsewhere too. */
  learn(text: string): void {
    if (this.#learned.has(text)) return;
    const spans = findSecrets(text);
    this.#learned.set(text, spans);
    for (const { start, end } of spans) {
      const value = text.slice(start, end);
      for (const part of new Set([value, unescaped(value), ...value.split(/[,;&\n]/)])) this.#add(part);
    }
  }

  /** Learns from values with a name, such as an environment. */
  learnNamed(values: { readonly [name: string]: string }): void {
    for (const [name, value] of Object.entries(values)) {
      if (isSecretName(name) && isWorthHiding(name, value)) this.#add(value);
      this.learn(value);
    }
  }

  /** A word of everyday language would be hidden everywhere, and nothing be understood any more. */
  #add(value: string): void {
    const isWord = /^(?:[a-z]{1,15}|[A-Z]{1,15}|[\d.]*)$/.test(value);
    if (value.length >= 8 && !isWord && this.#values.size < MOST_VALUES) this.#values.add(value);
  }

  /** The text with an asterisk for every character of a secret: nothing moves, and every column stays what it was. */
  text(text: string): string {
    let shown = text;
    for (const { start, end } of this.#learned.get(text) ?? findSecrets(text)) {
      shown = shown.slice(0, start) + stars(shown.slice(start, end)) + shown.slice(end);
    }
    for (const value of this.#values) {
      if (shown.includes(value)) shown = shown.replaceAll(value, stars(value));
    }
    return shown;
  }

  /** Plain data with every string and every key in it so; what holds no secret is the same object. */
  data<T>(value: T): T {
    return this.#data(value, new Map()) as T;
  }

  /** `seen`: reports say the same words about many things. */
  #data(value: unknown, seen: Map<string, string>): unknown {
    if (typeof value === "string") return this.#seen(value, seen);
    if (Array.isArray(value)) return this.#list(value, seen);
    if (value === null || typeof value !== "object") return value;
    return this.#object(value as { readonly [key: string]: unknown }, seen);
  }

  #object(value: { readonly [key: string]: unknown }, seen: Map<string, string>): unknown {
    let changed: Map<string, [string, unknown]> | null = null;
    for (const key in value) {
      const shown: [string, unknown] = [this.#seen(key, seen), this.#member(key, value[key], seen)];
      if (shown[0] === key && shown[1] === value[key]) continue;
      changed ??= new Map();
      changed.set(key, shown);
    }
    if (changed === null) return value;
    return Object.fromEntries(Object.entries(value).map((entry) => changed.get(entry[0]) ?? entry));
  }

  #seen(text: string, seen: Map<string, string>): string {
    const known = seen.get(text);
    if (known !== undefined) return known;
    const shown = this.text(text);
    seen.set(text, shown);
    return shown;
  }

  #list(items: readonly unknown[], seen: Map<string, string>): unknown {
    const shown = items.map((item, at) => this.#item(items[at - 1], item, seen));
    return shown.some((item, at) => item !== items[at]) ? shown : items;
  }

  /** A value is told by the word in front of it, as in `--token VALUE`. */
  #item(before: unknown, item: unknown, seen: Map<string, string>): unknown {
    const isOption = typeof before === "string" && before.startsWith("-");
    return isOption ? this.#member(before, item, seen) : this.#data(item, seen);
  }

  #member(key: string, member: unknown, seen: Map<string, string>): unknown {
    const isSecret = typeof member === "string" && isSecretName(key) && isWorthHiding(key, member);
    return isSecret ? stars(member) : this.#data(member, seen);
  }
}

/** Text of which nothing more is known, such as an error's. */
export function withoutSecrets(text: string): string {
  return new Redactor().text(text);
}

function stars(text: string): string {
  return text.replace(/[^\s]/g, "*");
}

function unescaped(value: string): string {
  return value.replace(/\\(["'\\])/g, "$1");
}
