import { UserError } from "../errors.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * What is read of one image at most. Each bound has a name, which the error carries, and lies far above what
 * real training images have; an image beyond one is refused whole, never judged in part.
 */
export const LIMITS = {
  /** Entries of one image, all layers together; large training images have 300,000. */
  entries: { value: 2_000_000, unit: "entries" },
  /** Bytes that one file says it has: SageMaker's largest volume. */
  "file-size": { value: 16 * 1024 * GIB, unit: "bytes" },
  /** Bytes that one compressed layer or archive unpacks to. */
  "unpacked-size": { value: 256 * GIB, unit: "bytes" },
  /** Unpacked bytes for each packed one, beyond what a layer may have anyway (`RATIO_FREE`). */
  "decompression-ratio": { value: 200, unit: "to 1" },
  /** Memory that a zstd stream may ask for, in bytes: what zstd itself takes unless told otherwise. */
  "zstd-window": { value: 128 * MIB, unit: "bytes" },
  /** Bytes of a path, or of the target of a link; Linux takes no more. */
  "path-length": { value: 4096, unit: "bytes" },
  /** Links that lead to one another; Linux takes no more. */
  "link-depth": { value: 40, unit: "links" },
  /** Bytes of one extended header of a tar archive. */
  "extended-header": { value: MIB, unit: "bytes" },
  /** Pieces of data that a sparse file is made of. */
  "sparse-pieces": { value: 100_000, unit: "pieces" },
  /** Bytes of a manifest, an index or a configuration; real ones have some ten thousand. */
  "json-size": { value: 8 * MIB, unit: "bytes" },
  /** Values in values, in the same; real ones have some five levels. */
  "json-depth": { value: 64, unit: "levels" },
  /** Layers of an image, or images of an index. */
  parts: { value: 1000, unit: "parts" },
  /** Indexes that lead to one another. */
  "index-depth": { value: 4, unit: "indexes" },
} as const;

export type LimitName = keyof typeof LIMITS;

/** So many bytes may come out of any layer, however well it is packed: a file of zeros is no attack. */
export const RATIO_FREE = 512 * MIB;

/** An image goes beyond one of the bounds: exit code 2, as for all that is wrong with the input. */
export class LimitError extends UserError {
  readonly limit: LimitName;

  /** `what` says in a clause what went beyond, e.g. `layer.tar has a path of 5000 bytes`. */
  constructor(limit: LimitName, what: string) {
    const { value, unit } = LIMITS[limit];
    super(`${what}, which is beyond the limit ${limit} (${value} ${unit}).`, {
      help: "Images that training uses stay far below it: this one is damaged, or made to do harm.",
    });
    this.limit = limit;
  }
}
