import type { Piece, Position, SourceText } from "../text.ts";

/** One physical line: its text without the line ending, and where it stands. */
export interface Line {
  /** 1-based. */
  readonly number: number;
  /** 1-based column of the first code unit; 2 on a first line that begins with a byte order mark. */
  readonly column: number;
  readonly text: string;
  /** What ends it: `\n`, `\r\n`, or nothing at the end of the file. */
  readonly ending: "\n" | "\r\n" | "";
}

/** Splits at LF or CRLF, as the builder's scanner does, and drops a byte order mark. */
export function linesOf(text: string): Line[] {
  const parts = text.split("\n");
  const lines = parts.map((line, index): Line => {
    const returns = line.endsWith("\r");
    const ending = index === parts.length - 1 ? "" : returns ? "\r\n" : "\n";
    return { number: index + 1, column: 1, text: returns ? line.slice(0, -1) : line, ending };
  });
  const first = lines[0];
  if (first?.text.startsWith("\uFEFF")) lines[0] = { ...first, column: 2, text: first.text.slice(1) };
  if (lines.length > 1 && lines.at(-1)?.text === "") lines.pop();
  return lines;
}

/** Collects text with its way back to the file. */
export class SourceBuilder {
  private readonly parts: string[] = [];
  private readonly pieces: Piece[] = [];
  private length = 0;

  /** Appends `text`, which stands in the file at `position`. */
  add(text: string, position: Position): void {
    if (text === "" && this.pieces.length > 0) return;
    this.pieces.push({ offset: this.length, position });
    this.parts.push(text);
    this.length += text.length;
  }

  build(): SourceText {
    const pieces = this.pieces.length > 0 ? this.pieces : [{ offset: 0, position: { line: 1, column: 1 } }];
    return { text: this.parts.join(""), pieces };
  }
}
