/** A place in a text file: 1-based line, 1-based column counted in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of a text file; `end` is exclusive. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** From `offset` on (until the next piece), every code unit of the text is one column further in the file. */
export interface Piece {
  readonly offset: number;
  readonly position: Position;
}

/**
 * Text as a builder or a shell reads it, with the way back to the file it came from: joined continuation
 * lines, dropped comments and stripped tabs leave gaps, and every gap starts a new piece.
 * `pieces` is sorted by `offset` and its first entry has offset 0.
 */
export interface SourceText {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** The file position of the code unit at `offset` (0-based) of `source`. */
export function positionAt(source: SourceText, offset: number): Position {
  const piece = pieceAt(source.pieces, offset);
  return { line: piece.position.line, column: piece.position.column + (offset - piece.offset) };
}

/** The file range of `source.text.slice(start, end)`; the end is the column after its last code unit. */
export function rangeAt(source: SourceText, start: number, end: number): Range {
  const first = positionAt(source, start);
  if (end <= start) return { start: first, end: first };
  const last = positionAt(source, end - 1);
  return { start: first, end: { line: last.line, column: last.column + 1 } };
}

function pieceAt(pieces: readonly Piece[], offset: number): Piece {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && piece.offset <= offset) low = middle;
    else high = middle - 1;
  }
  return pieces[low] ?? { offset: 0, position: { line: 1, column: 1 } };
}

/** `source.text.slice(start, end)` with its own way back to the file. */
export function sliceSource(source: SourceText, start: number, end: number): SourceText {
  const inside = source.pieces
    .filter((piece) => piece.offset > start && piece.offset < end)
    .map((piece) => ({ offset: piece.offset - start, position: piece.position }));
  return {
    text: source.text.slice(start, end),
    pieces: [{ offset: 0, position: positionAt(source, start) }, ...inside],
  };
}

let last: { readonly text: string; readonly lines: readonly string[] } = { text: "", lines: [""] };

/**
 * The lines of a text, as positions count them: a lone carriage return ends none. The last text's lines are kept,
 * since a report asks for those of one file once for each finding in it.
 */
export function linesOf(text: string): readonly string[] {
  if (last.text !== text) last = { text, lines: text.split(/\r?\n/) };
  return last.lines;
}
