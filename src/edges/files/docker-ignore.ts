import { readFileSync } from "node:fs";
import { join } from "node:path";
import ignore from "ignore";
import { withoutTrailingSlashes } from "../../core/paths.ts";

/** A path as it counts from the root of the build context. */
export function trimSlashes(path: string): string {
  const trimmed = withoutTrailingSlashes(path.replace(/^(\.?\/)+/, ""));
  return trimmed === "." ? "" : trimmed;
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
      const written = (takesBack ? line.slice(1) : line).trim();
      const pattern = withoutTrailingSlashes(written.replace(/^(\.?\/)+/, ""));
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
