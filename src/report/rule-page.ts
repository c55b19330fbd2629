import type { Report } from "./report.ts";

/** The file of a rule's page, in `docs/rules/`. */
export function rulePageName(rule: { readonly id: string; readonly name: string }): string {
  return `${rule.id}-${rule.name}.md`;
}

/** The address of a rule's page; `null` where the pages have none. */
export function ruleUrl(report: Report, rule: { readonly id: string; readonly name: string }): string | null {
  return report.rulePages === null ? null : report.rulePages + rulePageName(rule);
}
