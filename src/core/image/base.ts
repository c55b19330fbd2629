import { UserError } from "../errors.ts";
import type { HistoryEntry, ImageBase, ImageModel } from "./model.ts";

/**
 * How much of an image is the base that the user names: the layers that both begin with. An image that was built
 * on another version of the base shares the first of them.
 *
 * @throws UserError when they share none.
 */
export function baseGiven(image: ImageModel, base: ImageModel): ImageBase {
  const layers = shared(image.layers, base.layers, (a, b) => a.digest === b.digest);
  if (layers === 0 && base.layers.length > 0) {
    throw new UserError(`${image.name} is not built on ${base.name}: they share no layer.`, {
      help: "Give the image that FROM names, in the version that was built on.",
    });
  }
  const entries = shared(image.history, base.history, isSameEntry);
  return { name: base.name, layers, entries };
}

function isSameEntry(a: HistoryEntry, b: HistoryEntry): boolean {
  return a.createdBy === b.createdBy;
}

/** How many items two lists begin with that are the same. */
function shared<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): number {
  const different = a.findIndex((item, at) => b[at] === undefined || !same(item, b[at]));
  return different === -1 ? Math.min(a.length, b.length) : different;
}
