/**
 * trainlint as a library: the same rules as on the command line, with reports as plain data. What is exported here
 * is what the versions promise to keep (see the changelog); everything else may change at any time.
 */

export { EnvironmentError, type InputPlace, UserError } from "./core/errors.ts";
export type {
  Finding,
  Fix,
  ImageConfigLocation,
  ImageFileLocation,
  JobLocation,
  Location,
  Related,
  RunLocation,
  Severity,
  Skipped,
  SubjectKind,
  SubjectName,
  TextEdit,
  TextLocation,
} from "./core/finding.ts";
export type { Json } from "./core/json.ts";
export type {
  ProcessEnd,
  ProcessFate,
  RunEvent,
  RunEventName,
  RunFile,
  RunOutput,
  RunPeaks,
  RunProcess,
  RunProgram,
  SignalMasks,
  Transcript,
} from "./core/run/transcript.ts";
export type { Position, Range } from "./core/text.ts";
export { lintDockerfile } from "./library/dockerfile.ts";
export { inspectImage } from "./library/image.ts";
export type { DockerfileOptions, ImageOptions, JudgeOptions, RuleLevels } from "./library/options.ts";
export { judge } from "./library/transcript.ts";
export type { JsonReport as Report, ReportedFinding } from "./report/json-report.ts";
export type { FixOutcome, Problem, Step, Suppressed } from "./report/outcomes.ts";
