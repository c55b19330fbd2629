import { readFileSync } from "node:fs";
import { join } from "node:path";
import ignore from "ignore";

/** A path as it counts from the root of the build context. */
export function trimSlashes(path: string): string {
  return path
    .replace(/^(\.?\/)+/, "")
    .replace(/\/+$/, "")
    .replace(/^\.$/, "");
}

/**
 * What .dockerignore says: patterns count from the root, the last one that matches the path or one of its
 * folders decides, `!` takes back. `<Dockerfile>.dockerignore` wins over `.dockerignore`.
 */
export function dockerIgnore(base: string, dockerfile: string | null): (path: string) => boolean {
  const text =
    (dockerfile === null ? null : textOrNull(`${dockerfile}.dockerignore`)) ??
    textOrNull(join(base, ".dockerignore"));
  const rules = (text ?? "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const takesBack = line.startsWith("!");
      const pattern = (takesBack ? line.slice(1) : line)
        .trim()
        .replace(/^(\.?\/)+/, "")
        .replace(/\/+$/, "");
      return { takesBack, matcher: ignore().add(`/${pattern}`) };
    });
  return (path) => {
    const clean = trimSlashes(path);
    if (clean === "" || clean.startsWith("../") || clean === "..") return false;
    return rules.reduce((out, rule) => (rule.matcher.ignores(clean) ? !rule.takesBack : out), false);
  };
}

function textOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
