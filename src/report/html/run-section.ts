import type { RunFile, RunOutput, Transcript } from "../../core/run/transcript.ts";
import { html, type Markup } from "./markup.ts";
import { savedFiles, seconds, timelineOf } from "./timeline.ts";
import { timelineSvg } from "./timeline-svg.ts";

const LEGEND =
  "Bars are processes, pale until the moment they were seen. The band is the time from SIGTERM to SIGKILL.";

/** A smoke run: its picture, its facts, its events as a table, and the end of what it printed. */
export function runSection(run: Transcript, index: number): Markup {
  const timeline = timelineOf(run);
  return html`<div class="card">
<h3>Smoke run of ${run.image.name}</h3>
${
  run.startError === null
    ? html`<div class="timeline" tabindex="0" role="group" aria-label="Timeline, scrolls sideways">${timelineSvg(timeline, `timeline-${index}`)}</div>
<p class="soft">${LEGEND}</p>`
    : html`<p class="error">The container did not start: ${run.startError}</p>`
}
<dl>${facts(run).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<details><summary>Events</summary>
<table><thead><tr><th scope="col">Seconds</th><th scope="col">Event</th><th scope="col">Detail</th></tr></thead><tbody>
${timeline.moments.map(
  ({ at, label, detail }) =>
    html`<tr><td class="time">${at.toFixed(2)}</td><td>${label}</td><td>${detail}</td></tr>
`,
)}</tbody></table></details>
${output("Standard output", run.stdout)}${output("Standard error", run.stderr)}</div>
`;
}

function facts(run: Transcript): [string, string][] {
  const { stop, exit, readiness } = run;
  return [
    ["Command", run.argv.join(" ")],
    ["User", run.user === "" ? "root" : run.user],
    ["Ready", readiness === null ? "never" : `${readiness.by}: ${readiness.detail}`],
    ["Stop", stop === null ? "not stopped" : stopText(stop, run.graceSeconds)],
    ["Exit code", exit === null ? "none" : `${exit.code}${exit.oomKilled ? " (out of memory)" : ""}`],
    stop === null
      ? ["Files at the end", fileList(run.filesAtEnd)]
      : ["Saved during the stop", fileList(savedFiles(run))],
    ...(run.failure === null ? [] : ([["Failure file", run.failure]] satisfies [string, string][])),
  ];
}

const MOST_FILES = 10;

function fileList(files: readonly RunFile[]): string {
  if (files.length === 0) return "nothing";
  const shown = files.slice(0, MOST_FILES).map(({ path, size }) => `${path} (${size} bytes)`);
  return files.length > MOST_FILES
    ? `${shown.join(", ")}, and ${files.length - MOST_FILES} more`
    : shown.join(", ");
}

function stopText(stop: { readonly seconds: number; readonly killed: boolean }, grace: number): string {
  return stop.killed
    ? `killed after the grace period of ${grace} s`
    : `ended ${seconds(stop.seconds)} after SIGTERM, of ${grace} s`;
}

function output(title: string, { tail, bytes }: RunOutput): Markup | null {
  if (tail.length === 0) return null;
  const lines = html`<pre tabindex="0">${tail.join("\n")}</pre>`;
  return html`<details><summary>${title}: the end of ${bytes} bytes</summary>${lines}</details>
`;
}
