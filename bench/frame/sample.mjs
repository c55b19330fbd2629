/**
 * A sample is what one thing took in each round of a bench, e.g. `[0.31, 0.29, 0.33]` seconds. Rounds of one bench
 * belong together: what is compared was measured one right after the other.
 *
 * @typedef {readonly number[]} Sample
 */

/** The value in the middle; the lower of two. */
export function median(sample) {
  return [...sample].sort((a, b) => a - b)[(sample.length - 1) >> 1];
}

/** The least and the most. */
export function spread(sample) {
  return [Math.min(...sample), Math.max(...sample)];
}

/** A sample of what `combine` makes of each round of two samples. */
export function eachRound(sample, other, combine) {
  return sample.map((value, round) => combine(value, other[round]));
}
