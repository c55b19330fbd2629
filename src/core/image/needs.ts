import type { FileQuery, ImageConfig, ImageDepth, ImageNeeds } from "./model.ts";

const DEPTHS: readonly ImageDepth[] = ["config", "files", "layers"];

/** The deepest depth that one of the rules needs. */
export function deepest(needs: readonly ImageNeeds[]): ImageDepth {
  const index = Math.max(0, ...needs.map((need) => DEPTHS.indexOf(need.depth)));
  return DEPTHS[index] ?? "config";
}

/** Everything the rules want to see, each path once with the largest head that was asked for. */
export function combineQueries(needs: readonly ImageNeeds[], config: ImageConfig): FileQuery[] {
  const combined = new Map<string, FileQuery>();
  for (const query of needs.flatMap((need) => need.queries?.(config) ?? [])) {
    const key = `${query.kind} ${query.path}`;
    const known = combined.get(key);
    const head = Math.max(query.head ?? 0, known?.head ?? 0);
    combined.set(key, head === 0 ? query : { ...query, head });
  }
  return [...combined.values()];
}
