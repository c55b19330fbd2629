import type { Problem } from "../report/report.ts";
import type { FixRequest } from "./fixes.ts";
import type { DockerfileRequest, JudgeRequest } from "./request.ts";

/** `trainlint [lint]`: text only, no engine, no network. */
export interface LintRequest extends JudgeRequest, DockerfileRequest {
  /** Files, folders, patterns, and `-` for standard input; empty for the working folder. */
  readonly paths: readonly string[];
  readonly stdinFilename: string | null;
  readonly stdin: () => NodeJS.ReadableStream;
  /** `null` without `--fix` and `--diff`. */
  readonly fixes: FixRequest | null;
  /** URL of the module that calls `helpLinting`: with many files, further threads run it. `null` for no threads. */
  readonly helperProgram: string | null;
  /** Called once where there is more than one file, and never while a further thread loads its code. */
  readonly prepareForMany: () => void;
}

/** What the paths come to, in their order. */
export type LintItem =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stdin" }
  /** A word that names nothing. */
  | { readonly kind: "problem"; readonly problem: Problem };
