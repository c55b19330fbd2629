import { goalOf, missedGoals } from "./goals.mjs";
import { cellsOf } from "./table.mjs";

/** `docs/performance.md` of the result of a run of all benches. */
export function performancePage({ date, machine, results }) {
  const missed = missedGoals(results);
  return `# Performance

<!-- Written by \`npm run bench -- --write-docs\`; edit the benches instead. -->

Measured on ${date}: ${Object.values(machine).join(", ")}.

trainlint and what it is compared with run in turn, round after round, in one run. A value is the median of its rounds, with
the least and the most; a ratio is the median of the ratios of each round, since times depend on the machine and ratios hardly
do, as long as it does nothing else, which its load before the run tells. The inputs are made from a fixed seed. \`npm run bench\` measures it anew, \`npm run bench:check\` compares the ratios
with the goals (\`bench/frame/goals.mjs\`).

${missed.length === 0 ? "Every goal was reached." : `Missed:\n\n${missed.map((line) => `- ${line}`).join("\n")}`}
${results.map(section).join("")}`;
}

function section({ bench, title, about, rows }) {
  const body = rows.length === 0 ? "Not measured in this run." : markdownTable(rows, bench);
  return `\n## ${title}\n\n${about.replaceAll("\n", " ")}\n\n${body}\n`;
}

function markdownTable(rows, bench) {
  const [headings, ...lines] = cellsOf(rows, (row) => goalOf(bench, row));
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [headings, headings.map(() => "---"), ...lines].map(line).join("\n");
}
