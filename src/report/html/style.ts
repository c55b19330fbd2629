/** The style sheet of the HTML report. Colours keep a contrast of at least 4.5 to 1 in both schemes. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: #ffffff; --card: #f6f7f9; --line: #d5d9e0; --text: #1b1f24; --soft: #525a66; --link: #0b57d0;
  --error: #b3261e; --warning: #855300; --info: #0b57d0; --good: #1a6b32; --mark: #ffe8a3;
  --bar: #3b6fb6; --bar-early: #9db8db; --band: #fff1d6; --band-line: #b77400; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171b; --card: #1d2127; --line: #363c46; --text: #e6e9ee; --soft: #a6aeba; --link: #8ab4f8;
  --error: #ff8a80; --warning: #f5b657; --info: #8ab4f8; --good: #7ed491; --mark: #5a4a12;
  --bar: #6f9fe0; --bar-early: #3c5679; --band: #33290f; --band-line: #f5b657; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0 0 .5rem; } h4 { font-size: 1rem; margin: 1rem 0 .25rem; }
a { color: var(--link); } code, pre, .mono { font-family: ui-monospace, monospace; font-size: .9em; }
.soft { color: var(--soft); } .counts { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
.counts li, .badge { border: 1px solid currentColor; border-radius: 1rem; padding: .05rem .65rem; font-weight: 600; }
.badge { font-size: .8rem; } .error { color: var(--error); } .warning { color: var(--warning); }
.info { color: var(--info); } .good { color: var(--good); }
article, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem;
  margin: 0 0 1rem; overflow-wrap: anywhere; }
article.of-error { border-left: 4px solid var(--error); } article.of-warning { border-left: 4px solid var(--warning); }
article.of-info { border-left: 4px solid var(--info); }
pre { margin: .5rem 0; padding: .5rem; overflow-x: auto; background: var(--page); border: 1px solid var(--line);
  border-radius: .35rem; } mark { background: var(--mark); color: inherit; font-weight: 600; }
pre .number { color: var(--soft); user-select: none; } dl { display: grid; grid-template-columns: max-content 1fr;
  gap: .15rem 1rem; margin: .5rem 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .5rem;
  border-bottom: 1px solid var(--line); vertical-align: top; } td.time { text-align: right; white-space: nowrap; }
summary { cursor: pointer; } .timeline { overflow-x: auto; } .timeline svg { display: block; min-width: 46rem; width: 100%; height: auto; }
svg text { fill: var(--text); font: 12px ui-monospace, monospace; } svg .soft { fill: var(--soft); color: inherit; }
svg .grid { stroke: var(--line); } svg .band { fill: var(--band); } svg .band-edge { stroke: var(--band-line); stroke-dasharray: 4 3; }
svg .band-text { fill: var(--warning); } svg .bar { fill: var(--bar); } svg .bar-early { fill: var(--bar-early); }
svg .event { stroke: var(--soft); } svg .event-good { stroke: var(--good); } svg .event-bad { stroke: var(--error); stroke-width: 2; }
svg .event-stop { stroke: var(--band-line); stroke-width: 2; } svg .text-good { fill: var(--good); }
svg .text-bad { fill: var(--error); font-weight: 600; } svg .text-stop { fill: var(--warning); font-weight: 600; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; color: var(--soft); }
@media print { body { max-width: none; } article, .card { break-inside: avoid; } }
`;
