import type { RuleCatalog } from "./config/catalog.ts";
import type { Comment, DockerfileModel, Instruction } from "./dockerfile/model.ts";
import type { Finding } from "./finding.ts";
import { type Position, type Range, rangeAt, type SourceText } from "./text.ts";

/** How far an ignore comment reaches. */
export type IgnoreScope = "instruction" | "stage" | "file";

/** One `# trainlint ignore=...` comment. */
export interface Ignore {
  readonly scope: IgnoreScope;
  /** The ids of the rules it names; words that name no rule are remarks instead. */
  readonly ruleIds: readonly string[];
  /** Last day on which it counts, YYYY-MM-DD; `null` for ever. */
  readonly until: string | null;
  /** The words after `--`. */
  readonly reason: string | null;
  /** The comment. */
  readonly range: Range;
  /** The lines that it covers, both inclusive. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Something about an ignore comment that its writer should know. */
export type IgnoreRemark =
  | { readonly kind: "malformed"; readonly range: Range; readonly why: string }
  | {
      readonly kind: "unknown-rule";
      readonly range: Range;
      readonly word: string;
      readonly suggestion: string | null;
    }
  | { readonly kind: "other-subject"; readonly range: Range; readonly ruleId: string }
  | { readonly kind: "unused"; readonly range: Range; readonly ruleId: string }
  | {
      readonly kind: "expired";
      readonly range: Range;
      readonly until: string;
      readonly ruleIds: readonly string[];
    }
  | { readonly kind: "no-reason"; readonly range: Range };

export interface IgnoreOptions {
  /** YYYY-MM-DD; ignores whose `until` is earlier no longer count. */
  readonly today: string;
  readonly requireReason: boolean;
  /** Whether a rule judged the Dockerfile: an ignore of one that could not is not called unused. */
  readonly ran: (ruleId: string) => boolean;
  /** The line that a finding about the image built from the Dockerfile comes from; `null` for all other findings. */
  readonly imageLine?: (finding: Finding) => number | null;
}

export interface IgnoreResult {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly reason: string | null }[];
  readonly remarks: readonly IgnoreRemark[];
}

/** Takes out the findings of one Dockerfile, and of the image built from it, that the file's own comments ignore. */
export function applyIgnores(
  model: DockerfileModel,
  findings: readonly Finding[],
  catalog: RuleCatalog,
  options: IgnoreOptions,
): IgnoreResult {
  const { ignores, remarks } = readIgnores(model, catalog);
  const kept: Finding[] = [];
  const suppressed: { finding: Finding; reason: string | null }[] = [];
  const used = new Map<Ignore, Set<string>>();
  const counting = ignores.filter((ignore) => counts(ignore, options, remarks));
  for (const finding of findings) {
    const line = lineOf(finding, model.path) ?? options.imageLine?.(finding) ?? null;
    const ignore = counting.find((candidate) => covers(candidate, finding.ruleId, line));
    if (ignore === undefined) {
      kept.push(finding);
      continue;
    }
    suppressed.push({ finding, reason: ignore.reason });
    used.set(ignore, (used.get(ignore) ?? new Set()).add(finding.ruleId));
  }
  for (const ignore of counting) {
    for (const ruleId of ignore.ruleIds) {
      if (used.get(ignore)?.has(ruleId) === true || !options.ran(ruleId)) continue;
      remarks.push({ kind: "unused", range: ignore.range, ruleId });
    }
  }
  return { kept, suppressed, remarks };
}

/** An ignore without the reason that is asked for, or past its day, does not count. */
function counts(ignore: Ignore, options: IgnoreOptions, remarks: IgnoreRemark[]): boolean {
  if (ignore.until !== null && ignore.until < options.today) {
    remarks.push({ kind: "expired", range: ignore.range, until: ignore.until, ruleIds: ignore.ruleIds });
    return false;
  }
  if (options.requireReason && ignore.reason === null) {
    remarks.push({ kind: "no-reason", range: ignore.range });
    return false;
  }
  return true;
}

function lineOf({ location }: Finding, path: string): number | null {
  return location.kind === "text" && location.path === path ? location.start.line : null;
}

function covers({ ruleIds, firstLine, lastLine }: Ignore, ruleId: string, line: number | null): boolean {
  return line !== null && ruleIds.includes(ruleId) && line >= firstLine && line <= lastLine;
}

/** The ignore comments of a Dockerfile, and what is wrong with them. */
export function readIgnores(
  model: DockerfileModel,
  catalog: RuleCatalog,
): { ignores: Ignore[]; remarks: IgnoreRemark[] } {
  const ignores: Ignore[] = [];
  const remarks: IgnoreRemark[] = [];
  for (const comment of commentsOf(model)) {
    const parsed = parseComment(comment.text);
    if (parsed === null) continue;
    if (typeof parsed === "string") {
      remarks.push({ kind: "malformed", range: comment.range, why: parsed });
      continue;
    }
    const ruleIds: string[] = [];
    for (const word of parsed.words) {
      const rule = catalog.find(word);
      if (rule === null) {
        const suggestion = catalog.suggest(word) ?? null;
        remarks.push({ kind: "unknown-rule", range: comment.range, word, suggestion });
      } else if (rule.subjects.includes("dockerfile") || rule.subjects.includes("image")) {
        ruleIds.push(rule.id);
      } else {
        remarks.push({ kind: "other-subject", range: comment.range, ruleId: rule.id });
      }
    }
    const lines = linesOf(parsed.scope, comment.range.start, model);
    ignores.push({ ...parsed, ruleIds, range: comment.range, ...lines });
  }
  return { ignores, remarks };
}

