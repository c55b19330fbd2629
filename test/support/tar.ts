/** One entry of a handmade tar archive; what is not given is right. */
export interface Member {
  readonly name: string;
  readonly data?: string | Buffer;
  /** Type flag; a regular file by default, or what `link` implies. */
  readonly type?: string;
  /** Target of a symbolic link, or of a hard link with `type: "1"`. */
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Bytes of the size field, for sizes that are lies. */
  readonly size?: Buffer;
  /** PAX records for this entry. */
  readonly pax?: readonly (readonly [key: string, value: string])[];
  /** Changes the header block before its checksum is made. */
  readonly header?: (block: Buffer) => void;
  /** Blocks between the header and the data. */
  readonly between?: Buffer;
}

const BLOCK = 512;

/** A tar archive, byte by byte as told. */
export function tar(members: readonly Member[], end: Buffer = Buffer.alloc(2 * BLOCK)): Buffer {
  return Buffer.concat([...members.flatMap(blocksOf), end]);
}

/** A header block with a right checksum. */
export function headerBlock(member: Member, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(member.name, 0, 100);
  block.write(octal(member.mode ?? 0o644, 8), 100);
  block.write(octal(member.uid ?? 0, 8), 108);
  block.write(octal(member.gid ?? 0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(member.type ?? (member.link === undefined ? "0" : "2"), 156);
  block.write(member.link ?? "", 157, 100);
  block.write("ustar\0", 257);
  block.write("00", 263);
  member.size?.copy(block, 124);
  member.header?.(block);
  block.fill(" ", 148, 156);
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return block;
}

/** Records of an extended header, with right lengths. */
export function paxData(records: readonly (readonly [key: string, value: string])[]): Buffer {
  const lines = records.map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + String(rest).length;
    if (String(length).length > String(rest).length) length = rest + String(length).length;
    return `${length} ${key}=${value}\n`;
  });
  return Buffer.from(lines.join(""));
}

/** GNU's way to write a number that octal digits have no room for. */
export function base256(value: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let rest = BigInt.asUintN(length * 8, value);
  for (let at = length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

function blocksOf(member: Member): Buffer[] {
  const data = Buffer.from(member.data ?? "");
  const blocks = [headerBlock(member, data.length), member.between ?? Buffer.alloc(0), filled(data)];
  if (member.pax === undefined) return blocks;
  const records = paxData(member.pax);
  return [headerBlock({ name: "PaxHeader", type: "x" }, records.length), filled(records), ...blocks];
}

function filled(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}
