import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { EnvironmentError, UserError } from "../../core/errors.ts";

/** Largest text file that is read, in bytes; a Dockerfile or a request of this size is a mistake. */
const MOST_BYTES = 10 * 1024 * 1024;

/**
 * The text of a file that the user named; `shown` is how messages call it. Throws a `UserError` when it is missing, a folder, too large or not
 * UTF-8 text, and an `EnvironmentError` when the system refuses to give it.
 */
export async function readTextFile(path: string, shown: string = path): Promise<string> {
  try {
    return decode(bytesOf(path, shown), shown);
  } catch (error) {
    throw fileError(error, shown);
  }
}

/** The text of a file, or `null` when there is none. */
export async function readTextFileIfThere(path: string): Promise<string | null> {
  try {
    return decode(bytesOf(path, path), path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
    throw fileError(error, path);
  }
}

/** Reads text files that a file in `folder` names; `null` for what can't be read. */
export function fileReader(folder: string): (path: string) => string | null {
  return (path) => {
    const full = resolve(folder, path);
    try {
      return statSync(full).isFile() ? decode(bytesOf(full, full), full) : null;
    } catch {
      return null;
    }
  };
}

/** Everything on standard input; throws a `UserError` where it goes on and on. */
export async function readStandardInput(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > MOST_BYTES) throw tooLarge("<stdin>");
    parts.push(bytes);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** Not through the promises: for small files, their way through the thread pool takes longer than the reading. */
function bytesOf(path: string, shown: string): Buffer {
  const stat = statSync(path);
  if (stat.size > MOST_BYTES) throw tooLarge(shown);
  return stat.isFile() && stat.size > 0 ? readFileSync(path) : bytesOfStream(path, shown);
}

/** A pipe or a device says no size, and may have no end. */
function bytesOfStream(path: string, shown: string): Buffer {
  const file = openSync(path, "r");
  const parts: Buffer[] = [];
  try {
    for (let size = 0; ; ) {
      const part = Buffer.alloc(65_536);
      const read = readSync(file, part);
      if (read === 0) return Buffer.concat(parts);
      size += read;
      if (size > MOST_BYTES) throw tooLarge(shown);
      parts.push(part.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

function tooLarge(shown: string): UserError {
  return new UserError(`The file is larger than ${MOST_BYTES / 1024 / 1024} MiB.`, {
    place: { path: shown },
  });
}

/** The byte order marks of UTF-16, which older PowerShells write by default. */
const UTF_16: ReadonlySet<string> = new Set(["255 254", "254 255"]);

function decode(bytes: Buffer, path: string): string {
  if (UTF_16.has(`${bytes[0]} ${bytes[1]}`)) {
    throw new UserError("The file is UTF-16 text.", {
      help: "Save it as UTF-8 without a byte order mark (in PowerShell: Set-Content -Encoding utf8NoBOM).",
      place: { path },
    });
  }
  if (bytes.includes(0)) throw new UserError("The file is binary, not text.", { place: { path } });
  if (!isUtf8(bytes)) throw new UserError("The file is not UTF-8 text.", { place: { path } });
  return bytes.toString("utf8");
}

/** The typed error for what the file system answered. */
export function fileError(error: unknown, path: string): Error {
  if (error instanceof UserError || error instanceof EnvironmentError) return error;
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return new UserError("There is no such file.", { place: { path }, cause: error });
    case "EISDIR":
      return new UserError("This is a folder, not a file.", { place: { path }, cause: error });
    case "EACCES":
    case "EPERM":
      return new UserError("The file may not be read by this user.", { place: { path }, cause: error });
    case undefined:
      return error instanceof Error ? error : new Error(String(error));
    default:
      return new EnvironmentError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
