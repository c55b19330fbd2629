import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { LIMITS, LimitError } from "../../core/image/limits.ts";
import { type Blob, closeBlob, openBlob, partOf, readStart } from "./blob.ts";
import { FileLayer, type LayerSource } from "./layer.ts";
import { Members } from "./members.ts";
import { readTarFile } from "./tar-file.ts";
import { tarReader } from "./tar-reader.ts";

/** The members of an archive or of an OCI layout folder, by their path in it. */
export interface Archive {
  /** For errors. */
  readonly name: string;
  /** A JSON document; `null` when there is no such member. */
  text(path: string): string | null;
  /** A layer; `null` when there is no such member. */
  layer(path: string): LayerSource | null;
  close(): void;
}

/** The members of an uncompressed tar file, found by reading its headers only. */
export async function openTar(blob: Blob, signal?: AbortSignal): Promise<Archive> {
  const members = new Members<Blob>(blob.name);
  const reader = tarReader(blob.name, {
    entry(entry, at) {
      members.add(entry, () => partOf(blob, at, entry.stored, `${blob.name}: ${entry.name}`));
      return 0;
    },
    head() {},
  });
  await readTarFile(blob, reader, signal);
  return new BlobArchive(
    blob.name,
    (path) => members.find(path),
    () => closeBlob(blob),
  );
}

/** The files of an OCI layout folder. Only names that trainlint made itself are asked for. */
export function openFolder(folder: string): Archive {
  const opened: Blob[] = [];
  return new BlobArchive(
    folder,
    (path) => {
      const blob = openBlob(join(folder, path));
      if (blob !== null) opened.push(blob);
      return blob;
    },
    () => opened.forEach(closeBlob),
  );
}

class BlobArchive implements Archive {
  readonly name: string;
  readonly close: () => void;
  private readonly find: (path: string) => Blob | null;

  constructor(name: string, find: (path: string) => Blob | null, close: () => void) {
    this.name = name;
    this.find = find;
    this.close = close;
  }

  text(path: string): string | null {
    const blob = this.find(path);
    if (blob === null) return null;
    checkJsonSize(blob.size, blob.name);
    return new TextDecoder().decode(readStart(blob, blob.size));
  }

  layer(path: string): LayerSource | null {
    const blob = this.find(path);
    return blob === null ? null : new FileLayer(blob);
  }
}

/** @throws LimitError for a document that is far beyond any manifest or configuration. */
export function checkJsonSize(size: number, name: string): void {
  if (size > LIMITS["json-size"].value)
    throw new LimitError("json-size", `${name} has ${size} bytes of JSON`);
}

/** The error for something that is not, or not wholly, an image; `why` says in a clause what it lacks. */
export function notAnImage(name: string, why: string): UserError {
  return new UserError(`${name} is not a complete image: ${why}.`, { help: "Save the image again." });
}
