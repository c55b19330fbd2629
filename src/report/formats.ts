import type { FormatName } from "../core/formats.ts";
import { visibleReport, withoutWorkflowCommands } from "./hygiene.ts";
import type { Report, ReportedRules, Reporter, ReportOptions } from "./report.ts";

/**
 * Who reads a format decides how guest text is made safe. `people`: characters are made visible and workflow
 * commands are broken up. `runner`: the same characters, but the commands are meant. `programs`: the format's
 * own escapes keep every character, and the output is safe to print all the same.
 */
interface Format {
  readonly readBy: "people" | "runner" | "programs";
  readonly load: (rules: ReportedRules) => Promise<Reporter>;
}

/** Every report format, loaded when it is asked for. */
const FORMATS: Readonly<Record<FormatName, Format>> = {
  text: { readBy: "people", load: async () => (await import("./text.ts")).text },
  json: { readBy: "programs", load: async () => (await import("./json.ts")).json },
  sarif: { readBy: "programs", load: withWholeRules },
  junit: { readBy: "people", load: async () => (await import("./junit.ts")).junit },
  checkstyle: { readBy: "people", load: async () => (await import("./checkstyle.ts")).checkstyle },
  gitlab: { readBy: "programs", load: async () => (await import("./gitlab.ts")).gitlab },
  github: { readBy: "runner", load: async () => (await import("./github.ts")).github },
  rdjson: { readBy: "programs", load: async () => (await import("./rdjson.ts")).rdjson },
  unix: { readBy: "people", load: async () => (await import("./unix.ts")).unix },
  markdown: { readBy: "people", load: async () => (await import("./markdown.ts")).markdown },
  html: { readBy: "people", load: async () => (await import("./html.ts")).html },
};

/** SARIF has the help of every rule in it. */
async function withWholeRules({ whole }: ReportedRules): Promise<Reporter> {
  const { sarif } = await import("./sarif.ts");
  const rules = await whole();
  return (report, _outlines, options) => sarif(report, rules, options);
}

/** The report in one format, safe to print. */
export async function render(
  name: FormatName,
  report: Report,
  rules: ReportedRules,
  options: ReportOptions,
): Promise<string> {
  const format = FORMATS[name];
  const reporter = await format.load(rules);
  if (format.readBy === "programs") return await reporter(report, rules.outlines, options);
  const output = await reporter(visibleReport(report), rules.outlines, options);
  return format.readBy === "runner" ? output : withoutWorkflowCommands(output);
}
