import type { Piece, SourceText } from "../../text.ts";
import { positionAt } from "../../text.ts";
import type { Heredoc } from "../model.ts";
import { concat, slice } from "../shell/source.ts";
import { expansionAt, type Lookup } from "../variables.ts";

/**
 * The text of a file that COPY or ADD makes of a here-document: variables replaced and backslashes taken away,
 * quotes left alone; `null` where a variable is not known. What a variable stands for has its place in the file
 * where the variable is written.
 */
export function heredocText({ content, expand }: Heredoc, lookup: Lookup): SourceText | null {
  if (!expand || !/[$\\]/.test(content.text)) return content;
  const parts: SourceText[] = [];
  let from = 0;
  for (let at = 0; at < content.text.length; ) {
    const char = content.text.charAt(at);
    if (char !== "$" && char !== "\\") {
      at += 1;
      continue;
    }
    parts.push(slice(content, from, at));
    if (char === "\\") {
      from = at + 1;
      at += 2;
      continue;
    }
    const { value, end } = expansionAt(content.text, at, lookup);
    if (!value.known) return null;
    if (value.value !== "") parts.push(standingAt(value.value, content, at));
    from = end;
    at = end;
  }
  parts.push(slice(content, Math.min(from, content.text.length), content.text.length));
  return concat(parts);
}

function standingAt(text: string, source: SourceText, offset: number): SourceText {
  const position = positionAt(source, offset);
  const pieces: Piece[] = [];
  for (let index = 0; index < text.length; index += 1) pieces.push({ offset: index, position });
  return { text, pieces };
}
