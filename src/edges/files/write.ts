import { randomBytes } from "node:crypto";
import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EnvironmentError, UserError } from "../../core/errors.ts";

/**
 * Writes a file whole or not at all: a reader never sees half a report, and a failed write leaves the old file.
 * Devices and pipes (`/dev/stdout`) are written to directly.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    if (!(await isReplaceable(path))) {
      await writeFile(path, content);
      return;
    }
    await writeFile(temporary, content, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(error, path);
  }
}

/** Adds to the end of a file, as `$GITHUB_STEP_SUMMARY` wants it. */
export async function appendText(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { flag: "a" });
  } catch (error) {
    throw writeError(error, path);
  }
}

/** A regular file, or nothing yet. Links are written through, not replaced. */
async function isReplaceable(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}

function writeError(error: unknown, path: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new UserError("The folder of this output file does not exist.", { place: { path }, cause: error });
  }
  if (code === "EISDIR")
    return new UserError("This is a folder, not a file.", { place: { path }, cause: error });
  return new EnvironmentError(`Cannot write ${path}: ${message}`, { cause: error });
}
