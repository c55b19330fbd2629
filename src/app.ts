import type { CheckRequest } from "./app/check-request.ts";
import type { Outcome } from "./app/finish.ts";
import type { DiffOptions } from "./app/fixes.ts";
import type { ImageRequest } from "./app/images.ts";
import type { InitOutcome, InitRequest } from "./app/init.ts";
import type { TranscriptRequest } from "./app/judge.ts";
import type { LintOutcome } from "./app/lint.ts";
import type { LintRequest } from "./app/lint-request.ts";
import type { JudgeRequest } from "./app/request.ts";
import type { ShowRequest } from "./app/show.ts";
import type { RunRequest } from "./app/smoke.ts";

/**
 * The composition root: with `src/app/`, the only code that sees core, rules, edges and report. A command's
 * request comes in, models are made, rules run, and a report with its exit code comes out.
 *
 * Each command is loaded when it is called: linting a Dockerfile does not wait for the code of the others.
 */

/** `trainlint check`. */
export async function check(request: CheckRequest): Promise<Outcome> {
  return await (await import("./app/check.ts")).check(request);
}

/** `--print-config`: the configuration in force for a file or folder, as JSON. */
export async function effectiveConfig(request: JudgeRequest, path: string): Promise<string> {
  return await (await import("./app/effective-config.ts")).effectiveConfig(request, path);
}

/** `trainlint explain`. */
export async function explainRule(word: string, format: "text" | "json"): Promise<string> {
  return (await import("./app/describe-rules.ts")).explainRule(word, format);
}

/** `trainlint rules`. */
export async function listRules(format: "text" | "json"): Promise<string> {
  return (await import("./app/describe-rules.ts")).listRules(format);
}

/** Ids and names of all rules, for completion. */
export async function ruleWords(): Promise<string[]> {
  return (await import("./app/describe-rules.ts")).ruleWords();
}

/** `trainlint image`. */
export async function inspectImages(request: ImageRequest): Promise<Outcome> {
  return await (await import("./app/images.ts")).inspectImages(request);
}

/** `trainlint init`. */
export async function init(request: InitRequest): Promise<InitOutcome> {
  return await (await import("./app/init.ts")).init(request);
}

/** `trainlint judge`. */
export async function judgeTranscript(request: TranscriptRequest): Promise<Outcome> {
  return await (await import("./app/judge.ts")).judgeTranscript(request);
}

/** `trainlint [lint]`. */
export async function lint(request: LintRequest): Promise<LintOutcome> {
  return await (await import("./app/lint.ts")).lint(request);
}

/** What `--diff` prints. */
export async function diffText(changes: LintOutcome["changes"], options: DiffOptions): Promise<string> {
  return await (await import("./app/fixes.ts")).diffText(changes, options);
}

/** `trainlint run`. */
export async function smoke(request: RunRequest): Promise<Outcome> {
  return await (await import("./app/smoke.ts")).smoke(request);
}

/** `trainlint show`. */
export async function show(request: ShowRequest): Promise<string> {
  return await (await import("./app/show.ts")).show(request);
}

export type { CheckRequest } from "./app/check-request.ts";
export { clean } from "./app/clean.ts";
export type { Outcome } from "./app/finish.ts";
export type { ImageRequest } from "./app/images.ts";
export type { TranscriptRequest } from "./app/judge.ts";
export type { LintOutcome } from "./app/lint.ts";
export type { LintRequest } from "./app/lint-request.ts";
export { emit, type Output } from "./app/output.ts";
export type { DockerfileRequest, JudgeRequest, SmokeRequest } from "./app/request.ts";
export type { ShowRequest } from "./app/show.ts";
export type { RunRequest } from "./app/smoke.ts";
export type { ReportOptions } from "./report/report.ts";
