import { ruleCatalog } from "../core/config/catalog.ts";
import { JOB_MODEL } from "../core/job/shapes.generated.ts";
import { MODEL_NAME } from "../core/job/shapes.ts";
import type { Rule } from "../core/rule.ts";
import { printableJson } from "../report/hygiene.ts";
import { ruleFacts, ruleMarkdown } from "../report/rule-markdown.ts";
import { rules } from "../rules/index.ts";

/** `trainlint explain`: everything that there is to say about a rule. Throws a `UserError` for an unknown one. */
export function explainRule(word: string, format: "text" | "json"): string {
  const rule = ruleCatalog(rules).get(word);
  if (format === "json") return `${printableJson(ruleData(rule))}\n`;
  return (
    [`${rule.id} ${rule.name}`, ruleFacts(rule).join("\n"), ruleMarkdown(rule), ""].join("\n\n").trimEnd() +
    "\n"
  );
}

/** `trainlint rules`: all rules, a line each. */
export function listRules(format: "text" | "json"): string {
  const { library, apiVersion, operation } = JOB_MODEL;
  if (format === "json") {
    const jobModel = { library, apiVersion, operation };
    return `${printableJson({ rules: rules.map(ruleData), jobModel })}\n`;
  }
  const width = Math.max(...rules.map(({ name }) => name.length));
  const lines = rules.map((rule) => line(rule, width));
  lines.push("", `Training-job requests are checked against ${operation} as ${MODEL_NAME} has it.`);
  return `${lines.join("\n")}\n`;
}

/** Ids and names of all rules, for completion. */
export function ruleWords(): string[] {
  return rules.flatMap(({ id, name }) => [id, name]);
}

function line(rule: Rule, width: number): string {
  return `${rule.id}  ${rule.severity.padEnd(7)}  ${rule.name.padEnd(width)}  ${rule.summary}`;
}

function ruleData(rule: Rule): object {
  return {
    id: rule.id,
    name: rule.name,
    severity: rule.severity,
    subjects: rule.subjects,
    precision: rule.precision,
    summary: rule.summary,
    rationale: rule.rationale,
    messages: rule.messageIds,
    options: rule.options,
    references: rule.refs,
  };
}
