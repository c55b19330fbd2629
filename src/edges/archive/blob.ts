import type { FileHandle } from "node:fs/promises";

/** A run of bytes of an open file. */
export interface Blob {
  /** For errors. */
  readonly name: string;
  readonly file: FileHandle;
  /** Bytes from the start of the file. */
  readonly start: number;
  readonly size: number;
}
