import type { Finding } from "./finding.ts";

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/** 64-bit FNV-1a over the UTF-16 code units of the parts, as 16 hex digits. Not for security. */
export function fingerprintOf(parts: readonly string[]): string {
  let hash = OFFSET;
  for (const part of [...parts.join("\u0000")]) {
    hash = ((hash ^ BigInt(part.codePointAt(0) ?? 0)) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, "0");
}

/**
 * Findings that would share a fingerprint get an ordinal, in their order. `seen` counts what was numbered before,
 * and is added to.
 */
export function numberRepeats(findings: readonly Finding[], seen = new Map<string, number>()): Finding[] {
  return findings.map((finding) => {
    const ordinal = (seen.get(finding.fingerprint) ?? 0) + 1;
    seen.set(finding.fingerprint, ordinal);
    if (ordinal === 1) return finding;
    return { ...finding, fingerprint: fingerprintOf([finding.fingerprint, String(ordinal)]) };
  });
}

/** The finding with the path of its file as part of its fingerprint. `stable` makes a path the same from every folder. */
export function withPath(finding: Finding, stable: (path: string) => string): Finding {
  const { location } = finding;
  if (location.kind !== "text" && location.kind !== "job") return finding;
  return { ...finding, fingerprint: fingerprintOf([finding.fingerprint, stable(location.path)]) };
}
