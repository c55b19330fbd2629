import type { FileIndex, FileQuery, ImageConfig, ImageDepth, ImageNeeds } from "./model.ts";

const DEPTHS: readonly ImageDepth[] = ["config", "files", "layers"];

/** How often rules may ask for more on the strength of what was read: a script, its interpreter, its loader, ... */
export const MAX_ROUNDS = 8;

/** The deepest depth that one of the rules needs. */
export function deepest(needs: readonly ImageNeeds[]): ImageDepth {
  const index = Math.max(0, ...needs.map((need) => DEPTHS.indexOf(need.depth)));
  return DEPTHS[index] ?? "config";
}

/** Everything the rules want to see, each path once with the largest head that was asked for. */
export function combineQueries(needs: readonly ImageNeeds[], config: ImageConfig): FileQuery[] {
  return combined(needs.flatMap((need) => need.queries?.(config) ?? []));
}

/** What the rules want to see besides, now that `files` are read; empty when they have what they need. */
export function nextQueries(
  needs: readonly ImageNeeds[],
  config: ImageConfig,
  files: FileIndex,
): FileQuery[] {
  const heads = new Map(files.asked.map((query) => [keyOf(query), query.head ?? 0]));
  const wanted = combined(needs.flatMap((need) => need.followUps?.(config, files) ?? []));
  return wanted.filter((query) => (heads.get(keyOf(query)) ?? -1) < (query.head ?? 0));
}

/** The queries of all rounds as one list, for the index. */
export function combined(queries: readonly FileQuery[]): FileQuery[] {
  const byKey = new Map<string, FileQuery>();
  for (const query of queries) {
    const head = Math.max(query.head ?? 0, byKey.get(keyOf(query))?.head ?? 0);
    byKey.set(keyOf(query), head === 0 ? query : { ...query, head });
  }
  return [...byKey.values()];
}

function keyOf(query: FileQuery): string {
  return `${query.kind} ${query.path}`;
}
