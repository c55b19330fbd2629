/** Makes a text of bytes, one character each. */
export type Latin1 = (bytes: Uint8Array, start: number, end: number) => string;

/** Bytes up to the first NUL as UTF-8; bytes that are not UTF-8 are kept one by one. */
export function textOf(bytes: Uint8Array, start: number, end: number, decode: Latin1 = latin1): string {
  const zero = bytes.indexOf(0, start);
  const latin = decode(bytes, start, zero === -1 || zero > end ? end : zero);
  if (!BEYOND_ASCII.test(latin)) return latin;
  try {
    return decodeURIComponent(
      latin.replace(/[%\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return latin;
  }
}

const BEYOND_ASCII = /[\u0080-\u00ff]/;

/** How many arguments one call gets: far below what any engine takes. */
const PIECE = 4096;

function latin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= PIECE) return fromCodes(bytes.subarray(start, end));
  let text = "";
  for (let at = start; at < end; at += PIECE)
    text += fromCodes(bytes.subarray(at, Math.min(end, at + PIECE)));
  return text;
}

function fromCodes(codes: Uint8Array): string {
  // `apply` takes anything array-like; its type does not say so.
  return String.fromCharCode.apply(null, codes as unknown as number[]);
}

/**
 * A number field: octal digits between blanks, or GNU's base-256. `null` when it is neither, or beyond what a
 * number holds exactly.
 */
export function numberOf(bytes: Uint8Array, start: number, length: number): number | null {
  const first = bytes[start] ?? 0;
  if (first >= 0x80) return base256(bytes, start, length);
  const end = start + length;
  let at = start;
  while (at < end && bytes[at] === 0x20) at += 1;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; at < end && bytes[at] !== 0; at += 1) if (bytes[at] !== 0x20) return null;
  return value;
}

function base256(bytes: Uint8Array, start: number, length: number): number | null {
  const first = bytes[start] ?? 0;
  let value = first & 0x40 ? (first & 0x7f) - 0x80 : first & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return Number.isSafeInteger(value) ? value : null;
}

/** A decimal number as PAX records have it; `null` for anything else. */
export function decimalOf(text: string): number | null {
  if (!/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** Bytes that a text takes as UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // The two halves of a pair take four bytes together.
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}
