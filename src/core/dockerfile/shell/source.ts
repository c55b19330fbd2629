import { type Piece, positionAt, type Range, rangeAt, type SourceText } from "../../text.ts";

/** A part of `source` with its own way back to the file; costs only what the part itself holds. */
export function slice(source: SourceText, start: number, end: number): SourceText {
  const pieces: Piece[] = [{ offset: 0, position: positionAt(source, start) }];
  for (let index = firstPieceBehind(source.pieces, start); index < source.pieces.length; index += 1) {
    const piece = source.pieces[index];
    if (piece === undefined || piece.offset >= end) break;
    pieces.push({ offset: piece.offset - start, position: piece.position });
  }
  return { text: source.text.slice(start, end), pieces };
}

function firstPieceBehind(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && piece.offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The file range of `source.text.slice(start, end)` without the line ends behind it. */
export function rangeOf(source: SourceText, start: number, end: number): Range {
  // An unclosed expansion may be told to end behind the text.
  let last = Math.min(end, source.text.length);
  while (last > start && isLineEnd(source.text.charCodeAt(last - 1))) last -= 1;
  return rangeAt(source, start, last);
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

/** Puts parts of a file together, e.g. the words of `eval`. */
export function concat(parts: readonly SourceText[]): SourceText {
  const pieces: Piece[] = [];
  const texts: string[] = [];
  let length = 0;
  for (const part of parts) {
    if (part.text === "" && pieces.length > 0) continue;
    for (const piece of part.pieces) pieces.push({ offset: piece.offset + length, position: piece.position });
    texts.push(part.text);
    length += part.text.length;
  }
  if (pieces.length === 0) pieces.push({ offset: 0, position: { line: 1, column: 1 } });
  return { text: texts.join(""), pieces };
}

/**
 * `source.text.slice(start, end)` without the backslashes in front of the characters that `escapable` matches,
 * as a shell drops them inside double quotes and backticks.
 */
export function unescaped(source: SourceText, start: number, end: number, escapable: RegExp): SourceText {
  const parts: SourceText[] = [];
  let from = start;
  for (let at = start; at < end; at += 1) {
    if (source.text.charAt(at) !== "\\" || at + 1 >= end) continue;
    if (escapable.test(source.text.charAt(at + 1))) {
      parts.push(slice(source, from, at));
      from = at + 1;
    }
    at += 1;
  }
  parts.push(slice(source, from, end));
  return concat(parts);
}

/** A whole text file of its own as `SourceText`: every line a piece, carriage returns left in place. */
export function wholeText(text: string): SourceText {
  const pieces: Piece[] = [{ offset: 0, position: { line: 1, column: 1 } }];
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    line += 1;
    if (at + 1 < text.length) pieces.push({ offset: at + 1, position: { line, column: 1 } });
  }
  return { text, pieces };
}
