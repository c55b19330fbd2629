import type { Finding, Severity, SubjectKind } from "../core/finding.ts";
import type { RuleOutline } from "../core/rule.ts";
import { findingArticle } from "./html/finding-article.ts";
import { type Markup, html as markup, trusted, withCode } from "./html/markup.ts";
import { runSection } from "./html/run-section.ts";
import { STYLE } from "./html/style.ts";
import { type Report, type Reporter, SEVERITY_RANK, SUBJECT_WORDS } from "./report.ts";
import { summaryLine } from "./summary.ts";
import { skippedLine } from "./text.ts";

/** More findings than a person reads; the rest is counted. */
const MOST_FINDINGS = 1000;

/** Nothing is loaded and nothing runs: even markup that slipped through could not do anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** One HTML file for people: no script, nothing from elsewhere, by subject, with a picture of each smoke run. */
export const html: Reporter = (report, rules) => {
  const shown = worstFirst(report.findings).slice(0, MOST_FINDINGS);
  const sections = subjectGroups(report, shown);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>trainlint: ${summaryLine(report)}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<h1>trainlint report</h1>
<p>${summaryLine(report)}</p>
<ul class="counts">${(["error", "warning", "info"] as const).map(
    (severity) =>
      markup`<li class="${report.summary[severity] === 0 ? "soft" : severity}">${counted(report.summary[severity], severity)}</li>`,
  )}</ul>
</header>
<main>
${steps(report)}${problems(report)}${sections.map((section) => subjectSection(section, report))}${leftOut(report, shown)}${suppressed(report)}${notChecked(report, rules)}</main>
<footer>Made by trainlint ${report.tool.version}. Nothing here is loaded from elsewhere.</footer>
</body>
</html>
`;
  return page.text;
};

function counted(number: number, severity: Severity): string {
  return `${number} ${severity}${severity === "info" || number === 1 ? "" : "s"}`;
}

/** What is shown under one heading. */
interface SubjectGroup {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** Each subject with its findings; then those about other files, such as a configuration. */
function subjectGroups(report: Report, findings: readonly Finding[]): SubjectGroup[] {
  const keys = new Map<string, { kind: SubjectKind; name: string; findings: Finding[] }>();
  for (const { kind, name } of report.subjects) keys.set(`${kind} ${name}`, { kind, name, findings: [] });
  for (const finding of findings) {
    const { kind, name } = subjectOf(finding);
    const key = `${kind} ${name}`;
    const group = keys.get(key) ?? { kind, name, findings: [] };
    keys.set(key, group);
    group.findings.push(finding);
  }
  return [...keys.values()];
}

function subjectOf({ location }: Finding): { readonly kind: SubjectKind; readonly name: string } {
  switch (location.kind) {
    case "text":
      return { kind: "dockerfile", name: location.path };
    case "job":
      return { kind: "job", name: location.path };
    case "run":
      return { kind: "run", name: location.image };
    default:
      return { kind: "image", name: location.image };
  }
}

function subjectSection({ kind, name, findings }: SubjectGroup, report: Report): Markup {
  const runs = kind === "run" ? report.runs.filter(({ image }) => image.name === name) : [];
  const word = SUBJECT_WORDS[kind];
  return markup`<section>
<h2>${word.charAt(0).toUpperCase() + word.slice(1)}: <span class="mono">${name}</span></h2>
${runs.map(runSection)}${
  findings.length === 0
    ? markup`<p class="good">No findings.</p>`
    : findings.map((finding) => findingArticle(finding, report))
}</section>
`;
}

const STEP_STATUS = { done: "done", failed: "failed", "not-done": "not done" } as const;

/** What `trainlint check` did, so that what was not done is not taken for good. */
function steps(report: Report): Markup | null {
  if (report.steps === undefined || report.steps.length === 0) return null;
  const items = report.steps.map(
    ({ name, status, reason }) =>
      markup`<li class="${status === "failed" ? "error" : "soft"}">${name}: ${STEP_STATUS[status]}${reason === null ? "" : ` (${reason})`}</li>`,
  );
  return markup`<section><h2>Steps</h2><ul>${items}</ul></section>
`;
}

function problems(report: Report): Markup | null {
  if (report.problems.length === 0) return null;
  const items = report.problems.map(
    ({ subject, message, help, lines = [] }) =>
      markup`<li>${[subject?.name, message].filter(Boolean).join(": ")}${help === null ? null : markup` <span class="soft">${help}</span>`}${lines.length === 0 ? null : markup`<pre tabindex="0">${lines.join("\n")}</pre>`}</li>`,
  );
  return markup`<section><h2>Not looked at</h2><ul class="error">${items}</ul></section>
`;
}

function leftOut(report: Report, shown: readonly Finding[]): Markup | null {
  const rest = report.findings.length - shown.length;
  return rest === 0 ? null : markup`<p>${rest} more findings are not shown here.</p>`;
}

function suppressed(report: Report): Markup | null {
  if (report.suppressed.length === 0) return null;
  const items = report.suppressed.slice(0, MOST_FINDINGS).map(({ finding, by, reason }) => {
    const why = reason === null ? "" : `: ${reason}`;
    const source = by === "inline" ? "a comment" : "the baseline";
    return markup`<li>${finding.ruleId} ${finding.rule}: ${withCode(finding.message)} <span class="soft">Accepted by ${source}${why}</span></li>`;
  });
  return markup`<section><h2>Suppressed</h2><details><summary>${report.suppressed.length} accepted findings</summary><ul>${items}</ul></details></section>
`;
}

function notChecked(report: Report, rules: readonly RuleOutline[]): Markup | null {
  const line = skippedLine(report, rules);
  return line === null
    ? null
    : markup`<section><h2>Not checked</h2><p class="soft">${withCode(line)}</p></section>
`;
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity]);
}
