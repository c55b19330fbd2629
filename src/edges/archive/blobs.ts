import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { absolutePath, parentOf } from "../../core/paths.ts";
import type { Blob } from "./blob.ts";
import { indexTar } from "./tar-file.ts";

/** The members of an archive or of an OCI layout folder, by their path in it. */
export interface Blobs {
  find(path: string): Promise<Blob | null>;
  close(): Promise<void>;
}

/** The members of a tar file, found by reading its headers only. */
export async function openTar(path: string): Promise<Blobs> {
  const file = await openFile(path);
  try {
    const found = await file.stat();
    if (!found.isFile()) {
      throw new UserError(`${path} is not a file.`, { help: "For an OCI layout folder give oci-dir:DIR." });
    }
    const { size } = found;
    const whole: Blob = { name: path, file, start: 0, size };
    if (await isGzip(whole)) {
      throw new UserError(`${path} is compressed with gzip; this version reads it uncompressed only.`, {
        help: `Unpack it first: gunzip --keep ${path}`,
      });
    }
    const members = new Map<string, Blob>();
    const links = new Map<string, string>();
    for await (const { entry, path: member, start } of indexTar(whole)) {
      if (entry.type === "file") {
        members.set(member, { name: `${path}: ${member.slice(1)}`, file, start, size: entry.size });
      } else if (entry.linkTarget !== null) {
        links.set(member, absolutePath(parentOf(member), entry.linkTarget));
      }
    }
    return {
      async find(wanted) {
        const absolute = `/${wanted}`;
        return members.get(absolute) ?? members.get(links.get(absolute) ?? "") ?? null;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The files of an OCI layout folder. Only names that trainlint made itself are asked for. */
export function openFolder(folder: string): Blobs {
  const opened: FileHandle[] = [];
  return {
    async find(path) {
      const full = join(folder, path);
      const file = await open(full).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw new UserError(`${full} can't be read: ${error.message}.`, { cause: error });
      });
      if (file === null) return null;
      opened.push(file);
      const found = await file.stat();
      if (!found.isFile()) throw new UserError(`${full} is not a file.`, { help: "Save the image again." });
      return { name: full, file, start: 0, size: found.size };
    },
    async close() {
      await Promise.all(opened.map((file) => file.close()));
    },
  };
}

/** The first `length` bytes, or less when the blob is shorter. */
export async function readStart(blob: Blob, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(length, blob.size));
  const { bytesRead } = await blob.file.read(bytes, 0, bytes.length, blob.start);
  if (bytesRead < bytes.length) {
    throw new UserError(`${blob.name} is cut short.`, { help: "Save the image again." });
  }
  return bytes;
}

async function isGzip(blob: Blob): Promise<boolean> {
  const [first, second] = await readStart(blob, 2);
  return first === 0x1f && second === 0x8b;
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} can't be read: ${error.message}.`, { cause: error });
  });
}
