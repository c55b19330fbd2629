/**
 * The candidate nearest to what was typed, if it is near enough to be meant: at most a third of the letters
 * differ (and at least one edit is always allowed). Case does not count.
 */
export function nearest(typed: string, candidates: Iterable<string>): string | null {
  const wanted = typed.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `Did you mean X?`, or `undefined` where nothing is near. */
export function didYouMean(typed: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(typed, candidates);
  return candidate === null ? undefined : `Did you mean \`${candidate}\`?`;
}

/** Insertions, deletions, replacements and swaps of neighbours; counting stops at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (previous[column] ?? limit) + 1,
        (current[column - 1] ?? limit) + 1,
        (previous[column - 1] ?? limit) + (same ? 0 : 1),
        swapped ? (twoBack[column - 2] ?? limit) + 1 : limit,
      );
    }
    twoBack = previous;
    previous = current;
  }
  return previous[b.length] ?? limit;
}
