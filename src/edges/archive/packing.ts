import { UserError } from "../../core/errors.ts";

/** How a layer or an archive is compressed; told by its first bytes, never by a name or a media type. */
export type Packing = "none" | "gzip" | "zstd";

/** Bytes that tell the packing. */
export const MAGIC_LENGTH = 6;

/** Formats that `docker load` takes, and no builder, engine or registry writes. */
const OTHERS: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/**
 * Tells the packing by the first `MAGIC_LENGTH` bytes.
 *
 * @throws UserError for a compression that trainlint does not read.
 */
export function packingOf(start: Uint8Array, name: string): Packing {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  if (isZstd(start)) return "zstd";
  const other = OTHERS.find(([, magic]) => magic.every((byte, at) => start[at] === byte));
  // A tar may begin with the name of a file: `BZh...` is one, and no bzip2 in front of a digit 1 to 9 is not.
  if (other === undefined || (other[0] === "bzip2" && !isBzip2Level(start[3]))) return "none";
  throw new UserError(`${name} is compressed with ${other[0]}, which trainlint does not read.`, {
    help: "Save the image again, uncompressed or with gzip or zstd.",
  });
}

/** A frame, or a frame to skip, which parallel writers put first. */
function isZstd(start: Uint8Array): boolean {
  const [first, second, third, fourth] = start;
  if (first === 0x28) return second === 0xb5 && third === 0x2f && fourth === 0xfd;
  return (
    first !== undefined && (first & 0xf0) === 0x50 && second === 0x2a && third === 0x4d && fourth === 0x18
  );
}

function isBzip2Level(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x31 && byte <= 0x39;
}
