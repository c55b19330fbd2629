/**
 * The goals: the most that a ratio may be, by bench and by row (what is measured, what with). This is the one place
 * where they are written down; `npm run bench` shows them, `npm run bench:check` fails for those missed.
 */
export const GOALS = {
  "images/engine": { "trainlint image / docker save": 0.1 },
  "images/entries": {
    "microseconds for each of 100000 entries / a tenth of them": 1.5,
    "microseconds for each of 1000000 entries / a tenth of them": 1.5,
  },
  "images/gzip": { "trainlint image / gzip -dc": 0.5, "peak memory / 150 MB": 1 },
  "images/saved": {
    "trainlint image, 5 GB / node -e 0": 3,
    "trainlint image, 5 GB / cat": 1,
    "peak memory, 20 GB / 150 MB": 1,
    "peak memory, 20 GB / 1 GB": 1.1,
  },
  "lint/scale": {
    "microseconds for each of 100000 lines of one Dockerfile / of 10000": 1.3,
    "microseconds for each of 20000 lines of one RUN / of 2000": 1.3,
    "microseconds for each of 10000 files in a tree / of 1000": 1.3,
  },
  "lint/start": {
    "trainlint / node -e 0": 1.5,
    "trainlint on Node 24 / hadolint": 0.6,
    "trainlint / hadolint": 1,
    "trainlint / dockerfilelint": 1,
  },
  "lint/throughput": { "trainlint / hadolint": 1 / 20, "trainlint on Node 24 / hadolint": 1 / 20 },
  "smoke/overhead": {
    "trainlint run: ends by itself after 1 s / 1.5 s": 1,
    "trainlint run: saves and ends on SIGTERM / 1.5 s": 1,
    "trainlint run: the same, with a model of 50 MB / 1.5 s": 1,
  },
};

/** The goal of a row of a bench, if it has one. */
export function goalOf(bench, { what, to }) {
  return GOALS[bench]?.[`${what} / ${to}`];
}

/**
 * What is wrong with the results of benches, a line each: ratios above their goal, and goals of rows that were not
 * measured, for which there may be a good reason (no docker), but which must not pass for reached.
 */
export function missedGoals(results) {
  return results.flatMap(({ bench, rows }) =>
    Object.entries(GOALS[bench] ?? {}).flatMap(([name, goal]) => {
      const row = rows.find(({ what, to }) => `${what} / ${to}` === name);
      if (row === undefined) return [`${bench}: ${name} was not measured`];
      const { value } = row.ratio;
      return value <= goal ? [] : [`${bench}: ${name} is ${value.toFixed(3)}, and may be ${goal}`];
    }),
  );
}
