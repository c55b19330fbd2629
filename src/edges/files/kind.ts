import { statSync } from "node:fs";
import { fileError } from "./read.ts";

/** What a path leads to, behind links; pipes and devices count as files. `null` when there is nothing. */
export async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? "folder" : "file";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") throw fileError(error, path);
    return null;
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await kindOf(path)) === "folder";
}

export async function isFile(path: string): Promise<boolean> {
  return (await kindOf(path)) === "file";
}
