import type { Finding } from "./finding.ts";

/** Halves of the 64-bit offset basis; the prime is 2^40 + 0x1b3. */
const OFFSET = { high: 0xcbf29ce4, low: 0x84222325 };
const PRIME_LOW = 0x1b3;

/** 64-bit FNV-1a over the code points of the parts, as 16 hex digits. Not for security. */
export function fingerprintOf(parts: readonly string[]): string {
  let { high, low } = OFFSET;
  for (const character of parts.join("\u0000")) {
    low = (low ^ (character.codePointAt(0) ?? 0)) >>> 0;
    // In halves, since a BigInt for each character takes ten times as long.
    const product = low * PRIME_LOW;
    high = (high * PRIME_LOW + (low << 8) + Math.floor(product / 0x1_0000_0000)) >>> 0;
    low = product >>> 0;
  }
  return hex(high) + hex(low);
}

function hex(half: number): string {
  return half.toString(16).padStart(8, "0");
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
