import type { HistoryEntry } from "./model.ts";

/**
 * The history as an engine tells it, newest first and without saying which entries made a layer. Where as many
 * entries have bytes as there are layers, it is those; else nothing is said about layers.
 */
export function shownHistory(
  told: readonly { readonly CreatedBy?: string; readonly Size?: number }[],
  layers: readonly string[],
): HistoryEntry[] {
  const oldestFirst = [...told].reverse();
  const makers = oldestFirst.filter(({ Size }) => (Size ?? 0) > 0);
  const known = makers.length === layers.length;
  let next = 0;
  return oldestFirst.map(({ CreatedBy, Size }) => ({
    createdBy: CreatedBy ?? "",
    layer: known && (Size ?? 0) > 0 ? (layers[next++] ?? null) : null,
  }));
}
