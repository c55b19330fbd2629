import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EnvironmentError, UserError } from "../../core/errors.ts";

/** A run of bytes of an open file. */
export interface Blob {
  /** For errors. */
  readonly name: string;
  readonly fd: number;
  /** Bytes from the start of the file. */
  readonly start: number;
  readonly size: number;
}

/**
 * Opens a regular file; `null` when there is none. Reading is synchronous on purpose: tens of thousands of small
 * reads from the page cache take a fraction of what going through a thread for each would.
 */
export function openBlob(path: string): Blob | null {
  try {
    const fd = openSync(path, "r");
    const found = fstatSync(fd);
    if (found.isFile()) return { name: path, fd, start: 0, size: found.size };
    closeSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new UserError(`${path} can't be read: ${(error as Error).message}.`, { cause: error });
  }
  throw new UserError(`${path} is not a file.`, { help: "For an OCI layout folder give oci-dir:DIR." });
}

export function closeBlob(blob: Blob): void {
  closeSync(blob.fd);
}

/** A part of a blob; the caller has made sure that it lies inside. */
export function partOf(blob: Blob, start: number, size: number, name = blob.name): Blob {
  return { name, fd: blob.fd, start: blob.start + start, size };
}

/**
 * Puts the `length` bytes at `at` into the beginning of `into`.
 *
 * @throws UserError when the blob ends before, EnvironmentError when the disk fails.
 */
export function readInto(blob: Blob, at: number, into: Uint8Array, length = into.length): void {
  if (at + length > blob.size) throw cutShort(blob.name);
  for (let filled = 0; filled < length; ) {
    const read = readOnce(blob, into, filled, length - filled, blob.start + at + filled);
    if (read === 0) throw cutShort(blob.name);
    filled += read;
  }
}

function readOnce(blob: Blob, into: Uint8Array, offset: number, length: number, position: number): number {
  try {
    return readSync(blob.fd, into, offset, length, position);
  } catch (error) {
    throw new EnvironmentError(`${blob.name} can't be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** The first `length` bytes, or less when the blob is shorter. */
export function readStart(blob: Blob, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, blob.size));
  readInto(blob, 0, bytes);
  return bytes;
}

export function cutShort(name: string): UserError {
  return new UserError(`${name} is cut short: it ends in the middle of an entry.`, {
    help: "The archive is not whole; save the image again.",
  });
}
