import { runRules } from "../../src/core/engine.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Transcript } from "../../src/core/run/transcript.ts";
import { summarize } from "../../src/core/verdict.ts";
import type { Report } from "../../src/report/report.ts";
import { rules } from "../../src/rules/index.ts";
import { subjectsOf } from "../../tools/gen/rule-example.ts";

/** A report with every finding of every rule's examples: each message there is, as the rules really write it. */
export function exampleReport(): Report {
  const findings: Finding[] = [];
  const texts = new Map<string, string>();
  const runs: Transcript[] = [];
  for (const [index, { rule, example }] of examples().entries()) {
    const subjects = subjectsOf(example);
    const folder = `example-${index}/`;
    for (const finding of runRules([rule], subjects).findings) findings.push(inFolder(finding, folder));
    if (subjects.dockerfile !== undefined && example.dockerfile !== undefined) {
      texts.set(`${folder}Dockerfile`, example.dockerfile);
    }
    if (subjects.job !== undefined && example.job !== undefined)
      texts.set(folder + subjects.job.path, example.job);
    if (subjects.run !== undefined) runs.push(subjects.run);
  }
  return {
    tool: { name: "trainlint", version: "1.2.3" },
    subjects: [...texts.keys()].map((name) => ({
      kind: name.endsWith("Dockerfile") ? "dockerfile" : "job",
      name,
    })),
    findings,
    skipped: [],
    suppressed: [],
    problems: [],
    summary: summarize(findings),
    texts,
    runs: runs.slice(0, 3),
    imageSource: null,
    homepage: "https://trainlint.example/",
    rulePages: "https://trainlint.example/docs/rules/",
  };
}

function examples() {
  const checking = rules.filter(({ checks }) => checks.length > 0);
  return checking.flatMap((rule) => rule.examples.map((example) => ({ rule, example })));
}

/** Examples share their files' names; here each has a folder. */
function inFolder(finding: Finding, folder: string): Finding {
  const { location } = finding;
  const moved = { ...finding, related: [] };
  return location.kind === "text" || location.kind === "job"
    ? { ...moved, location: { ...location, path: folder + location.path } }
    : moved;
}
