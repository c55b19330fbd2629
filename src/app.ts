/**
 * The composition root: with `src/app/`, the only code that sees core, rules, edges and report. A command's
 * request comes in, models are made, rules run, and a report with its exit code comes out.
 */

export { type CheckRequest, check } from "./app/check.ts";
export { clean } from "./app/clean.ts";
export { explainRule, listRules } from "./app/describe-rules.ts";
export { effectiveConfig } from "./app/effective-config.ts";
export type { Outcome } from "./app/finish.ts";
export { type ImageRequest, inspectImages } from "./app/images.ts";
export { judgeTranscript, type TranscriptRequest } from "./app/judge.ts";
export { type LintRequest, lint } from "./app/lint.ts";
export { emit, type Output } from "./app/output.ts";
export type { DockerfileRequest, JudgeRequest, SmokeRequest } from "./app/request.ts";
export { type ShowRequest, show } from "./app/show.ts";
export { type RunRequest, smoke } from "./app/smoke.ts";
export { TOOL } from "./app/tool.ts";
export type { ReportOptions } from "./report/report.ts";
