import { join, resolve } from "node:path";
import {
  applyBaseline,
  type BaselineEntry,
  baselineText,
  entryOf,
  parseBaseline,
} from "../core/config/baseline.ts";
import { EnvironmentError, UserError } from "../core/errors.ts";
import { type Finding, inText } from "../core/finding.ts";
import { inputFinding } from "../core/input-rule.ts";
import { isFile, readTextFile, readTextFileIfThere, shortPath, writeWhole } from "../edges/files.ts";
import { staleBaseline } from "../rules/input/stale-baseline.ts";
import type { Project } from "./project.ts";
import { configFolder, type Session, type Unit } from "./session.ts";

/** Writes and prunes the baselines that were asked for, and takes out of the findings what they accept. */
export async function handleBaselines(session: Session, project: Project): Promise<void> {
  const { writeBaseline, pruneBaseline, cwd } = session.request;
  const changes = writeBaseline !== null || pruneBaseline;
  // A baseline of half a run would make the other half's findings look new, or gone.
  if (changes && (session.problems.length > 0 || session.unreadInput || session.crashes.length > 0)) {
    throw new EnvironmentError("The baseline was not written, since not everything could be judged.");
  }
  if (writeBaseline !== null) await writeNew(session, project, resolve(cwd, writeBaseline));
  const baselines = unitsByBaseline(session);
  if (pruneBaseline && baselines.size === 0) throw new UserError("There is no baseline to prune.");
  for (const [path, units] of baselines) await useBaseline(session, project, path, units);
}

/** Absolute path of a baseline → the units that it is for. */
function unitsByBaseline(session: Session): ReadonlyMap<string, Unit[]> {
  const { baseline, writeBaseline, cwd } = session.request;
  const byPath = new Map<string, Unit[]>();
  for (const unit of session.units) {
    const given = writeBaseline ?? baseline;
    const configured = unit.config.baseline;
    if (given === null && configured === null) continue;
    const path =
      given === null ? resolve(configFolder(unit.config, cwd), configured ?? "") : resolve(cwd, given);
    byPath.set(path, [...(byPath.get(path) ?? []), unit]);
  }
  return byPath;
}

/** Accepts all findings of now. What the file accepts of subjects that were not looked at stays. */
async function writeNew(session: Session, project: Project, path: string): Promise<void> {
  const now = session.units.flatMap(({ findings }) => findings).map((item) => entryOf(item, project.stable));
  const others = await keptEntries(session, project, path);
  await writeWhole(path, baselineText([...others, ...session.secrets.data(now)]));
}

async function keptEntries(session: Session, project: Project, path: string): Promise<BaselineEntry[]> {
  const text = await readTextFileIfThere(path);
  if (text === null) return [];
  let entries: readonly BaselineEntry[];
  try {
    entries = parseBaseline(text, path);
  } catch (error) {
    // It is written anew because it is broken.
    if (error instanceof UserError) return [];
    throw error;
  }
  const kept: BaselineEntry[] = [];
  for (const entry of entries) if (!(await isDone(session, project, entry))) kept.push(entry);
  return kept;
}

async function useBaseline(
  session: Session,
  project: Project,
  path: string,
  units: readonly Unit[],
): Promise<void> {
  const shown = shortPath(path, session.request.cwd);
  const text = await readTextFile(path, shown);
  const entries = parseBaseline(text, shown);
  let left = entries;
  for (const unit of units) {
    const { kept, suppressed, unmatched } = applyBaseline(unit.findings, left);
    unit.findings = [...kept];
    for (const finding of suppressed) unit.suppressed.push({ finding, by: "baseline", reason: null });
    left = unmatched;
  }
  const stale = await staleEntries(session, project, left, units);
  if (stale.length === 0) return;
  if (session.request.pruneBaseline) {
    const gone = new Set(stale);
    await writeWhole(path, baselineText(entries.filter((entry) => !gone.has(entry))));
    return;
  }
  session.texts.set(shown, text);
  const [first] = units;
  first?.findings.push(...stale.flatMap((entry) => staleFinding(entry, shown, text, first) ?? []));
}

/** Of the entries that nothing matched, those that could have been matched. */
async function staleEntries(
  session: Session,
  project: Project,
  entries: readonly BaselineEntry[],
  units: readonly Unit[],
): Promise<BaselineEntry[]> {
  const stale: BaselineEntry[] = [];
  for (const entry of entries) {
    const isOff = units.some(({ config }) => config.rules.get(entry.ruleId)?.level === "off");
    if (!isOff && (await isDone(session, project, entry))) stale.push(entry);
  }
  return stale;
}

/** Whether this run has looked at what the entry is about, or would find its file gone. */
async function isDone(session: Session, project: Project, entry: BaselineEntry): Promise<boolean> {
  const isInFile = entry.kind === "text" || entry.kind === "job";
  const looked = session.subjects.some(({ name }) => (isInFile ? project.stable(name) : name) === entry.path);
  return looked || (isInFile && !(await isFile(join(project.root, entry.path))));
}

function staleFinding(entry: BaselineEntry, path: string, text: string, unit: Unit): Finding | null {
  const lines = text.split("\n");
  const index = Math.max(
    0,
    lines.findIndex((line) => line.includes(`"${entry.fingerprint}"`)),
  );
  const content = lines[index] ?? "";
  const column = content.search(/\S|$/) + 1;
  const at = inText(path, {
    start: { line: index + 1, column },
    end: { line: index + 1, column: content.trimEnd().length + 1 },
  });
  const composed = staleBaseline.compose.stale({
    rule: entry.ruleId,
    path: entry.path,
    message: entry.message,
  });
  return inputFinding(staleBaseline, composed, at, unit.config.rules);
}
