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
