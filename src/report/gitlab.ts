import type { Severity } from "../core/finding.ts";
import { fingerprintOf } from "../core/fingerprint.ts";
import { placed } from "./by-file.ts";
import { printableJson } from "./hygiene.ts";
import type { Reporter } from "./report.ts";
import { wholeText } from "./rule-page.ts";

const SEVERITY: Readonly<Record<Severity, "critical" | "major" | "info">> = {
  error: "critical",
  warning: "major",
  info: "info",
};

/**
 * GitLab code quality. The widget takes entries of the same fingerprint for one, so each is made unique, but
 * without line numbers, so that an edit above makes no new entry.
 */
export const gitlab: Reporter = (report) => {
  const seen = new Map<string, number>();
  const entries = placed(report).map(({ finding, place }) => {
    const key = fingerprintOf([place.path, finding.fingerprint]);
    const ordinal = (seen.get(key) ?? 0) + 1;
    seen.set(key, ordinal);
    return {
      description: wholeText(report, finding, " "),
      check_name: `${finding.ruleId} ${finding.rule}`,
      fingerprint: ordinal === 1 ? key : fingerprintOf([key, String(ordinal)]),
      severity: SEVERITY[finding.severity],
      location: { path: place.path, lines: { begin: place.line } },
    };
  });
  return `${printableJson(entries)}\n`;
};
