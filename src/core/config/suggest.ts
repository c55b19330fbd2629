import { closest } from "../closest.ts";

/** ``Did you mean `X`?``, or `undefined` where nothing is near. */
export function didYouMean(typed: string, candidates: Iterable<string>): string | undefined {
  const candidate = closest(typed, [...candidates]);
  return candidate === null ? undefined : `Did you mean \`${candidate}\`?`;
}
