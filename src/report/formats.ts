import type { FormatName } from "../core/formats.ts";
import type { Rule } from "../core/rule.ts";
import { visibleReport, withoutWorkflowCommands } from "./hygiene.ts";
import type { Report, Reporter, ReportOptions } from "./report.ts";

interface Format {
  /** Read by people or by line: its text must be safe for a terminal and a log as it is. */
  readonly plain: boolean;
  readonly load: () => Promise<Reporter>;
}

/** Every report format, loaded when it is asked for. */
const FORMATS: Readonly<Record<FormatName, Format>> = {
  text: { plain: true, load: async () => (await import("./text.ts")).text },
  json: { plain: false, load: async () => (await import("./json.ts")).json },
  sarif: { plain: false, load: async () => (await import("./sarif.ts")).sarif },
};

/** The report in one format, safe to print. */
export async function render(
  name: FormatName,
  report: Report,
  rules: readonly Rule[],
  options: ReportOptions,
): Promise<string> {
  const format = FORMATS[name];
  const reporter = await format.load();
  if (!format.plain) return await reporter(report, rules, options);
  return withoutWorkflowCommands(await reporter(visibleReport(report), rules, options));
}
