/**
 * A row is one comparison: `what` was measured, `value` of `unit` (seconds, bytes, ...), against `to` with its
 * `against`; `ratio` is value divided by against, and `goal` the most that it may be.
 *
 * @typedef {{ what: string, value: number, unit: "s" | "MB" | "us", to?: string, against?: number, ratio?: number, goal?: number }} Row
 */

/** A row that compares. */
export function compared(what, value, unit, to, against, goal) {
  return { what, value, unit, to, against, ratio: value / against, ...(goal === undefined ? {} : { goal }) };
}

/** The rows as aligned text. */
export function tableOf(rows) {
  const lines = rows.map((row) => [
    row.what,
    shown(row.value, row.unit),
    row.to ?? "",
    row.against === undefined ? "" : shown(row.against, row.unit),
    row.ratio === undefined ? "" : row.ratio.toFixed(2),
    row.goal === undefined ? "" : `${row.ratio <= row.goal ? "ok" : "MISSED"}, at most ${row.goal}`,
  ]);
  const all = [["measured", "", "compared with", "", "ratio", "goal"], ...lines];
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function shown(value, unit) {
  return `${value < 10 ? value.toFixed(3) : value.toFixed(1)} ${unit}`;
}
