import type { Finding } from "../core/finding.ts";
import type { Redactor } from "../core/secrets/redact.ts";
import type { Report } from "./report.ts";

/**
 * The report with no secret in it, whatever format it is written in: the texts that excerpts are cut from, messages,
 * evidence, and what containers and builders printed. A fix that would write a secret is left out, since programs
 * apply what they are given; `--fix` itself makes it.
 */
export function redactedReport(report: Report, redactor: Redactor): Report {
  const { texts, ...rest } = report;
  const shown = redactor.data(rest);
  return {
    ...shown,
    findings: shown.findings.map((finding, index) => withoutBrokenFix(finding, report.findings[index])),
    texts: new Map([...texts].map(([path, text]) => [redactor.text(path), redactor.text(text)])),
  };
}

function withoutBrokenFix(finding: Finding, whole: Finding | undefined): Finding {
  const { fix, ...rest } = finding;
  return fix === whole?.fix ? finding : rest;
}
