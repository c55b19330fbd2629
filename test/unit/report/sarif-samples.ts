import { transcriptOf } from "../../../src/core/run/transcript.ts";
import { render } from "../../../src/report/formats.ts";
import type { Report } from "../../../src/report/report.ts";
import { exampleReport } from "../../support/example-report.ts";
import { REPORTED_RULES } from "../../support/reported-rules.ts";
import { finding, hostileReport, LOCATIONS, OPTIONS, report } from "./sample.ts";

/** SARIF logs that between them have everything a log of ours can have, by name. */
export async function sarifSamples(): Promise<ReadonlyMap<string, string>> {
  const samples = new Map<string, string>();
  for (const [name, content] of reports()) {
    samples.set(name, await render("sarif", content, REPORTED_RULES, { ...OPTIONS, category: name }));
  }
  return samples;
}

function reports(): [string, Report][] {
  const everywhere = Object.values(LOCATIONS).map((location) => finding(location));
  return [
    ["empty", report([])],
    ["rule-examples", exampleReport()],
    ["every-place", report(everywhere, { imageSource: null })],
    [
      "with-dockerfile",
      report(everywhere, { imageSource: { path: "docker/Dockerfile", line: 1, lines: {}, files: {} } }),
    ],
    ["hostile", hostileReport()],
    [
      "suppressed",
      report([], { suppressed: [{ finding: finding(LOCATIONS.text), by: "inline", reason: "old base" }] }),
    ],
    ["with-run", report([finding(LOCATIONS.run)], { runs: [transcriptOf({ image: runImage() })] })],
    ["fixed", report([finding(LOCATIONS.text, { fix: exampleFix() })])],
    ["too-much", report(Array.from({ length: 25_010 }, () => finding(LOCATIONS.text)))],
  ];
}

function runImage() {
  const name = LOCATIONS.run.kind === "run" ? LOCATIONS.run.image : "";
  return { ...transcriptOf().image, name };
}

function exampleFix() {
  const range = { start: { line: 3, column: 12 }, end: { line: 3, column: 27 } };
  return {
    description: "Use the exec form",
    safe: true,
    path: "docker/Dockerfile",
    edits: [{ range, replacement: '["python"]' }],
  };
}
