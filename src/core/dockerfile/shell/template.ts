import type { BraceExpansionPart, DoubleQuotedChild, HereDoc, Word, WordPart } from "unbash";
import type { Piece, Position, SourceText } from "../../text.ts";
import type { ShellGap, ShellTemplate } from "../model.ts";
import { concat, slice } from "./source.ts";

/** Longest value of a variable that is told character by character where it stands. */
const MAX_VALUE = 100_000;

/** What a word's expansions come to. */
export interface TemplateSource {
  /** The value of a part that is no plain text; `null` when it can't be told. */
  readonly expand: (part: WordPart | DoubleQuotedChild) => ShellTemplate | string | null;
  /** The path of the file whose text the part stands for, as in `$(cat job.json)`; `null` for other parts. */
  readonly fileOf: (part: WordPart | DoubleQuotedChild) => ShellTemplate | null;
}

/** What a word comes to, quotes taken off and known variables filled in; the rest stays as written, as gaps. */
export function templateOfWord(word: Word, source: SourceText, from: TemplateSource): ShellTemplate {
  const parts: readonly (WordPart | DoubleQuotedChild)[] = word.parts ?? [];
  if (parts.length === 0) return plain(unquoted(source, word.pos, word.end, /[\s\S]/));
  return joined(parts.map((part) => templateOfPart(part, source, from)));
}

/** The text of a here-document; a quoted delimiter keeps the shell from changing anything in it. */
export function templateOfHeredoc(heredoc: HereDoc, source: SourceText, from: TemplateSource): ShellTemplate {
  const { pos, end, parts } = heredoc.body;
  const literal = heredoc.delimiter?.quoted === true;
  if (literal || parts === undefined || parts.length === 0) {
    return plain(literal ? slice(source, pos, end) : unquoted(source, pos, end, /[$`\\]/));
  }
  return joined(
    parts.map((part) =>
      part.type === "Literal"
        ? plain(unquoted(source, part.pos, part.end, /[$`\\]/))
        : templateOfPart(part, source, from),
    ),
  );
}

function templateOfPart(
  part: WordPart | DoubleQuotedChild,
  source: SourceText,
  from: TemplateSource,
): ShellTemplate {
  switch (part.type) {
    case "Literal":
      return plain(unquoted(source, part.pos, part.end, /[\s\S]/));
    case "SingleQuoted":
      return plain(slice(source, part.pos + 1, part.end - 1));
    case "DoubleQuoted":
    case "LocaleString":
      return joined(
        part.parts.map((child) =>
          child.type === "Literal"
            ? plain(unquoted(source, child.pos, child.end, /["$`\\]/))
            : templateOfPart(child, source, from),
        ),
      );
    case "AnsiCQuoted":
      return standing(part.value, slice(source, part.pos, part.end));
    case "BraceExpansion":
      return braces(part, source, from);
    case "Glob":
    case "ExtendedGlob":
      return plain(slice(source, part.pos, part.end));
    default:
      return expanded(part, source, from);
  }
}

/** Braces as they stand, with what is expanded between them. */
function braces(part: BraceExpansionPart, source: SourceText, from: TemplateSource): ShellTemplate {
  const inner = part.parts ?? [];
  if (inner.length === 0) return plain(slice(source, part.pos, part.end));
  return joined([
    plain(slice(source, part.pos, part.pos + 1)),
    ...inner.map((child) => templateOfPart(child, source, from)),
    plain(slice(source, part.end - 1, part.end)),
  ]);
}

function expanded(
  part: WordPart | DoubleQuotedChild,
  source: SourceText,
  from: TemplateSource,
): ShellTemplate {
  const raw = slice(source, part.pos, part.end);
  const value = from.expand(part);
  if (typeof value === "string") return standing(value, raw);
  if (value !== null) return value;
  return { ...plain(raw), gaps: [{ start: 0, end: raw.text.length, file: from.fileOf(part) }] };
}

function plain(source: SourceText): ShellTemplate {
  return { source, gaps: [] };
}

/** A value that does not stand in the file as such: every character is told as standing where `raw` does. */
function standing(value: string, raw: SourceText): ShellTemplate {
  const position: Position = raw.pieces[0]?.position ?? { line: 1, column: 1 };
  const length = Math.min(value.length, MAX_VALUE);
  const pieces: Piece[] = [{ offset: 0, position }];
  for (let offset = 1; offset < length; offset += 1) pieces.push({ offset, position });
  return plain({ text: value, pieces });
}

function joined(templates: readonly ShellTemplate[]): ShellTemplate {
  const gaps: ShellGap[] = [];
  let length = 0;
  for (const template of templates) {
    for (const gap of template.gaps) {
      gaps.push({ ...gap, start: gap.start + length, end: gap.end + length });
    }
    length += template.source.text.length;
  }
  return { source: concat(templates.map(({ source }) => source)), gaps };
}

/**
 * `source.text.slice(start, end)` as the shell reads it: continued lines joined, and no backslash in front of what
 * `escapable` matches.
 */
function unquoted(source: SourceText, start: number, end: number, escapable: RegExp): SourceText {
  const parts: SourceText[] = [];
  let from = start;
  for (let at = start; at < end - 1; at += 1) {
    if (source.text.charAt(at) !== "\\") continue;
    const next = source.text.charAt(at + 1);
    const continued = next === "\n";
    if (continued || escapable.test(next)) {
      parts.push(slice(source, from, at));
      from = continued ? at + 2 : at + 1;
    }
    at += 1;
  }
  parts.push(slice(source, from, end));
  return concat(parts);
}
