import { UserError } from "../errors.ts";
import type { Position, Range, SourceText } from "../text.ts";
import { positionAt, rangeAt, sliceSource } from "../text.ts";
import { findHeredocs, readHeredoc } from "./heredoc.ts";
import { type Line, linesOf, SourceBuilder } from "./lines.ts";
import type { Comment, Flag, Heredoc, Instruction, Problem } from "./model.ts";
import { splitWords, wordFrom, wordStart } from "./words.ts";

/** A Dockerfile as instructions with positions; no meaning yet. */
export interface ParsedDockerfile {
  readonly instructions: readonly Instruction[];
  readonly comments: readonly Comment[];
  readonly problems: readonly Problem[];
  /** `\` or a backtick, from the `# escape=` directive. */
  readonly escapeChar: string;
}

const DIRECTIVE = /^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=(.*\S)/;
const COMMENT = /^\s*#/;
const HEREDOC_KEYWORDS = new Set(["RUN", "COPY", "ADD"]);

/**
 * Splits a Dockerfile as BuildKit's parser does: continuation lines are joined, comment and blank lines
 * inside them dropped, here-documents read to their terminator.
 *
 * @throws UserError when the `escape` directive is one that the builder refuses.
 */
export function parseDockerfile(text: string, path: string): ParsedDockerfile {
  const lines = linesOf(text);
  const escapeChar = escapeDirective(lines, path);
  const reader = new Reader(lines, escapeChar);
  const instructions: Instruction[] = [];
  while (reader.more()) {
    const instruction = reader.next();
    if (instruction !== null) instructions.push(instruction);
  }
  return { instructions, comments: reader.comments, problems: reader.problems, escapeChar };
}

/** Parser directives are comments of the form `# name=value` before anything else. */
function escapeDirective(lines: readonly Line[], path: string): string {
  for (const line of lines) {
    const match = DIRECTIVE.exec(line.text);
    if (match === null) return "\\";
    if (match[1]?.toLowerCase() !== "escape") continue;
    const value = match[2]?.trim() ?? "";
    if (value === "\\" || value === "`") return value;
    throw new UserError(`The builder refuses this file: "${value}" is not an escape character.`, {
      help: "Write `# escape=\\` or `# escape=` followed by a backtick.",
      place: { path, line: line.number, column: line.column },
    });
  }
  return "\\";
}

class Reader {
  readonly comments: Comment[] = [];
  readonly problems: Problem[] = [];
  private readonly lines: readonly Line[];
  private readonly escapeChar: string;
  private readonly continuation: RegExp;
  private index = 0;

  constructor(lines: readonly Line[], escapeChar: string) {
    this.lines = lines;
    this.escapeChar = escapeChar;
    const char = escapeChar === "\\" ? "\\\\" : escapeChar;
    this.continuation = new RegExp(`(?:^|[^${char}])${char}[ \\t]*$`);
  }

  more(): boolean {
    return this.index < this.lines.length;
  }

  next(): Instruction | null {
    const line = this.lines[this.index];
    if (line === undefined) return null;
    if (line.text.trim() === "" || this.takeComment(line)) {
      this.index += 1;
      return null;
    }
    const logical = this.logicalLine();
    return this.instruction(logical);
  }

  private takeComment(line: Line): boolean {
    if (!COMMENT.test(line.text)) return false;
    const hash = line.text.indexOf("#");
    const start = { line: line.number, column: line.column + hash };
    const end = { line: line.number, column: line.column + line.text.trimEnd().length };
    this.comments.push({ range: { start, end }, text: line.text.slice(hash + 1).trim() });
    return true;
  }

  /** Joins lines until one does not end with the escape character. */
  private logicalLine(): SourceText {
    const builder = new SourceBuilder();
    let first = true;
    let open = true;
    while (open && this.index < this.lines.length) {
      const line = this.lines[this.index] as Line;
      this.index += 1;
      if (!first && (line.text.trim() === "" || this.takeComment(line))) continue;
      open = this.continuation.test(line.text);
      const kept = open ? line.text.slice(0, line.text.lastIndexOf(this.escapeChar)) : line.text;
      const skipped = first ? kept.length - kept.trimStart().length : 0;
      builder.add(kept.slice(skipped), { line: line.number, column: line.column + skipped });
      first = false;
    }
    return builder.build();
  }

  private instruction(logical: SourceText): Instruction {
    const heredocs = this.heredocs(logical);
    const last = this.lines[this.index - 1];
    const textEnd = rangeAt(logical, 0, logical.text.trimEnd().length).end;
    const end =
      heredocs.length > 0 && last !== undefined
        ? { line: last.number, column: last.column + last.text.length }
        : textEnd;
    return instructionOf(logical, this.escapeChar, heredocs, end);
  }

  private heredocs(logical: SourceText): Heredoc[] {
    if (!logical.text.includes("<<")) return [];
    const words = splitWords(logical.text, this.escapeChar);
    let keyword = words[0]?.text.toUpperCase();
    if (keyword === "ONBUILD") keyword = words[1]?.text.toUpperCase();
    if (keyword === undefined || !HEREDOC_KEYWORDS.has(keyword)) return [];
    return findHeredocs(words, this.escapeChar).map((start) => {
      const { content, next, terminated } = readHeredoc(this.lines, this.index, start, keyword !== "RUN");
      this.index = next;
      const range = rangeAt(logical, start.word.start, start.word.end);
      if (!terminated) {
        this.problems.push({ range, message: `no line with ${start.name} alone ends this here-document` });
      }
      return { name: start.name, expand: start.expand, content, range };
    });
  }
}

function instructionOf(
  logical: SourceText,
  escapeChar: string,
  heredocs: readonly Heredoc[],
  end: Position,
): Instruction {
  const keywordLength = /^\S*/.exec(logical.text)?.[0].length ?? 0;
  const keyword = logical.text.slice(0, keywordLength).toUpperCase();
  const range: Range = { start: positionAt(logical, 0), end };
  const { flags, rest } = leadingFlags(logical, keywordLength, escapeChar);
  const args = trimmed(logical, rest);
  const trigger =
    keyword === "ONBUILD" && args.text !== "" ? instructionOf(args, escapeChar, heredocs, end) : null;
  return {
    keyword,
    range,
    keywordRange: rangeAt(logical, 0, keywordLength),
    flags,
    arguments: args,
    heredocs,
    trigger,
  };
}

/** BuildKit takes the words that begin with `--` in front of the arguments as flags of the instruction. */
function leadingFlags(
  logical: SourceText,
  from: number,
  escapeChar: string,
): { flags: Flag[]; rest: number } {
  const flags: Flag[] = [];
  let rest = from;
  // Asked first: a word of the arguments may be a whole script in quotes.
  while (logical.text.startsWith("--", wordStart(logical.text, rest))) {
    const word = wordFrom(logical.text, escapeChar, rest);
    if (word === null || word.text === "--") break;
    const equals = word.text.indexOf("=");
    flags.push({
      name: word.text.slice(2, equals === -1 ? undefined : equals),
      value: equals === -1 ? null : word.text.slice(equals + 1),
      range: rangeAt(logical, word.start, word.end),
    });
    rest = word.end;
  }
  return { flags, rest };
}

function trimmed(source: SourceText, from: number): SourceText {
  const rest = source.text.slice(from);
  const start = from + (rest.length - rest.trimStart().length);
  return sliceSource(source, start, Math.max(start, from + rest.trimEnd().length));
}
