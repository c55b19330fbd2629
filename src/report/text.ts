import type { Finding, Skipped, SubjectKind } from "../core/finding.ts";
import type { Json } from "../core/json.ts";
import type { RuleOutline } from "../core/rule.ts";
import { excerptOf } from "./excerpt.ts";
import { type Paint, paintOf } from "./paint.ts";
import { placeText } from "./place.ts";
import { type Problem, type Report, type Reporter, type ReportOptions, SUBJECT_WORDS } from "./report.ts";
import { summaryLine } from "./summary.ts";

/** For people: each finding with its source line and a caret, then one line that sums up. */
export const text: Reporter = async (report, rules, options) => {
  const paint = await paintOf(options.color);
  const blocks = options.quiet ? [] : fixedBlocks(report, paint);
  blocks.push(...report.findings.map((finding) => findingBlock(finding, report, options, paint)));
  blocks.push(...report.problems.map((problem) => problemBlock(problem, paint)));
  const nothingDone = report.subjects.length === 0 && report.problems.length > 0;
  if (!options.quiet && !nothingDone) blocks.push(closing(report, rules, options, paint));
  return blocks.length === 0 ? "" : `${blocks.join("\n\n")}\n`;
};

/** What was fixed, a line each, in one block. */
function fixedBlocks({ fixes }: Report, paint: Paint): string[] {
  if (fixes === undefined || !fixes.written || fixes.applied.length === 0) return [];
  const lines = fixes.applied.map((finding) => {
    const rule = paint.dim(`[${finding.ruleId} ${finding.rule}]`);
    return `${paint.bold(placeText(finding.location))} ${paint.help("fixed")}: ${finding.fix?.description} ${rule}`;
  });
  return [lines.join("\n")];
}

function findingBlock(finding: Finding, report: Report, options: ReportOptions, paint: Paint): string {
  const severity = paint[finding.severity](finding.severity);
  const rule = paint.dim(`[${finding.ruleId} ${finding.rule}]`);
  const lines = [`${paint.bold(placeText(finding.location))} ${severity}: ${finding.message} ${rule}`];
  lines.push(...excerptLines(finding, report, options, paint));
  lines.push(...evidenceLines(finding, paint));
  for (const related of finding.related) {
    lines.push(`  ${paint.link("see")}: ${placeText(related.location)}: ${related.message}`);
  }
  lines.push(`  ${paint.help("help")}: ${finding.help}`);
  return lines.join("\n");
}

function excerptLines(finding: Finding, report: Report, options: ReportOptions, paint: Paint): string[] {
  const { location } = finding;
  if (location.kind !== "text" && location.kind !== "job") return [];
  const source = report.texts.get(location.path);
  if (source === undefined) return [];
  const number = String(location.start.line);
  const gutter = " ".repeat(number.length);
  const excerpt = excerptOf(source, location, options.width - number.length - 5);
  if (excerpt === null) return [];
  const caret = paint[finding.severity]("^".repeat(excerpt.length));
  const rest = excerpt.goesOnTo === null ? "" : paint.dim(` (to line ${excerpt.goesOnTo})`);
  const bar = paint.dim("|");
  return [
    `  ${paint.dim(number)} ${bar} ${excerpt.text}`.trimEnd(),
    `  ${gutter} ${bar} ${" ".repeat(excerpt.indent)}${caret}${rest}`,
  ];
}

/** What an image or a run showed; a Dockerfile finding shows its source line instead. */
function evidenceLines(finding: Finding, paint: Paint): string[] {
  const { location } = finding;
  const lines: string[] = [];
  if (location.kind === "image-file") {
    if (location.instruction !== null) lines.push(`  ${paint.dim("made by")}: ${location.instruction}`);
    if (location.layer !== null) lines.push(`  ${paint.dim("layer")}: ${location.layer}`);
  }
  if (location.kind === "text") return lines;
  for (const [name, value] of Object.entries(finding.evidence)) {
    const shown = shortValue(value);
    if (shown !== null) lines.push(`  ${paint.dim(name)}: ${shown}`);
  }
  return lines;
}

const LONGEST_VALUE = 200;

/** A word, a number or a list of them; what is deeper is in the JSON and the transcript. */
function shortValue(value: Json): string | null {
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  const items = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === "object")) return null;
  const written = typeof value === "string" ? value : JSON.stringify(value);
  return written.length > LONGEST_VALUE ? `${written.slice(0, LONGEST_VALUE - 1)}…` : written;
}

function problemBlock(problem: Problem, paint: Paint): string {
  const words = { input: "cannot read", environment: "not run", bug: "bug in trainlint" } as const;
  const where = problem.place === null ? (problem.subject?.name ?? "trainlint") : placeOf(problem.place);
  const lines = [`${paint.bold(where)} ${paint.error(words[problem.kind])}: ${problem.message}`];
  for (const line of problem.lines ?? []) lines.push(`  ${paint.dim("|")} ${line}`);
  if (problem.help !== null) lines.push(`  ${paint.help("help")}: ${problem.help}`);
  return lines.join("\n");
}

