import type { Stats } from "node:fs";
import {
  access,
  chmod,
  chown,
  constants,
  lstat,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EnvironmentError, UserError } from "../../core/errors.ts";

/**
 * Writes a file whole or not at all: a reader never sees half a report, and a failed write leaves the old file.
 * Devices and pipes (`/dev/stdout`) are written to directly.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const temporary = temporaryBeside(path);
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

/**
 * Puts new text into the user's own file, whole or not at all, and keeps its mode, owner and links; `shown` is how
 * messages call it. Throws a `UserError` for what is no file, or may not be written.
 */
export async function rewriteFile(path: string, content: string, shown: string): Promise<void> {
  try {
    const stats = await stat(path);
    const file = stats.isFile() ? await realpath(path) : path;
    if (!stats.isFile()) throw new UserError("Only a regular file can be fixed.", { place: { path: shown } });
    await access(file, constants.W_OK);
    if (stats.nlink > 1 || !(await replaceFile(file, content, stats))) await writeFile(file, content);
  } catch (error) {
    throw error instanceof UserError ? error : rewriteError(error, shown);
  }
}

/** False, with nothing done, where the folder or the owner does not allow a new file in the old one's place. */
async function replaceFile(file: string, content: string, { mode, uid, gid }: Stats): Promise<boolean> {
  const temporary = temporaryBeside(file);
  try {
    await writeFile(temporary, content, { flag: "wx" });
    const own = await stat(temporary);
    if (own.uid !== uid || own.gid !== gid) await chown(temporary, uid, gid);
    await chmod(temporary, mode & 0o7777);
    await rename(temporary, file);
    return true;
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return false;
    throw error;
  }
}

function rewriteError(error: unknown, path: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new UserError("The file may not be written by this user.", { place: { path }, cause: error });
  }
  return new EnvironmentError(`Cannot write ${path}: ${message}`, { cause: error });
}

/** A name that is free: files are made there with the flag `wx`, which takes no file that is there already. */
function temporaryBeside(path: string): string {
  const unique = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
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
