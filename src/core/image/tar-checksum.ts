const WORDS = 128;

/** Two of the four bytes of a word, with room for a sum in front of each. */
const EVERY_OTHER = 0x00ff00ff;

/**
 * The sum of all bytes of tar headers, with the checksum's own field counted as blanks. It adds four bytes at a
 * time where they lie well: tens of thousands of headers are summed before any compiler has seen the loop.
 */
export class Checksum {
  private words: Uint32Array = new Uint32Array();

  of(block: Uint8Array, start: number): number {
    const from = block.byteOffset + start;
    const sum = from % 4 === 0 ? this.sumOfWords(block.buffer, from / 4) : sumOfBytes(block, start);
    let own = 0;
    for (let at = start + 148; at < start + 156; at += 1) own += block[at] as number;
    return sum - own + 8 * 0x20;
  }

  private sumOfWords(buffer: ArrayBufferLike, from: number): number {
    if (this.words.buffer !== buffer) {
      this.words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
    }
    let pairs = 0;
    for (let at = from; at < from + WORDS; at += 1) {
      const word = this.words[at] as number;
      // Two sums side by side: 128 words of two bytes each have just room in 16 bits.
      pairs += (word & EVERY_OTHER) + ((word >>> 8) & EVERY_OTHER);
    }
    return (pairs & 0xffff) + Math.floor(pairs / 0x10000);
  }
}

function sumOfBytes(block: Uint8Array, start: number): number {
  let sum = 0;
  for (let at = start; at < start + WORDS * 4; at += 1) sum += block[at] as number;
  return sum;
}
