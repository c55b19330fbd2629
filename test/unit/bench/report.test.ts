import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
// @ts-expect-error plain JavaScript
import { GOALS, missedGoals } from "../../../bench/frame/goals.mjs";
// @ts-expect-error plain JavaScript
import { performancePage } from "../../../bench/frame/page.mjs";
// @ts-expect-error plain JavaScript
import { eachRound, median, spread } from "../../../bench/frame/sample.mjs";
// @ts-expect-error plain JavaScript
import { alignedText, cellsOf, compared, measured } from "../../../bench/frame/table.mjs";

const ROW = compared("trainlint image", [2, 9, 3], "s", "gzip -dc", [4, 10, 12]);

describe("a sample", () => {
  it("has a median, a spread, and ratios round by round", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2);
    expect(spread([3, 1, 2])).toEqual([1, 3]);
    expect(eachRound([6, 8], [2, 4], (a: number, b: number) => a / b)).toEqual([3, 2]);
    expect(ROW).toMatchObject({
      value: 3,
      spread: [2, 9],
      against: { value: 10, spread: [4, 12] },
      ratio: { value: 0.5, spread: [0.25, 0.9] },
    });
  });
});

describe("goals", () => {
  const peak = compared("peak memory", [90], "MB", "150 MB", 150);

  it("that are missed, or not measured, are listed", () => {
    const bench = "images/gzip";
    const slow = compared("trainlint image", [6], "s", "gzip -dc", [10]);
    expect(missedGoals([{ bench, rows: [ROW, peak] }])).toEqual([]);
    expect(missedGoals([{ bench, rows: [slow, peak] }])).toEqual([
      "images/gzip: trainlint image / gzip -dc is 0.600, and may be 0.5",
    ]);
    expect(missedGoals([{ bench, rows: [ROW] }])).toEqual([
      "images/gzip: peak memory / 150 MB was not measured",
    ]);
  });

  it("are those of benches that there are", () => {
    const files = Object.keys(GOALS).map((bench) => `bench/${bench}.bench.mjs`);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });
});

describe("rows", () => {
  const alone = measured("10 entries", [0.25], "s");

  it("are shown as a table", () => {
    const goalOf = ({ to }: { to?: string }) => (to === undefined ? undefined : 0.4);
    expect(alignedText(cellsOf([ROW, alone], goalOf))).toBe(
      [
        "measured         median   from-to    compared with  median  from-to    ratio  from-to      goal",
        "trainlint image  3.00 s   2.00-9.00  gzip -dc       10.0 s  4.00-12.0  0.500  0.250-0.900  MISSED: at most 0.4",
        "10 entries       0.250 s",
      ].join("\n"),
    );
  });

  it("are a page with the date, the machine, and what was missed", () => {
    const machine = { processor: "2 x Some CPU", memory: "8 GiB", system: "Linux 6", node: "Node 20.20.2" };
    const about = "Read and\nunpacked, `a | b`.";
    const results = [
      { bench: "images/gzip", title: "Compressed layers", about, seconds: 1, rows: [ROW] },
      { bench: "images/engine", title: "In the engine", about, seconds: 0, rows: [] },
    ];
    const page = performancePage({ date: "2031-05-06", machine, results });
    expect(page).toContain("Measured on 2031-05-06: 2 x Some CPU, 8 GiB, Linux 6, Node 20.20.2.");
    expect(page).toContain("- images/gzip: peak memory / 150 MB was not measured\n");
    expect(page).toContain("- images/engine: trainlint image / docker save was not measured\n");
    expect(page).toContain("## Compressed layers\n\nRead and unpacked, `a | b`.\n\n| measured | median |");
    expect(page).toContain(
      "| trainlint image | 3.00 s | 2.00-9.00 | gzip -dc | 10.0 s | 4.00-12.0 | 0.500 |",
    );
    expect(page).toContain("reached: at most 0.5 |");
    expect(page).toContain("## In the engine\n\nRead and unpacked, `a | b`.\n\nNot measured in this run.");
  });
});
