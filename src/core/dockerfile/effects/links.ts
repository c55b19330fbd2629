import { isWithin } from "../../paths.ts";
import type { Effect, LinkEffect, PlaceEffect } from "../model.ts";

/** How many links in a row are followed. */
const MAX_LINKS = 8;

/** The placed files of a build with their paths as the links that stood there at that moment lead them. */
export function throughLinks(effects: readonly Effect[], places: readonly PlaceEffect[]): PlaceEffect[] {
  const wanted = new Set(places);
  const links: LinkEffect[] = [];
  return effects.flatMap((effect): PlaceEffect[] => {
    if (effect.kind === "link" && effect.target.startsWith("/") && !effect.conditional) links.push(effect);
    if (effect.kind !== "place" || !wanted.has(effect)) return [];
    const path = links.length === 0 ? effect.path : followed(effect.path, links);
    return [path === effect.path ? effect : { ...effect, path }];
  });
}

function followed(path: string, links: readonly LinkEffect[]): string {
  let current = path;
  for (let round = 0; round < MAX_LINKS; round += 1) {
    const link = links.findLast(
      (candidate) => current !== candidate.path && isWithin(current, candidate.path),
    );
    if (link === undefined) break;
    current = `${link.target === "/" ? "" : link.target}${current.slice(link.path.length)}`;
  }
  return current;
}
