import stringWidth from "string-width";
import { html, type Markup } from "./markup.ts";
import { type Bar, type Moment, seconds, type Timeline, type Tone } from "./timeline.ts";

/** Sizes in the drawing's own units; the page scales it. */
const WIDTH = 1000;
const LEFT = 250;
const RIGHT = 190;
const LABEL_ROW = 17;
const BAR_ROW = 26;
const BAR_HEIGHT = 16;
const CHARACTER = 7.3;
const MOST_BARS = 20;

const EVENT_CLASS: Readonly<Record<Tone, string>> = {
  plain: "event",
  good: "event event-good",
  stop: "event event-stop",
  bad: "event event-bad",
};
const TEXT_CLASS: Readonly<Record<Tone, string>> = {
  plain: "soft",
  good: "text-good",
  stop: "text-stop",
  bad: "text-bad",
};

/** The drawing: events above, processes as bars below them, the grace period as a band behind. */
export function timelineSvg(timeline: Timeline, id: string): Markup {
  const bars = timeline.bars.slice(0, MOST_BARS);
  const scale = scaleOf(timeline.end);
  const labels = placedLabels(timeline.moments, scale);
  const rows = Math.max(1, ...labels.map(({ row }) => row + 1));
  const top = rows * LABEL_ROW + 10;
  const bottom = top + Math.max(1, bars.length) * BAR_ROW + 24;
  const height = bottom + 30;
  return html`<svg role="img" aria-labelledby="${id}" viewBox="0 0 ${WIDTH} ${height}">
<title id="${id}">${describe(timeline)}</title>
${band(timeline, scale, top, bottom)}${ticks(timeline.end).map(
  (at) => html`<line class="grid" x1="${x(scale(at))}" x2="${x(scale(at))}" y1="${top}" y2="${bottom}"/>
<text class="soft" x="${x(scale(at))}" y="${bottom + 18}" text-anchor="middle">${seconds(at)}</text>`,
)}
${bars.map((bar, index) => barMarkup(bar, scale, top + index * BAR_ROW + 4))}
${labels.map((label) => labelMarkup(label, bottom))}
</svg>`;
}

type Scale = (at: number) => number;

function scaleOf(end: number): Scale {
  const span = end > 0 ? end : 1;
  return (at) => LEFT + (at / span) * (WIDTH - LEFT - RIGHT);
}

function x(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function band({ grace, end }: Timeline, scale: Scale, top: number, bottom: number): Markup | null {
  if (grace === null) return null;
  const [from, to] = [scale(grace.from), scale(Math.min(grace.to, end))];
  const textX = from + 8 + textWidth(grace.text) < to ? from + 4 : to + 6;
  // The edge is the moment of SIGKILL; a band without one goes on behind the end of the run.
  const edge = html`<line class="band-edge" x1="${x(to)}" x2="${x(to)}" y1="${top}" y2="${bottom}"/>`;
  return html`<rect class="band" x="${x(from)}" y="${top}" width="${x(Math.max(1, to - from))}" height="${bottom - top}"/>
${grace.to <= end ? edge : null}<text class="band-text" x="${x(textX)}" y="${bottom - 7}">${grace.text}</text>
`;
}

function barMarkup(bar: Bar, scale: Scale, y: number): Markup {
  const [from, sure, to] = [bar.from, Math.min(bar.sureFrom, bar.to), bar.to].map(scale) as [
    number,
    number,
    number,
  ];
  const label = `PID ${bar.pid} ${bar.command}`;
  return html`<g><title>${`${label}: ${bar.fate}`}</title>
<text x="${LEFT - 10}" y="${y + 12}" text-anchor="end">${cut(label, Math.floor((LEFT - 14) / CHARACTER))}</text>
<rect class="bar-early" x="${x(from)}" y="${y}" width="${x(Math.max(1, sure - from))}" height="${BAR_HEIGHT}" rx="2"/>
<rect class="bar" x="${x(sure)}" y="${y}" width="${x(Math.max(2, to - sure))}" height="${BAR_HEIGHT}" rx="2"/>
<text class="${TEXT_CLASS[bar.tone]}" x="${x(to + 6)}" y="${y + 12}">${bar.fate}</text></g>
`;
}

interface PlacedLabel {
  readonly moment: Moment;
  readonly at: number;
  readonly textX: number;
  readonly row: number;
}

/** Each label in a row of its own where it must be: none covers another, and no later line goes through one. */
function placedLabels(moments: readonly Moment[], scale: Scale): PlacedLabel[] {
  const ends: number[] = [];
  return moments.map((moment) => {
    const at = scale(moment.at);
    const width = textWidth(labelText(moment));
    const textX = at + 4 + width < WIDTH ? at + 4 : at - 4 - width;
    const row = ends.findLastIndex((end) => end + 8 >= Math.min(at, textX)) + 1;
    ends[row] = textX + width;
    return { moment, at, textX, row };
  });
}

function labelMarkup({ moment, at, textX, row }: PlacedLabel, bottom: number): Markup {
  const y = row * LABEL_ROW + 14;
  return html`<g><title>${[labelText(moment), moment.detail].filter(Boolean).join(": ")}</title>
<line class="${EVENT_CLASS[moment.tone]}" x1="${x(at)}" x2="${x(at)}" y1="${y - 10}" y2="${bottom}"/>
<text class="${TEXT_CLASS[moment.tone]}" x="${x(textX)}" y="${y}">${labelText(moment)}</text></g>
`;
}

function labelText({ label, at }: Moment): string {
  return `${cut(label, 40)} ${seconds(at)}`;
}

/** Between four and nine round numbers from 0 to the end. */
function ticks(end: number): number[] {
  if (end <= 0) return [0];
  const raw = end / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}

/** What the picture shows, for those who can't see it. */
function describe({ moments, bars, grace }: Timeline): string {
  const events = moments.map(labelText).join(", ");
  const processes = bars.map(({ pid, fate }) => `PID ${pid} ${fate}`.trim()).join(", ");
  return [`Timeline of the smoke run: ${events}`, processes, grace?.text ?? ""].filter(Boolean).join("; ");
}

function textWidth(text: string): number {
  return stringWidth(text) * CHARACTER;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
