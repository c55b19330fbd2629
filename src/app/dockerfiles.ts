import { dirname, resolve } from "node:path";
import type { Config } from "../core/config.ts";
import { dockerfileModel } from "../core/dockerfile/dockerfile.ts";
import type { DockerfileModel } from "../core/dockerfile/model.ts";
import { UserError } from "../core/errors.ts";
import { type Finding, inText } from "../core/finding.ts";
import { inputFinding } from "../core/input-rule.ts";
import type { ComposedMessage, Rule, RuleOutline } from "../core/rule.ts";
import { applyIgnores, type IgnoreRemark } from "../core/suppress.ts";
import { buildContext, shortPath } from "../edges/files.ts";
import { filePlace } from "../report/place.ts";
import type { ImageSource } from "../report/report.ts";
import { expiredIgnore } from "../rules/input/expired-ignore.ts";
import { ignoreNotUnderstood } from "../rules/input/ignore-not-understood.ts";
import { ignoreWithoutReason } from "../rules/input/ignore-without-reason.ts";
import { inputNotRead } from "../rules/input/input-not-read.ts";
import { unusedIgnore } from "../rules/input/unused-ignore.ts";
import type { DockerfileRequest } from "./request.ts";
import type { Session, Unit } from "./session.ts";

/** A Dockerfile's text with the name that findings give it. */
export interface DockerfileSource {
  /** As shown: relative to the working folder where it lies below. */
  readonly path: string;
  readonly text: string;
  /** Where it lies, for its build context; `null` when it came from standard input without a name. */
  readonly file: string | null;
}

/**
 * The model of a Dockerfile. A file that no builder takes becomes a finding with the place, and `null` here:
 * the other subjects of the run are not lost over it.
 */
export function modelOf(
  session: Session,
  source: DockerfileSource,
  request: DockerfileRequest,
  config: Config,
): DockerfileModel | null {
  session.subjects.push({ kind: "dockerfile", name: source.path });
  session.texts.set(source.path, source.text);
  try {
    return readModel(source, request, config, session.request.cwd);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    session.unreadInput = true;
    session.units.push({
      config,
      findings: [notRead(error, source.path, config)],
      skipped: [],
      suppressed: [],
    });
    return null;
  }
}

/** The model of a Dockerfile; throws a `UserError` where no builder takes the file. */
export function readModel(
  source: DockerfileSource,
  request: DockerfileRequest,
  config: Config,
  cwd: string,
): DockerfileModel {
  const target = request.target ?? config.target;
  return dockerfileModel(source.text, {
    path: source.path,
    ...(target === null ? {} : { target }),
    ...(request.platform === null ? {} : { platform: request.platform }),
    buildArgs: { ...config.buildArgs, ...request.buildArgs },
    context: contextOf(source, request, cwd),
  });
}

function contextOf(
  source: DockerfileSource,
  request: DockerfileRequest,
  cwd: string,
): DockerfileModel["context"] {
  const given = request.context === null ? null : resolve(cwd, request.context);
  const root = given ?? (source.file === null ? null : dirname(source.file));
  if (root === null) return null;
  const shownAs = root === resolve(cwd) ? "" : shortPath(root, cwd);
  return { ...buildContext(root, source.file), shownAs };
}

/** An unread file fails the run whatever the user said about levels, so `off` does not hide it. */
export function notRead(error: UserError, path: string, config: Config): Finding {
  const line = error.place?.line ?? 1;
  const column = error.place?.column ?? 1;
  const at = inText(path, { start: { line, column }, end: { line, column: column + 1 } });
  const composed = inputNotRead.compose.notRead({ reason: error.message, help: error.help });
  const finding = inputFinding(inputNotRead, composed, at, config.rules);
  if (finding !== null) return finding;
  return inputFinding(inputNotRead, composed, at, new Map()) as Finding;
}

