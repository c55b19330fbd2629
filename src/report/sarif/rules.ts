import type { Rule } from "../../core/rule.ts";
import type { Report } from "../report.ts";
import { ruleMarkdown } from "../rule-markdown.ts";
import { ruleUrl } from "../rule-page.ts";
import { LEVEL } from "./levels.ts";
import { firstParagraph, plain, sentence } from "./words.ts";

/** Longest description that GitHub takes. */
const MOST_DESCRIPTION = 1000;

/** What `tool.driver.rules` says about a rule. */
export function reportingDescriptor(rule: Rule, report: Report): object {
  const helpUri = ruleUrl(report, rule) ?? rule.refs[0]?.url;
  return {
    id: rule.id,
    name: rule.name,
    shortDescription: { text: sentence(rule.summary) },
    fullDescription: {
      text: sentence(plain(firstParagraph(rule.rationale)).slice(0, MOST_DESCRIPTION)),
    },
    help: { text: sentence(plain(rule.rationale)), markdown: ruleMarkdown(rule) },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: LEVEL[rule.severity] },
    properties: {
      precision: rule.precision,
      "problem.severity": rule.severity === "info" ? "recommendation" : rule.severity,
      tags: ["sagemaker", "container", ...rule.subjects],
    },
  };
}
