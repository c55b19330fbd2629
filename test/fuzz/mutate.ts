import type { Random } from "./random.ts";

/** Inputs beyond this length are not made: what is looked for is odd input, not much of it. */
const MAX_LENGTH = 200_000;

type TextChange = (
  text: string,
  random: Random,
  others: readonly string[],
  words: readonly string[],
) => string;

/** Characters that parsers stumble over: ends of lines, quotes, escapes, invisible ones, half a character. */
const ODD = [
  "\0",
  "\r",
  "\r\n",
  "\n\n",
  "\t",
  "\\",
  "\\\n",
  "`",
  '"',
  "'",
  "$",
  "${",
  "}",
  "#",
  "<<",
  "[",
  "]",
  "{",
  "\uFEFF",
  "\u2028",
  "\u00a0",
  "\ud83d",
  "\udc00",
  "😀",
  "e\u0301",
  "\u001b[31m",
  "__proto__",
  "%",
  "-",
  "=",
  ":",
  ",",
];

const TEXT_CHANGES: readonly TextChange[] = [
  (text, random) => cut(text, random, ""),
  (text, random) => cut(text, random, random.pick(ODD)),
  (text, random) => insert(text, random, random.pick(ODD)),
  (text, random, _others, words) => insert(text, random, random.pick(words)),
  (text, random, _others, words) => insert(text, random, `\n${random.pick(words)} `),
  (text, random, others) => insert(text, random, piece(random.pick(others), random)),
  (text, random) => insert(text, random, piece(text, random).repeat(1 + random.below(20))),
  (text, random) => insert(text, random, random.pick(ODD).repeat(1 + random.below(300))),
  swapLines,
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text) => text.replace(/\n/g, "\r\n"),
  (text, random) => (random.below(2) === 0 ? text.toLowerCase() : text.toUpperCase()),
];

/** `text` with one to four changes. `words` are what its language is made of, `others` further inputs. */
export function mutateText(
  text: string,
  random: Random,
  others: readonly string[],
  words: readonly string[],
): string {
  let changed = text;
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    changed = random.pick(TEXT_CHANGES)(changed, random, others, words);
  }
  return changed.slice(0, MAX_LENGTH);
}

function swapLines(text: string, random: Random): string {
  const lines = text.split("\n");
  const [a, b] = [random.below(lines.length), random.below(lines.length)];
  [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
  return lines.join("\n");
}

function cut(text: string, random: Random, instead: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + instead + text.slice(at + 1 + random.below(12));
}

function insert(text: string, random: Random, what: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + what + text.slice(at);
}

function piece(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return text.slice(at, at + random.below(80));
}

type BytesChange = (bytes: Buffer, random: Random) => Buffer;

const BYTES_CHANGES: readonly BytesChange[] = [
  (bytes, random) => overwrite(bytes, random, (old) => old ^ (1 << random.below(8))),
  (bytes, random) => overwrite(bytes, random, () => random.below(256)),
  (bytes, random) => overwrite(bytes, random, () => 0x30 + random.below(10)),
  (bytes, random) => overwrite(bytes, random, () => (random.below(2) === 0 ? 0 : 0xff)),
  // Tar is made of blocks of 512 bytes: their headers are where it hurts.
  (bytes, random) => overwriteIn(bytes, 512 * random.below(Math.max(1, bytes.length >> 9)), 160, random),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => splice(bytes, random, 0),
  (bytes, random) => splice(bytes, random, 512),
];

/** `bytes` with one to four changes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    changed = random.pick(BYTES_CHANGES)(changed, random);
  }
  return changed;
}

function overwrite(bytes: Buffer, random: Random, change: (old: number) => number): Buffer {
  const at = random.below(bytes.length);
  for (let offset = at; offset < Math.min(bytes.length, at + 1 + random.below(8)); offset += 1) {
    bytes[offset] = change(bytes[offset] ?? 0);
  }
  return bytes;
}

function overwriteIn(bytes: Buffer, start: number, length: number, random: Random): Buffer {
  const at = start + random.below(length);
  if (at < bytes.length) bytes[at] = random.pick([0, 0x20, 0x2f, 0x2e, 0x37, 0x38, 0x80, 0xff]);
  return bytes;
}

/** Removes or repeats up to a few blocks of 512 bytes, or some bytes. */
function splice(bytes: Buffer, random: Random, unit: number): Buffer {
  const size = unit === 0 ? 1 : unit;
  const at = size * random.below(Math.floor(bytes.length / size) + 1);
  const length = size * random.below(4);
  const kept = [bytes.subarray(0, at), bytes.subarray(at + length)];
  const [before = Buffer.alloc(0), after = Buffer.alloc(0)] = kept;
  return random.below(2) === 0
    ? Buffer.concat([before, after])
    : Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
}
