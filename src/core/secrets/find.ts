import { hasMark, isRandom, PRIVATE_KEY, REFERENCE, WHOLE_SECRETS } from "./forms.ts";

/** A stretch of a text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What a text must have for a secret to be in it. Most texts have none of it, and are looked at no further.
 */
const HINT =
  /passw|pass(?:phrase)?[_="': ]|pwd|secret|token|key|credential|auth|bearer|:\/\/|@|akia|asia|hf_|gh[pousr]_|glpat-|xox[abprs]-|sk-/i;

/** The ends of names whose values are nobody's business. */
const NAME_END =
  /(?:password|passwd|passphrase|pass|pwd|secret|token|key|credentials?|auth)(?![A-Za-z0-9])/gi;

const SECRET_END = /(?:pass|passwd|passphrase|password|pwd|secret|token|key|credentials?|auth)$/i;

/** The longest name that is looked at, and the longest value that is hidden, in characters. */
const LONGEST_NAME = 100;
const LONGEST_VALUE = 4096;

/**
 * The secrets in a text of any kind (a Dockerfile, a request, a command line, an engine's words), sorted. Finding
 * one too many costs a reader a word, finding one too few gives it away: so this takes more for a secret than a
 * rule does.
 */
export function findSecrets(text: string): readonly Span[] {
  if (!HINT.test(text)) return [];
  return merged([
    ...knownForms(text),
    ...privateKeys(text),
    ...passwordsOfAddresses(text),
    ...headers(text),
    ...named(text),
  ]);
}

function* knownForms(text: string): Generator<Span> {
  for (const form of WHOLE_SECRETS) {
    if (!hasMark(text, form)) continue;
    for (const match of text.matchAll(form.pattern))
      yield { start: match.index, end: match.index + match[0].length };
  }
}

/** What stands between the lines that begin and end a key; all that looks like it where the end is missing. */
function* privateKeys(text: string): Generator<Span> {
  if (!hasMark(text, PRIVATE_KEY)) return;
  for (const {
    index,
    0: { length },
  } of text.matchAll(PRIVATE_KEY.pattern)) {
    const start = index + length;
    const end = text.indexOf("-----END", start);
    yield {
      start,
      end: end === -1 ? start + (/^[\w+/=\s\\:,-]*/.exec(text.slice(start))?.[0].length ?? 0) : end,
    };
  }
}

function* passwordsOfAddresses(text: string): Generator<Span> {
  if (!text.includes("@")) return;
  for (const match of text.matchAll(/(:\/\/[^\s/@:"'`]*:)([^\s/"'`]+)@/g)) {
    const [, before = "", password = ""] = match;
    const start = match.index + before.length;
    if (!/^[$<{*]/.test(password)) yield { start, end: start + password.length };
  }
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const password = passwordBefore(text, at);
    if (password !== null) yield password;
  }
}

/** `user:password@host` without a scheme; what stands in front of `@` may also be an image's tag. */
function passwordBefore(text: string, end: number): Span | null {
  let start = end;
  while (start > 0 && end - start < LONGEST_NAME && /[^\s@/:"'`]/.test(text.charAt(start - 1))) start -= 1;
  const hasUser = /[\w.+-]:$/.test(text.slice(Math.max(0, start - 2), start));
  const isTag = /^@sha\d/.test(text.slice(end, end + 5));
  return hasUser && !isTag && end - start >= 6 && /[0-9]/.test(text.slice(start, end))
    ? { start, end }
    : null;
}

/** `Authorization: Basic ...`, `Bearer ...`. */
function* headers(text: string): Generator<Span> {
  for (const match of text.matchAll(/\b((?:bearer|basic)\s{1,8})([\w.~+/-]{8,}={0,2})/gi)) {
    const [, before = "", value = ""] = match;
    const start = match.index + before.length;
    if (/[0-9=]/.test(value) || value.length >= 20) yield { start, end: start + value.length };
  }
}

/** Values whose name says that they are secret. */
function* named(text: string): Generator<Span> {
  for (const match of text.matchAll(NAME_END)) {
    const end = match.index + match[0].length;
    const name = nameEndingAt(text, end);
    // A part of an ARN or a label is no name.
    if (!isSecretName(name) || text.charAt(end - name.length - 1) === ":") continue;
    const value = valueBehind(text, end, name);
    if (value !== null && isWorthHiding(name, text.slice(value.start, value.end))) yield value;
  }
}

function nameEndingAt(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < LONGEST_NAME && /[\w.-]/.test(text.charAt(start - 1))) start -= 1;
  return text.slice(start, end);
}

/** `DB_PASSWORD`, `--token`, `apiKey`, `PGPASSWORD`; not `tokenizer`, `monkey`, `compass`. */
export function isSecretName(name: string): boolean {
  if (!SECRET_END.test(name)) return false;
  const snake = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  return (
    /passw(?:or)?d$/i.test(name) ||
    /(?:^|[_.-])(?:passphrase|pass|pwd|secret|token|key|credentials?|auth)$/i.test(snake)
  );
}

/** Where the value of a name stands in the notations that there are; `null` where none follows. */
function valueBehind(text: string, end: number, name: string): Span | null {
  const separator =
    // NAME=value, "name": "value", name: value, and the pair of members {"Key": name, "Value": value}.
    matchAt(/\\?["']?[ \t]*(?::=|=>|[=:])[ \t]*/y, text, end) ??
    matchAt(
      /\\?["']?\s{0,40}(?:[,;]\s{0,40})?(?:-\s)?\\?["']?value\\?["']?\s{0,9}[=:]\s{0,9}/iy,
      text,
      end,
    ) ??
    (name.startsWith("-") ? matchAt(/\\?["']\s*,\s*(?=\\?["'])|[ \t]+|\n[ \t]*-[ \t]+/y, text, end) : null);
  if (separator !== null) return valueAt(text, end + separator.length);
  // ENV NAME value, the old way.
  const before = text.slice(Math.max(0, end - name.length - 20), end - name.length);
  const blanks = /(?:^|\n)[ \t]*(?:env|label)[ \t]+$/i.test(before) ? matchAt(/[ \t]+/y, text, end) : null;
  if (blanks === null) return null;
  const start = end + blanks.length;
  return { start, end: start + (matchAt(/[^\r\n]*/y, text, start)?.trimEnd().length ?? 0) };
}

function valueAt(text: string, start: number): Span | null {
  const quote = matchAt(/\\?["']/y, text, start) ?? "";
  const from = start + quote.length;
  if (quote !== "") {
    const close = text.indexOf(quote, from);
    const lineEnd = text.indexOf("\n", from);
    const stop = [close, lineEnd].filter((at) => at !== -1);
    return { start: from, end: Math.min(from + LONGEST_VALUE, text.length, ...stop) };
  }
  const bare = matchAt(/[^\s"'`]+/y, text, from)?.slice(0, LONGEST_VALUE);
  return bare === undefined ? null : { start: from, end: from + bare.replace(/[),.:;\]}]{1,8}$/, "").length };
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** Short words, numbers, placeholders, and names of where a secret is kept are no secrets. */
export function isWorthHiding(name: string, value: string): boolean {
  if (/^[A-Za-z0-9+/]{40}$/.test(value)) return true;
  if (value.length < 6 || REFERENCE.test(value)) return false;
  if (/^(?:[\d.,]+$|\*+$|[<[{%|]|(?:null|none|true|false)$)/i.test(value)) return false;
  if (/token$/i.test(name)) return value.length >= 12 || (value.length >= 8 && /[0-9]/.test(value));
  // Most keys are names; of these one knows better.
  return !/key$/i.test(name) || /(?:api|secret|private|access)[_-]?key$/i.test(name) || isRandom(value);
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (span.end <= span.start) continue;
    if (last === undefined || span.start >= last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { start: last.start, end: span.end };
  }
  return result;
}
