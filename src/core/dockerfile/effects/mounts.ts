import { absolutePath, isWithin } from "../../paths.ts";
import type { Effect, Step } from "../model.ts";
import { expandWord } from "../variables.ts";
import { stepLookup } from "./copy.ts";

/**
 * The targets of `RUN --mount=...`: what a command writes below them never lands in the image.
 */
export function mountTargets(step: Step, escapeChar: string): string[] {
  return step.instruction.flags.flatMap((flag) => {
    if (flag.name !== "mount" || flag.value === null) return [];
    const expanded = expandWord(flag.value, stepLookup(step), escapeChar);
    if (!expanded.known) return [];
    const options = new Map(expanded.value.split(",").map((part) => splitOption(part)));
    const target = options.get("target") ?? options.get("dst") ?? options.get("destination");
    if (target === undefined) return [];
    if (target.startsWith("/")) return [absolutePath("/", target)];
    return step.workingDir.known ? [absolutePath(step.workingDir.value, target)] : [];
  });
}

function splitOption(part: string): [string, string] {
  const equals = part.indexOf("=");
  return equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
}

/** Whether an effect touches only what is mounted. */
export function insideMount(effect: Effect, targets: readonly string[]): boolean {
  if (effect.kind === "install") return false;
  return targets.some((target) => isWithin(effect.path, target));
}