function placeOf(place: { path: string; line?: number; column?: number }): string {
  return [place.path, place.line, place.column].filter((part) => part !== undefined).join(":");
}

function closing(
  report: Report,
  rules: readonly RuleOutline[],
  options: ReportOptions,
  paint: Paint,
): string {
  const lines = [paint.bold(summaryLine(report))];
  const undone = undoneLine(report);
  if (undone !== null) lines.push(undone);
  const skipped = skippedLine(report, rules);
  if (skipped !== null) lines.push(paint.dim(skipped));
  lines.push(...fixLines(report));
  if (options.nextStep !== null) lines.push(options.nextStep);
  return lines.join("\n");
}

/** What `--fix` could do, or why it did not. */
function fixLines({ findings, fixes }: Report): string[] {
  const refused = fixes?.refused ?? [];
  const shown = fixes?.written === false ? fixes.applied : [];
  const told = new Set([...refused, ...shown].map(({ fingerprint }) => fingerprint));
  const left = findings.filter(({ fix, fingerprint }) => fix !== undefined && !told.has(fingerprint));
  const safe = left.filter(({ fix }) => fix?.safe === true).length;
  const unsafe = left.length - safe;
  const lines: string[] = [];
  if (shown.length > 0)
    lines.push(`The diff fixes ${shown.length}; \`--fix\` in place of \`--diff\` does it.`);
  // Where fixes were asked for, what is left of the safe ones goes away with another one: they meet in one place.
  if (safe > 0 && fixes === undefined)
    lines.push(`Fixable: ${safe} with \`lint --fix\`; \`--diff\` shows how.`);
  if (unsafe > 0) {
    const more = safe > 0 ? "more " : "";
    lines.push(`Fixable: ${unsafe} ${more}with \`--unsafe-fixes\`, which may change more than the finding.`);
  }
  for (const { ruleId, location } of refused) {
    lines.push(
      `Not fixed: ${ruleId} at ${placeText(location)}, since another finding would come in its place.`,
    );
  }
  return lines;
}

/** Which steps of a check were not done, and why. */
function undoneLine({ steps }: Report): string | null {
  const undone = (steps ?? []).filter(({ status }) => status !== "done");
  if (undone.length === 0) return null;
  const named = undone.map(
    ({ name, status, reason }) => `${name} (${status === "failed" ? "failed: " : ""}${reason})`,
  );
  return `Steps not done: ${named.join("; ")}.`;
}

/** One line over the rules that judged nothing, by reason: `Not checked: TL501, TL502 (no smoke run).` */
export function skippedLine(report: Report, rules: readonly RuleOutline[]): string | null {
  const byReason = new Map<string, Set<string>>();
  for (const item of report.skipped) {
    const reason = shortReason(item, report, rules);
    if (reason === null) continue;
    const ids = byReason.get(reason) ?? new Set();
    byReason.set(reason, ids.add(item.ruleId));
  }
  if (byReason.size === 0) return null;
  const parts = [...byReason].map(([reason, ids]) => `${ruleList([...ids])} (${reason})`);
  return `Not checked: ${parts.join("; ")}.`;
}

const MOST_IDS = 4;

function ruleList(ids: readonly string[]): string {
  return ids.length > MOST_IDS ? `${ids.length} rules` : ids.join(", ");
}

function kindWords(kinds: readonly SubjectKind[]): string {
  return [...new Set(kinds)].map((kind) => SUBJECT_WORDS[kind]).join(" or ");
}

/**
 * Why a rule did not look; `null` where it had another of its subjects to look at: a rule for Dockerfiles and
 * images that had a Dockerfile is not worth a word about the image.
 */
function shortReason(item: Skipped, report: Report, rules: readonly RuleOutline[]): string | null {
  const given = new Set(report.subjects.map((subject) => subject.kind));
  const checks = rules.find(({ id }) => id === item.ruleId)?.checks ?? [];
  if (given.has(item.subject) || checks.length === 0) return item.reason;
  if (checks.some(({ needs }) => needs.every((kind) => given.has(kind)))) return null;
  const alone = checks.filter(({ needs }) => needs.length === 1);
  if (alone.length > 0) return `no ${kindWords(alone.flatMap(({ needs }) => needs))}`;
  const half = checks.filter(({ needs }) => needs.some((kind) => given.has(kind)));
  if (half.length === 0) return "compare two subjects: `trainlint check`";
  return `no ${kindWords(half.flatMap(({ needs }) => needs.filter((kind) => !given.has(kind))))} to compare with`;
}
