import { isWithin, parentOf } from "../../paths.ts";
import { remembered } from "../../remembered.ts";
import type { Effect, PlaceEffect } from "../model.ts";

/** The placed files that no later plain deletion takes away again. */
export const survivingPlaces = remembered((effects: readonly Effect[]): readonly PlaceEffect[] => {
  const gone = new Set<string>();
  const emptied = new Set<string>();
  const surviving: PlaceEffect[] = [];
  for (const effect of effects.toReversed()) {
    if (effect.kind === "remove" && !effect.conditional) (effect.below ? emptied : gone).add(effect.path);
    if (effect.kind === "place" && !isGone(effect, gone, emptied)) surviving.push(effect);
  }
  return surviving.reverse();
});

function isGone(place: PlaceEffect, gone: ReadonlySet<string>, emptied: ReadonlySet<string>): boolean {
  if (emptied.has(place.path) && place.extent === "below") return true;
  for (let path = place.path; ; path = parentOf(path)) {
    if (gone.has(path) || (path !== place.path && emptied.has(path))) return true;
    if (path === "/" || !isWithin(path, "/")) return false;
  }
}
