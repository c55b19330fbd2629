/** A block that stands for itself. */
export function rawBlock(data: Buffer): { readonly type: 0; readonly size: number; readonly data: Buffer } {
  return { type: 0, size: data.length, data };
}

/** A block of one byte, many times. */
export function rleBlock(
  byte: number,
  size: number,
): { readonly type: 1; readonly size: number; readonly data: Buffer } {
  return { type: 1, size, data: Buffer.from([byte]) };
}

/** A zstd frame of these blocks; by default with a window of 128 KiB. Source: RFC 8878. */
export function zstdFrame(
  blocks: readonly { readonly type: 0 | 1; readonly size: number; readonly data: Buffer }[],
  options: { readonly window?: number; readonly contentSize?: bigint } = {},
): Buffer {
  const { window = 7 << 3, contentSize } = options;
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd])];
  if (contentSize === undefined) parts.push(Buffer.from([0, window]));
  else {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(contentSize);
    // One segment, whose size is told in eight bytes.
    parts.push(Buffer.from([0xe0]), size);
  }
  for (const [at, { type, size, data }] of blocks.entries()) {
    const header = Buffer.alloc(3);
    header.writeUIntLE((size << 3) | (type << 1) | (at === blocks.length - 1 ? 1 : 0), 0, 3);
    parts.push(header, data);
  }
  return Buffer.concat(parts);
}
