/** Bytes that nothing makes smaller, the same on every run (xorshift). */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 2_463_534_242;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}
