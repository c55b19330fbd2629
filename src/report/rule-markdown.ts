import type { Rule } from "../core/rule.ts";
import { SUBJECT_WORDS } from "./report.ts";

/**
 * What there is to say about a rule, as Markdown without its title: docs pages, SARIF help and `explain`.
 * `whatToDo` are list items with a message and its help.
 */
export function ruleMarkdown(rule: Rule, whatToDo: readonly string[] = []): string {
  return [
    sentence(rule.summary),
    section("Why it matters", [rule.rationale.trim()]),
    section("What it says, and how to fix it", whatToDo),
    section("Options", optionLines(rule)),
    section(
      "Sources",
      rule.refs.map((reference) => `- [${reference.title}](${reference.url})`),
    ),
    suppressionSection(rule),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The facts of a rule in one line each, for the top of its page. */
export function ruleFacts(rule: Rule): string[] {
  const subjects = rule.subjects.map((kind) => SUBJECT_WORDS[kind]).join(", ");
  return [
    `Severity: ${rule.severity}`,
    `Looks at: ${subjects === "" ? "trainlint's own input" : subjects}`,
    ...(rule.checks.length === 0 ? [] : [`Speaks of: images for ${rule.roles.join(", ")}`]),
    `Precision: ${rule.precision}`,
  ];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `## ${title}\n\n${lines.join("\n")}`;
}

function optionLines(rule: Rule): string[] {
  return Object.entries(rule.options).map(
    ([name, option]) =>
      `- \`${name}\` (${option.type}, default \`${JSON.stringify(option.default)}\`): ${option.description}`,
  );
}

function suppressionSection(rule: Rule): string {
  const lines: string[] = [];
  if (rule.subjects.includes("dockerfile")) {
    lines.push(
      "For one instruction of a Dockerfile, on the line above it:",
      "",
      "```dockerfile",
      `# trainlint ignore=${rule.id} -- why this is right here`,
      "```",
      "",
    );
  }
  lines.push(
    `Everywhere: \`--rule ${rule.id}=off\`, or in \`.trainlint.yaml\`:`,
    "",
    "```yaml",
    "rules:",
    `  ${rule.id}: off`,
    "```",
  );
  return section("How to turn it off", lines);
}

function sentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`;
}
