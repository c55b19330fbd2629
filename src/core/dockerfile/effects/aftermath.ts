import { absolutePath, baseName, isWithin } from "../../paths.ts";
import type { Effect, PlaceEffect, ShellCommand } from "../model.ts";
import { commandIndex } from "../shell/prefixes.ts";

/** Effects as they are collected, with what later commands do to earlier ones. */
export class Collected {
  readonly effects: Effect[] = [];
  /** Where in `effects` the files are that were placed at a path. */
  private readonly placed = new Map<string, number[]>();

  add(effect: Effect): void {
    if (effect.kind === "remove" && /[*?[]/.test(effect.path)) {
      for (const path of this.matching(effect.path)) this.effects.push({ ...effect, path, below: false });
      return;
    }
    if (effect.kind === "change-mode") this.changeMode(effect);
    if (effect.kind === "place") {
      const earlier = this.placed.get(effect.path);
      if (earlier === undefined) this.placed.set(effect.path, [this.effects.length]);
      else earlier.push(this.effects.length);
    }
    this.effects.push(effect);
  }

  /** A command that changes files in place, such as `sed -i`: their text is not known any more. */
  edit(command: ShellCommand): void {
    for (const path of editedPaths(command)) {
      for (const match of this.matching(path)) this.update(match, (place) => ({ ...place, content: null }));
    }
  }

  private changeMode(change: Extract<Effect, { kind: "change-mode" }>): void {
    const { mode } = change;
    if (change.conditional || (mode === null && change.executable === "unchanged")) return;
    const paths = change.recursive
      ? [...this.placed.keys()].filter((path) => isWithin(path, change.path))
      : [change.path];
    for (const path of paths)
      this.update(path, (place) => ({ ...place, mode: mode ?? changedBits(place, change.executable) }));
  }

  private update(path: string, change: (place: PlaceEffect) => PlaceEffect): void {
    for (const index of this.placed.get(path) ?? []) {
      const effect = this.effects[index];
      if (effect?.kind === "place") this.effects[index] = change(effect);
    }
  }

  /** The placed paths that a plain path or a pattern stands for. */
  private matching(pattern: string): string[] {
    if (!/[*?[]/.test(pattern)) return [pattern];
    const matches = pathPattern(pattern);
    return matches === null ? [] : [...this.placed.keys()].filter((path) => matches.test(path));
  }
}

function changedBits(place: PlaceEffect, executable: "set" | "cleared" | "unchanged"): number | null {
  if (place.mode === null) return null;
  return executable === "set" ? place.mode | 0o100 : place.mode & ~0o100;
}

/** `*` and `?` within one part of a path; `null` for patterns with brackets or too many stars. */
function pathPattern(pattern: string): RegExp | null {
  if (/[[\]{}]/.test(pattern) || pattern.split("*").length > 6) return null;
  const body = pattern.replace(/\*+|\?|[^*?]/g, (token) =>
    token.startsWith("*") ? "[^/]*" : token === "?" ? "[^/]" : token.replace(/[.*+?^${}()|[\]\\/]/, "\\$&"),
  );
  return new RegExp(`^${body}$`);
}

function editedPaths(command: ShellCommand): string[] {
  const argv = command.argv.slice(commandIndex(command.argv));
  const name = baseName(argv[0]?.value ?? "");
  const appends = command.redirects.filter((redirect) => redirect.operator.includes(">>"));
  const words = editsInPlace(
    name,
    argv.map((word) => word.value ?? ""),
  )
    ? argv.slice(1)
    : [];
  return [...words, ...appends.flatMap((redirect) => redirect.target ?? [])].flatMap((word) => {
    const value = word.value ?? "";
    if (value === "" || value.startsWith("-")) return [];
    if (value.startsWith("/")) return [absolutePath("/", value)];
    return command.workingDir.known ? [absolutePath(command.workingDir.value, value)] : [];
  });
}

function editsInPlace(name: string, argv: readonly string[]): boolean {
  if (/^(?:dos2unix|fromdos|patch|ed|ex|2to3|strip|patchelf)$/.test(name)) return true;
  return (
    /^(?:sed|perl|ruby|yq|awk|gawk)$/.test(name) &&
    argv.some((word) => /^-[a-zA-Z]*i|^--in-?place/.test(word))
  );
}
