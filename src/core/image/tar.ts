import { UserError } from "../errors.ts";
import type { FileType } from "./model.ts";

/** What a tar archive says of one entry, extensions applied. */
export interface TarEntry {
  /** As stored, e.g. `usr/bin/tini` or `./usr/bin/tini`. */
  readonly name: string;
  readonly type: FileType | "other";
  /** Bytes of data that follow the header. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly linkName: string | null;
}

export const TAR_BLOCK = 512;

/** Extended headers beyond this many bytes are refused; real ones have a few hundred. */
const MAX_EXTENSION = 1_048_576;

interface Header {
  readonly typeflag: string;
  readonly name: string;
  readonly linkName: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reads tar headers one after the other: ustar, PAX and GNU long names. Feed it blocks of 512 bytes at the
 * positions it asks for; it never sees a file's data unless asked to.
 */
export class TarReader {
  private readonly archive: string;
  private longName: string | null = null;
  private longLink: string | null = null;
  private pax = new Map<string, string>();

  /** `archive` is the name used in errors. */
  constructor(archive: string) {
    this.archive = archive;
  }

  /**
   * Takes one header block. `null` at the end of the archive; `extension` when the next `size` bytes must be
   * given to `extend` before the next header; else the entry.
   *
   * @throws UserError when the block is not a tar header.
   */
  header(block: Uint8Array): TarEntry | { readonly extension: string; readonly size: number } | null {
    if (block.every((byte) => byte === 0)) return null;
    const header = this.parse(block);
    if ("xgLK".includes(header.typeflag) && header.typeflag !== "") {
      if (header.size > MAX_EXTENSION) throw this.broken(`an extended header of ${header.size} bytes`);
      return { extension: header.typeflag, size: header.size };
    }
    const size = this.pax.has("size") ? Number(this.pax.get("size")) : header.size;
    if (!Number.isSafeInteger(size) || size < 0) throw this.broken("a size that is not a number of bytes");
    const type = fileType(header.typeflag);
    const link = this.pax.get("linkpath") ?? this.longLink ?? header.linkName;
    const entry: TarEntry = {
      name: this.pax.get("path") ?? this.longName ?? header.name,
      type,
      size: type === "file" || type === "other" ? size : 0,
      mode: header.mode & 0o7777,
      uid: header.uid,
      gid: header.gid,
      linkName: type === "symlink" || type === "hardlink" ? link : null,
    };
    this.longName = null;
    this.longLink = null;
    this.pax = new Map();
    return entry;
  }

  /** Takes the data of an extended header. */
  extend(extension: string, data: Uint8Array): void {
    if (extension === "L") this.longName = text(data, 0, data.length);
    else if (extension === "K") this.longLink = text(data, 0, data.length);
    else if (extension === "x") this.pax = paxRecords(data);
  }

  private parse(block: Uint8Array): Header {
    const stored = number(block, 148, 8);
    if (stored === null || stored !== checksum(block)) throw this.broken("a header whose checksum is wrong");
    const field = (offset: number, length: number): number => {
      const value = number(block, offset, length);
      if (value === null || value < 0) throw this.broken("a header with a bad number");
      return value;
    };
    const prefix = text(block, 257, 5) === "ustar" && block[262] === 0 ? text(block, 345, 155) : "";
    const name = text(block, 0, 100);
    return {
      typeflag: String.fromCharCode(block[156] ?? 0),
      name: prefix === "" ? name : `${prefix}/${name}`,
      linkName: text(block, 157, 100),
      size: field(124, 12),
      mode: field(100, 8),
      uid: number(block, 108, 8) ?? 0,
      gid: number(block, 116, 8) ?? 0,
    };
  }

  private broken(what: string): UserError {
    return new UserError(`${this.archive} is not a readable tar archive: it has ${what}.`, {
      help: "The archive is damaged or cut short; write it again.",
    });
  }
}

function fileType(flag: string): TarEntry["type"] {
  const types: Record<string, FileType> = {
    "0": "file",
    "\0": "file",
    "7": "file",
    S: "file",
    "1": "hardlink",
    "2": "symlink",
    "3": "character-device",
    "4": "block-device",
    "5": "directory",
    "6": "fifo",
  };
  return types[flag] ?? "other";
}

/** Octal digits, or GNU's base-256; `null` when neither. */
function number(block: Uint8Array, offset: number, length: number): number | null {
  const first = block[offset] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = first & 0x40 ? -1 : first & 0x3f;
    for (let at = offset + 1; at < offset + length; at += 1) value = value * 256 + (block[at] ?? 0);
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = text(block, offset, length).trim();
  if (digits === "") return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

function checksum(block: Uint8Array): number {
  let sum = 8 * 32;
  for (let at = 0; at < TAR_BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

/** Bytes up to the first NUL as UTF-8; bytes that are not UTF-8 are kept one by one. */
function text(block: Uint8Array, offset: number, length: number): string {
  let end = offset;
  while (end < offset + length && (block[end] ?? 0) !== 0) end += 1;
  let latin = "";
  for (let at = offset; at < end; at += 1) latin += String.fromCharCode(block[at] ?? 0);
  try {
    return decodeURIComponent(
      latin.replace(/[%\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return latin;
  }
}

/** `LENGTH KEY=VALUE\n` records; a record whose length lies ends the list. */
function paxRecords(data: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length) {
    const blank = data.indexOf(0x20, at);
    const length = blank === -1 ? Number.NaN : Number(text(data, at, blank - at));
    if (!Number.isInteger(length) || length <= 0 || at + length > data.length) break;
    const record = text(data, blank + 1, at + length - 1 - (blank + 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
