import { resolve } from "node:path";
import type { FormatName } from "../core/formats.ts";
import { appendText, writeWhole } from "../edges/files.ts";
import { render } from "../report/formats.ts";
import type { Report, ReportedRules, ReportOptions } from "../report/report.ts";
import { dockerfileRules } from "../rules/for-dockerfiles.ts";

/** One `--format`: to a file, or to standard output where `file` is `null`. */
export interface Output {
  readonly format: FormatName;
  readonly file: string | null;
}

const RULES: ReportedRules = {
  outlines: dockerfileRules,
  whole: async () => (await import("../rules/index.ts")).rules,
};

/** Where reports go. */
export interface OutputTargets {
  readonly cwd: string;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** File of GitHub's step summary; `null` outside of a GitHub job. */
  readonly stepSummary: string | null;
}

/** Writes the report in every format that was asked for. Files are written whole or not at all. */
export async function emit(
  report: Report,
  outputs: readonly Output[],
  options: ReportOptions,
  targets: OutputTargets,
): Promise<void> {
  for (const { format, file } of outputs) {
    const shown = file === null ? options : { ...options, color: 0 as const };
    const content = await render(format, report, RULES, shown);
    if (file === null) targets.print(content);
    else await writeWhole(resolve(targets.cwd, file), content);
    if (format === "github" && targets.stepSummary !== null) {
      await appendText(targets.stepSummary, await render("markdown", report, RULES, shown));
    }
  }
}
