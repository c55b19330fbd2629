import { AWS } from "./bases/aws.ts";
import { CONDA } from "./bases/conda.ts";
import { GPU } from "./bases/gpu.ts";
import { OFFICIAL } from "./bases/official.ts";
import type { BaseRow } from "./bases/row.ts";
import { SERVING } from "./bases/serving.ts";
import type { KnownBase } from "./model.ts";

/** First match wins. Only what holds for every tag of a row stands in it; everything else stays unknown. */
export const KNOWN_BASES: readonly BaseRow[] = [...OFFICIAL, ...CONDA, ...GPU, ...AWS, ...SERVING];

/** What is known of a public base image by its reference; `null` for every other image. */
export function findKnownBase(reference: string): KnownBase | null {
  const { repository, tag } = splitReference(reference);
  const account = /^(\d{12})\.dkr\.ecr\./.exec(repository)?.[1];
  for (const { repositories, tags, accounts, base } of KNOWN_BASES) {
    if (tags !== undefined && !tags.test(tag)) continue;
    if (accounts !== undefined && (account === undefined || !accounts.has(account))) continue;
    if (repositories.some((pattern) => matches(repository, pattern))) return base;
  }
  return null;
}

/** Repository in its normal form (no docker.io, no library/) and tag ("" without one). */
export function splitReference(reference: string): { repository: string; tag: string } {
  const withoutDigest = reference.split("@", 1)[0] ?? "";
  const colon = withoutDigest.lastIndexOf(":");
  const hasTag = colon > withoutDigest.lastIndexOf("/");
  const name = hasTag ? withoutDigest.slice(0, colon) : withoutDigest;
  const repository = name
    .replace(/^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, "")
    .replace(/^(?:public\.ecr\.aws\/docker\/)?library\//, "");
  return { repository, tag: hasTag ? withoutDigest.slice(colon + 1) : "" };
}

const expressions = new Map<string, RegExp>();

/** A `*` stands for anything within one part of the path. */
function matches(repository: string, pattern: string): boolean {
  if (!pattern.includes("*")) return repository === pattern;
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    const body = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
    expression = new RegExp(`^${body}$`);
    expressions.set(pattern, expression);
  }
  return expression.test(repository);
}
