import { absolutePath, isWithin } from "../../paths.ts";
import type { Effect, Step } from "../model.ts";
import { expandWord } from "../variables.ts";
import { stepLookup } from "./copy.ts";

/** A folder or file that is there while a RUN runs, and never lands in the image. */
export interface Mount {
  /** Absolute. */
  readonly target: string;
  /** What a bind mount shows of another stage or image; `null` for every other kind, and for the build context. */
  readonly shows: { readonly from: string; readonly path: string } | null;
}

/** The mounts of `RUN --mount=...`. */
export function mountsOf(step: Step, escapeChar: string): Mount[] {
  return step.instruction.flags.flatMap((flag): Mount[] => {
    if (flag.name !== "mount" || flag.value === null) return [];
    const expanded = expandWord(flag.value, stepLookup(step), escapeChar);
    if (!expanded.known) return [];
    const options = new Map(expanded.value.split(",").map((part) => splitOption(part)));
    const written = options.get("target") ?? options.get("dst") ?? options.get("destination");
    if (written === undefined || (!written.startsWith("/") && !step.workingDir.known)) return [];
    const target = absolutePath(step.workingDir.known ? step.workingDir.value : "/", written);
    const from = options.get("from");
    if (from === undefined || (options.get("type") ?? "bind") !== "bind") return [{ target, shows: null }];
    const path = absolutePath("/", options.get("source") ?? options.get("src") ?? "/");
    return [{ target, shows: { from, path } }];
  });
}

function splitOption(part: string): [string, string] {
  const equals = part.indexOf("=");
  return equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
}

/** Whether an effect touches only what is mounted. */
export function insideMount(effect: Effect, mounts: readonly Mount[]): boolean {
  if (effect.kind === "install") return false;
  return mounts.some(({ target }) => isWithin(effect.path, target));
}

/** The path in another stage or image that a path of the running command shows; `null` for every other path. */
export function shownPath(path: string, mounts: readonly Mount[]): Mount["shows"] {
  for (const { target, shows } of mounts) {
    if (shows === null || !isWithin(path, target)) continue;
    return {
      from: shows.from,
      path: absolutePath(shows.path, `.${path.slice(target === "/" ? 0 : target.length)}`),
    };
  }
  return null;
}
