import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { remembered } from "../../core/remembered.ts";
import { kindOf } from "./kind.ts";
import { readTextFileIfThere } from "./read.ts";

/** What the .gitignore files that were met so far say, all as patterns that count from `root`. */
export interface IgnoreRules {
  readonly root: string;
  readonly patterns: Ignore;
}

/** The .gitignore files from the root of the working tree down to above `folder`; none outside of a working tree. */
export async function rulesAbove(folder: string): Promise<IgnoreRules> {
  const root = await workingTreeOf(folder);
  if (root === null) return noRules(folder);
  const parents: string[] = [];
  for (let at = folder; at !== root; at = dirname(at)) parents.unshift(dirname(at));
  let rules = noRules(root);
  for (const parent of parents) rules = await rulesIn(parent, rules);
  // Whoever names a folder that git leaves out wants it searched all the same.
  return folder !== rules.root && isIgnored(folder, true, rules) ? noRules(folder) : rules;
}

/** The root of the git working tree that `folder` lies in; `null` outside of one. */
export async function workingTreeOf(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await kindOf(join(at, ".git"))) !== null) return at;
    if (dirname(at) === at) return null;
  }
}

/** The rules below `folder`: those above, and over them those of its own .gitignore. */
export async function rulesIn(folder: string, above: IgnoreRules): Promise<IgnoreRules> {
  const text = await ignoreFileIn(folder);
  if (text === null) return above;
  const below = slashed(relative(above.root, folder));
  const patterns = text.split(/\r?\n/).map((pattern) => rebased(pattern, below));
  return { root: above.root, patterns: caseSensitive().add(above.patterns).add(patterns) };
}

/** A .gitignore that can't be read leaves nothing out: git goes on without it, too. */
async function ignoreFileIn(folder: string): Promise<string | null> {
  try {
    return await readTextFileIfThere(join(folder, ".gitignore"));
  } catch {
    return null;
  }
}

/** Whether git leaves the path out: of all patterns the last one that matches it or a folder above it decides. */
export function isIgnored(path: string, isFolder: boolean, rules: IgnoreRules): boolean {
  return rules.patterns.ignores(slashed(relative(rules.root, path)) + (isFolder ? "/" : ""));
}

/** Whether .gitignore patterns that count from `folder` match `path`; nothing outside of `folder` matches. */
export function matchesPatterns(path: string, patterns: readonly string[], folder: string): boolean {
  if (patterns.length === 0) return false;
  const below = slashed(relative(folder, path));
  if (below === "" || below === ".." || below.startsWith("../")) return false;
  return matcherOf(patterns).ignores(below);
}

/** All files of a run are asked about with the same few lists. */
const matcherOf = remembered((patterns: readonly string[]) => caseSensitive().add([...patterns]));

function noRules(root: string): IgnoreRules {
  return { root, patterns: caseSensitive() };
}

function caseSensitive(): Ignore {
  return ignore({ ignorecase: false });
}

/**
 * A pattern of the .gitignore in `folder` (relative to the root, "" for the root itself) as one that counts from
 * the root: a slash at its beginning or in its middle ties it to its folder, else it matches at any depth below.
 */
function rebased(pattern: string, folder: string): string {
  if (folder === "" || /^\s*(#|$)/.test(pattern)) return pattern;
  const [, not = "", rest = ""] = /^(!?)(.*)$/.exec(pattern) ?? [];
  const plain = rest.replace(/^\\(?=[#!])/, "");
  const tied = /\/(?!\s*$)/.test(plain);
  const prefix = `/${folder.replace(/[*?[\]\\ !#]/g, "\\$&")}`;
  return tied ? `${not}${prefix}/${plain.replace(/^\//, "")}` : `${not}${prefix}/**/${plain}`;
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
