import { isWithin } from "../../paths.ts";
import type { Effect, PlaceEffect } from "../model.ts";

/** The placed files that no later plain deletion takes away again. */
export function survivingPlaces(effects: readonly Effect[]): PlaceEffect[] {
  return effects.filter((effect, index): effect is PlaceEffect => {
    if (effect.kind !== "place") return false;
    return !effects
      .slice(index + 1)
      .some(
        (later) =>
          later.kind === "remove" &&
          !later.conditional &&
          isWithin(effect.path, later.path) &&
          (!later.below || effect.path !== later.path || effect.extent === "below"),
      );
  });
}