/** The Dockerfile's comments, and those of the scripts in its here-documents. */
function commentsOf(model: DockerfileModel): readonly Comment[] {
  const inScripts = allInstructions(model)
    .flatMap(({ heredocs }) => heredocs)
    .flatMap(({ content }) => scriptComments(content));
  return [...model.comments, ...inScripts];
}

function scriptComments(content: SourceText): Comment[] {
  return [...content.text.matchAll(/^[ \t]*#(.*)$/gm)].map((match) => {
    const start = match.index + match[0].indexOf("#");
    const text = (match[1] ?? "").trim();
    return { text, range: rangeAt(content, start, match.index + match[0].trimEnd().length) };
  });
}

interface ParsedComment {
  readonly scope: IgnoreScope;
  readonly words: readonly string[];
  readonly until: string | null;
  readonly reason: string | null;
}

/** What a comment says that was meant for trainlint, and not for people: "trainlint runs on this" is prose. */
const DIRECTIVE =
  /\bignore\b|^(?:(?:stage|file)\s+)?(?:[\w-]+\s*=|(?:disable|skip|suppress|allow|noqa|nolint)\b)/i;

/** `null`: not for trainlint. A string: for trainlint, but wrong, and why. */
function parseComment(text: string): ParsedComment | string | null {
  const body = /^trainlint(?::|\s)\s*(.*)$/is.exec(text)?.[1];
  if (body === undefined || !DIRECTIVE.test(body)) return null;
  const [directive = "", ...reasonParts] = body.split(/(?:^|\s)--(?:\s|$)/);
  const reason = reasonParts.join(" -- ").trim();
  let scope: IgnoreScope = "instruction";
  let words: string[] | null = null;
  let until: string | null = null;
  for (const token of tokensOf(directive)) {
    const [, key = "", value] = /^([^=]*)(?:=(.*))?$/.exec(token) ?? [];
    const [verb, suffix] = key.toLowerCase().split("-", 2);
    if (value === undefined && isScope(verb)) scope = verb;
    else if (value !== undefined && verb === "ignore" && (suffix === undefined || isScope(suffix))) {
      words = value.split(",").filter(Boolean);
      scope = suffix ?? scope;
    } else if (value !== undefined && key.toLowerCase() === "until") until = value;
    else return `\`${token}\` is not understood`;
  }
  if (words === null || words.length === 0) return "it names no rule: write `ignore=TL201`";
  if (until !== null && !isDate(until)) return `\`${until}\` is not a date as in 2027-01-31`;
  return { scope, words, until, reason: reason === "" ? null : reason };
}

/** Words, with the blanks around `=` and `,` left out. */
function tokensOf(directive: string): string[] {
  const parts = directive.split(/([=,])/).map((part) => part.trim());
  return parts.join("").split(/\s+/);
}

function isScope(word: string | undefined): word is "stage" | "file" {
  return word === "stage" || word === "file";
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function linesOf(
  scope: IgnoreScope,
  at: Position,
  model: DockerfileModel,
): { firstLine: number; lastLine: number } {
  if (scope === "file") return { firstLine: 1, lastLine: Number.MAX_SAFE_INTEGER };
  return scope === "stage" ? stageLines(at.line, model) : instructionLines(at.line, model);
}

/** The instruction that the comment stands in (a continuation), else the next one. */
function instructionLines(line: number, model: DockerfileModel): { firstLine: number; lastLine: number } {
  const target = allInstructions(model).find(({ range }) => range.end.line >= line);
  return target === undefined
    ? nothing(line)
    : { firstLine: target.range.start.line, lastLine: target.range.end.line };
}

/** The stage that the comment stands in; directly above a FROM, the stage that it begins. */
function stageLines(line: number, model: DockerfileModel): { firstLine: number; lastLine: number } {
  const next = allInstructions(model).find(({ range }) => range.end.line >= line);
  const stages = model.stages;
  const begins = stages.findIndex((stage) => stage.from === next);
  const index = begins >= 0 ? begins : stages.findLastIndex((stage) => stage.from.range.start.line <= line);
  const stage = stages[index];
  if (stage === undefined) return nothing(line);
  const following = stages[index + 1];
  return {
    firstLine: stage.from.range.start.line,
    lastLine: following === undefined ? Number.MAX_SAFE_INTEGER : following.from.range.start.line - 1,
  };
}

/** No line at all. */
function nothing(line: number): { firstLine: number; lastLine: number } {
  return { firstLine: line + 1, lastLine: line };
}

function allInstructions(model: DockerfileModel): readonly Instruction[] {
  return model.stages.flatMap((stage) => [stage.from, ...stage.instructions]);
}
