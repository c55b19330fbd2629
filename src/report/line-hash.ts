/**
 * `partialFingerprints.primaryLocationLineHash` as GitHub's upload action computes it
 * (github/codeql-action, src/fingerprints.ts): a polynomial hash over the next 100 code units that are neither
 * blank nor tab, from the start of the line on, so that it survives edits elsewhere in the file. Line ends count
 * as one `\n`; the end of the file counts as one unit 0xFFFF, then zeros. The `:n` numbers equal hashes.
 */
const BLOCK = 100;
const BASE = 37n;
const MASK = 0xffffffffffffffffn;
const END_OF_FILE = 0xffff;

/** The hash of each line of `text`; index 0 is line 1. */
export function lineHashes(text: string): string[] {
  const { units, lineStarts } = significant(text);
  const seen = new Map<string, number>();
  return lineStarts.map((start) => {
    const hash = blockHash(units, start);
    const ordinal = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, ordinal);
    return `${hash}:${ordinal}`;
  });
}

function blockHash(units: readonly number[], start: number): string {
  let hash = 0n;
  for (let index = start; index < start + BLOCK; index += 1) {
    hash = (hash * BASE + BigInt(units[index] ?? 0)) & MASK;
  }
  return hash.toString(16);
}

function significant(text: string): { units: number[]; lineStarts: number[] } {
  const units: number[] = [];
  const lineStarts: number[] = [];
  let atLineStart = true;
  const push = (unit: number): void => {
    if (atLineStart) lineStarts.push(units.length);
    atLineStart = unit === 10;
    units.push(unit);
  };
  const normalized = text.replace(/\r\n?/g, "\n");
  for (let index = 0; index < normalized.length; index += 1) {
    const unit = normalized.charCodeAt(index);
    if (unit !== 32 && unit !== 9) push(unit);
  }
  push(END_OF_FILE);
  return { units, lineStarts };
}
