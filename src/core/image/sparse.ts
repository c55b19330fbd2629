import { LIMITS, LimitError } from "./limits.ts";
import type { PaxRecord } from "./pax.ts";
import { decimalOf, numberOf, textOf } from "./tar-text.ts";

/** Where a piece of data stands in the file, and how many bytes it has; between the pieces are zeros. */
export type SparsePiece = readonly [offset: number, length: number];

/** How the data of a sparse file lies in the archive: pieces one after the other, their places known or ahead of them. */
export interface Sparse {
  /** Bytes of the file when it is unpacked. */
  readonly size: number;
  /** `null` where the list stands at the start of the data (PAX format 1.0). */
  readonly pieces: readonly SparsePiece[] | null;
}

const BLOCK = 512;

/** The pieces of an old GNU header or of one of its extension blocks; `null` when it is damaged. */
export function gnuPieces(block: Uint8Array, start: number, count: number): SparsePiece[] | null {
  const pieces: SparsePiece[] = [];
  for (let at = start; at < start + count * 24; at += 24) {
    if (block[at] === 0) break;
    const offset = numberOf(block, at, 12);
    const length = numberOf(block, at + 12, 12);
    if (offset === null || length === null || offset < 0 || length < 0) return null;
    pieces.push([offset, length]);
  }
  return pieces;
}

/** What the PAX records say about a sparse file; `null` when nothing, `"damaged"` when it makes no sense. */
export function paxSparse(records: readonly PaxRecord[]): Sparse | "damaged" | null {
  const values = new Map(records);
  const real = values.get("GNU.sparse.realsize") ?? values.get("GNU.sparse.size");
  if (real === undefined) return null;
  const size = decimalOf(real);
  if (size === null) return "damaged";
  if (values.get("GNU.sparse.major") === "1") return { size, pieces: null };
  const numbers = values.has("GNU.sparse.map")
    ? (values.get("GNU.sparse.map") ?? "").split(",").filter((number) => number !== "")
    : records.filter(([key]) => /^GNU\.sparse\.(?:offset|numbytes)$/.test(key)).map(([, value]) => value);
  const pieces = pairs(numbers.map(decimalOf));
  return pieces === null ? "damaged" : { size, pieces };
}

/** Whether the pieces stand in order inside the file and together have the bytes that the archive stores. */
export function piecesFit(sparse: Sparse, stored: number): boolean {
  if (sparse.pieces === null) return true;
  let end = 0;
  let sum = 0;
  for (const [offset, length] of sparse.pieces) {
    if (offset < end || offset + length > sparse.size) return false;
    end = offset + length;
    sum += length;
  }
  return sum === stored;
}

/** How many stored bytes must be read to know the first `length` bytes of the file. */
export function storedBytesFor(sparse: Sparse, length: number, stored: number): number {
  // The list ahead of the data has two numbers a piece; what it really takes is seen when it is read.
  if (sparse.pieces === null) return Math.min(stored, length + 64 * BLOCK);
  let needed = 0;
  for (const [offset, size] of sparse.pieces) {
    if (offset >= length) break;
    needed += Math.min(size, length - offset);
  }
  return Math.min(stored, needed);
}

/** The first bytes of the file, made of the first stored ones; `null` when the list in the data makes no sense. */
export function unfoldSparse(sparse: Sparse, stored: Uint8Array, length: number): Uint8Array | null {
  const listed = sparse.pieces === null ? listAhead(stored) : { pieces: sparse.pieces, dataAt: 0 };
  if (listed === null) return null;
  const head = new Uint8Array(Math.min(length, sparse.size));
  let from = listed.dataAt;
  for (const [offset, size] of listed.pieces) {
    if (offset >= head.length) break;
    head.set(stored.subarray(from, from + Math.min(size, head.length - offset)), offset);
    from += size;
  }
  return head;
}

/** Format 1.0: the number of pieces, then two numbers for each, one a line, filled up to whole blocks. */
function listAhead(stored: Uint8Array): { pieces: readonly SparsePiece[]; dataAt: number } | null {
  let at = 0;
  const next = (): number | null => {
    const end = stored.indexOf(0x0a, at);
    if (end === -1) return null;
    const value = decimalOf(textOf(stored, at, end));
    at = end + 1;
    return value;
  };
  const count = next();
  if (count === null) return null;
  if (count > LIMITS["sparse-pieces"].value) {
    throw new LimitError("sparse-pieces", `A sparse file has ${count} pieces`);
  }
  const numbers: (number | null)[] = [];
  for (let left = count * 2; left > 0 && at < stored.length; left -= 1) numbers.push(next());
  // A long list whose end was not read still has its first pieces; their data lies further on.
  if (numbers.length < count * 2) return null;
  const pieces = pairs(numbers);
  return pieces === null ? null : { pieces, dataAt: Math.ceil(at / BLOCK) * BLOCK };
}

function pairs(numbers: readonly (number | null)[]): SparsePiece[] | null {
  if (numbers.length % 2 !== 0) return null;
  const pieces: SparsePiece[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    const offset = numbers[at];
    const length = numbers[at + 1];
    if (offset === null || offset === undefined || length === null || length === undefined) return null;
    pieces.push([offset, length]);
  }
  return pieces;
}
