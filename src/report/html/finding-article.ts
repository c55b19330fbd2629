import type { Finding, Fix } from "../../core/finding.ts";
import type { Json } from "../../core/json.ts";
import type { Position } from "../../core/text.ts";
import { knownLine, placeText } from "../place.ts";
import type { Report } from "../report.ts";
import { findingUrl } from "../rule-page.ts";
import { html, type Markup, withCode } from "./markup.ts";
import { sourceExcerpt } from "./source.ts";

/** One finding: what, where in its source, the evidence, what to do. */
export function findingArticle(finding: Finding, report: Report): Markup {
  const { severity, location } = finding;
  return html`<article class="of-${severity}">
<h3><span class="badge ${severity}">${severity}</span> ${withCode(finding.message)}</h3>
<p class="soft"><span class="mono">${placeText(location)}</span> · ${ruleLink(finding, report)}</p>
${source(finding, report)}<p><strong>What to do:</strong> ${withCode(finding.help)}</p>
${madeBy(finding)}${finding.fix === undefined ? null : fixBlock(finding.fix)}${related(finding)}${evidence(finding)}</article>
`;
}

function ruleLink(finding: Finding, report: Report): Markup {
  const label = `${finding.ruleId} ${finding.rule}`;
  const url = findingUrl(report, finding);
  return url === null ? html`${label}` : html`<a href="${url}">${label}</a>`;
}

/** The source at the finding; for an image, the line of the Dockerfile that set the value or placed the file, where it is known. */
function source({ location }: Finding, report: Report): Markup | null {
  if (location.kind === "text" || location.kind === "job") {
    return excerptAt(location.path, location.start, location.end, report);
  }
  if (report.imageSource === null) return null;
  const line = knownLine(location, report.imageSource);
  if (line === null) return null;
  const { path } = report.imageSource;
  return html`<p class="soft">From ${path}:${line}</p>${excerptAt(path, { line, column: 1 }, { line, column: 1 }, report)}`;
}

function excerptAt(path: string, start: Position, end: Position, report: Report): Markup | null {
  const text = report.texts.get(path);
  return text === undefined ? null : sourceExcerpt(text, start, end);
}

function madeBy({ location }: Finding): Markup | null {
  if (location.kind !== "image-file") return null;
  const facts = [
    ...(location.instruction === null
      ? []
      : [html`<dt>Made by</dt><dd class="mono">${location.instruction}</dd>`]),
    ...(location.layer === null ? [] : [html`<dt>Layer</dt><dd class="mono">${location.layer}</dd>`]),
  ];
  return facts.length === 0 ? null : html`<dl>${facts}</dl>`;
}

function fixBlock(fix: Fix): Markup {
  const edits = fix.edits.map(({ range, replacement }) => {
    const { start } = range;
    return html`<li><span class="mono">${`${fix.path}:${start.line}:${start.column}`}</span> <code>${replacement}</code></li>`;
  });
  const caution = fix.safe ? null : html` <span class="warning">(changes more than this finding)</span>`;
  return html`<p><strong>Fix:</strong> ${fix.description}${caution}</p><ul>${edits}</ul>`;
}

function related({ related: places }: Finding): Markup | null {
  if (places.length === 0) return null;
  return html`<ul>${places.map(
    ({ location, message }) =>
      html`<li><span class="mono">${placeText(location)}</span> ${withCode(message)}</li>`,
  )}</ul>`;
}

function evidence(finding: Finding): Markup | null {
  const entries = Object.entries(finding.evidence).filter(([, value]) => value !== null);
  if (entries.length === 0) return null;
  const rows = entries.map(([name, value]) => html`<dt>${name}</dt><dd class="mono">${written(value)}</dd>`);
  return html`<details><summary>Evidence</summary><dl>${rows}</dl></details>`;
}

const LONGEST_VALUE = 2000;

function written(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
