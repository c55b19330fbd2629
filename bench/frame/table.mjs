import { eachRound, median, spread } from "./sample.mjs";

/**
 * A row is one measured thing: the median `value` of its rounds with their `spread` in `unit`, and, where it is
 * compared, the same of the other thing, and the `ratio`: the median of the ratios of each round, so that a machine
 * that was busy for a while was so for both.
 *
 * @typedef {{ value: number, spread: [number, number] }} Measured
 * @typedef {Measured & { what: string, unit: "s" | "MB" | "us", to?: string, against?: Measured, ratio?: Measured }} Row
 */

/** A row of a sample alone. */
export function measured(what, sample, unit) {
  return { what, unit, ...summary(sample) };
}

/** A row that compares a sample with another of as many rounds, or with one number. */
export function compared(what, sample, unit, to, against) {
  const others = typeof against === "number" ? sample.map(() => against) : against;
  const ratios = eachRound(sample, others, (ours, theirs) => ours / theirs);
  return { ...measured(what, sample, unit), to, against: summary(others), ratio: summary(ratios) };
}

function summary(sample) {
  return { value: median(sample), spread: spread(sample) };
}

const HEADINGS = [
  "measured",
  "median",
  "from-to",
  "compared with",
  "median",
  "from-to",
  "ratio",
  "from-to",
  "goal",
];

/** The cells of the table that shows these rows, headings first. `goalOf` tells the most that a row's ratio may be. */
export function cellsOf(rows, goalOf) {
  return [
    HEADINGS,
    ...rows.map((row) => {
      const { what, unit, to = "", against, ratio } = row;
      const goal = goalOf(row);
      return [
        what,
        ...shown(row, (value) => `${digits(value)} ${unit}`),
        to,
        ...shown(against, (value) => `${digits(value)} ${unit}`),
        ...shown(ratio, digits),
        goal === undefined ? "" : `${ratio.value <= goal ? "reached" : "MISSED"}: at most ${goal}`,
      ];
    }),
  ];
}

function shown(measure, format) {
  if (measure === undefined) return ["", ""];
  const [least, most] = measure.spread;
  return [format(measure.value), least === most ? "" : `${digits(least)}-${digits(most)}`];
}

function digits(value) {
  return value < 10 ? value.toFixed(value < 1 ? 3 : 2) : value.toFixed(value < 100 ? 1 : 0);
}

/** Cells as aligned text. */
export function alignedText(cells) {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