/** Takes out of a judged unit what the Dockerfile's own comments ignore, and tells what is wrong with them. */
export function applyInlineIgnores(session: Session, unit: Unit, model: DockerfileModel): void {
  const { config } = unit;
  if (!config.inlineConfig) return;
  let source: ImageSource | null = null;
  const result = applyIgnores(model, unit.findings, session.catalog, {
    today: session.request.today,
    requireReason: config.requireReason,
    ran: (ruleId) => judged(session.catalog.get(ruleId), unit),
    imageLine: ({ location }) => {
      if (location.kind !== "image-config" && location.kind !== "image-file") return null;
      source ??= imageSourceOf(model, unit.findings);
      return filePlace(location, source).line;
    },
  });
  const remarks = result.remarks.flatMap((remark) => remarkFinding(session, remark, model.path, config));
  unit.findings = [...result.kept, ...remarks];
  for (const { finding, reason } of result.suppressed)
    unit.suppressed.push({ finding, by: "inline", reason });
}

/** Whether a rule looked at the Dockerfile: what a rule that did not would have found, nobody knows. */
function judged(rule: RuleOutline, { skipped }: Unit): boolean {
  const left = skipped.some(({ ruleId, subject }) => ruleId === rule.id && subject === "dockerfile");
  return rule.subjects.includes("dockerfile") && !left;
}

function remarkFinding(session: Session, remark: IgnoreRemark, path: string, config: Config): Finding[] {
  const [rule, composed] = remarkMessage(remark, session);
  const finding = inputFinding(rule, composed, inText(path, remark.range), config.rules);
  return finding === null ? [] : [finding];
}

function remarkMessage(remark: IgnoreRemark, { catalog }: Session): [Rule, ComposedMessage] {
  switch (remark.kind) {
    case "malformed":
      return [ignoreNotUnderstood, ignoreNotUnderstood.compose.malformed(remark)];
    case "unknown-rule":
      return [ignoreNotUnderstood, ignoreNotUnderstood.compose.unknownRule(remark)];
    case "other-subject": {
      const { id, name } = catalog.get(remark.ruleId);
      return [ignoreNotUnderstood, ignoreNotUnderstood.compose.otherSubject({ rule: id, name })];
    }
    case "unused":
      return [unusedIgnore, unusedIgnore.compose.unused({ rule: remark.ruleId })];
    case "expired": {
      const rules = remark.ruleIds.join(", ");
      return [expiredIgnore, expiredIgnore.compose.expired({ until: remark.until, rules })];
    }
    case "no-reason":
      return [ignoreWithoutReason, ignoreWithoutReason.compose.noReason()];
  }
}

/** The line of the last instruction that placed this path of the image; `null` where none is known. */
function placedAt(model: DockerfileModel, path: string): number | null {
  const placed = model.effects.findLast(
    (effect) =>
      effect.kind === "place" &&
      (effect.path === path || (effect.extent !== "file" && path.startsWith(`${effect.path}/`))),
  );
  return placed?.range.start.line ?? null;
}

/** Which lines of the Dockerfile stand for the image that is built from it, as far as these findings are about it. */
export function imageSourceOf(model: DockerfileModel, findings: readonly Finding[]): ImageSource {
  const { config } = model;
  const lines: { [pointer: string]: number } = {};
  const settings = {
    Entrypoint: config.entrypoint,
    Cmd: config.cmd,
    WorkingDir: config.workingDir,
    User: config.user,
    StopSignal: config.stopSignal,
    Shell: config.shell,
    Healthcheck: config.healthcheck,
  };
  for (const [name, { instruction }] of Object.entries(settings)) {
    if (instruction !== null) lines[`/config/${name}`] = instruction.range.start.line;
  }
  const files: { [path: string]: number } = {};
  for (const { location } of findings) {
    const line = location.kind === "image-file" ? placedAt(model, location.path) : null;
    if (line !== null && location.kind === "image-file") files[location.path] = line;
  }
  return { path: model.path, line: model.target.from.range.start.line, lines, files };
}
