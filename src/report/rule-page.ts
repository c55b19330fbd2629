import type { Finding } from "../core/finding.ts";
import type { Report } from "./report.ts";

/** The file of a rule's page, in `docs/rules/`. */
export function rulePageName(rule: { readonly id: string; readonly name: string }): string {
  return `${rule.id}-${rule.name}.md`;
}

/** The address of a rule's page; `null` where the pages have none. */
export function ruleUrl(report: Report, rule: { readonly id: string; readonly name: string }): string | null {
  return report.rulePages === null ? null : report.rulePages + encodeURIComponent(rulePageName(rule));
}

/** What a finding says in formats that have one text for all of it. */
export function wholeText(report: Report, finding: Finding, separator: string): string {
  const url = findingUrl(report, finding);
  return [finding.message, finding.help, ...(url === null ? [] : [url])].join(separator);
}

/** The address of the page of a finding's rule; `null` where the pages have none. */
export function findingUrl(report: Report, { ruleId, rule }: Finding): string | null {
  return ruleUrl(report, { id: ruleId, name: rule });
}
