import { UserError } from "../errors.ts";
import { LIMITS, LimitError } from "./limits.ts";
import type { FileType } from "./model.ts";
import { type PaxRecord, paxRecords } from "./pax.ts";
import { gnuPieces, paxSparse, piecesFit, type Sparse, type SparsePiece } from "./sparse.ts";
import { Checksum } from "./tar-checksum.ts";
import { decimalOf, type Latin1, numberOf, textOf, utf8Length } from "./tar-text.ts";

/** What a tar archive says of one entry, extensions applied. */
export interface TarEntry {
  /** As stored, e.g. `usr/bin/tini` or `./usr/bin/tini`. */
  readonly name: string;
  readonly type: FileType | "other";
  /** Bytes of data that the archive stores. */
  readonly stored: number;
  /** Bytes of the file: more than stored where it is sparse. */
  readonly size: number;
  readonly sparse: Sparse | null;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly linkName: string | null;
}

/** Who reads the entries of an archive. */
export interface TarVisitor {
  /**
   * An entry, with the place of its data in bytes from the start of the archive. The answer is how many of its
   * first stored bytes are wanted; `head` then gets them.
   */
  entry(entry: TarEntry, dataAt: number): number;
  head(bytes: Uint8Array): void;
}

export const TAR_BLOCK = 512;

/** What the next bytes are. */
type State = "header" | "extension" | "sparse" | "head" | "trailer";

const TYPES: { readonly [flag: string]: FileType } = {
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

/** PAX for the next entry, PAX for all, GNU long name, GNU long link. */
const EXTENSIONS = "xgLK";

/**
 * Reads a tar archive (ustar, PAX, GNU long names, base-256 numbers, GNU and PAX sparse files). Whoever has the
 * bytes does what it asks for: jump over `skip` bytes, give exactly `need` bytes to `take`, and so on until
 * `ended`. The data of a file is never asked for unless the visitor wants it.
 * Source: POSIX.1-2017 pax and the GNU tar manual; where they differ, what Go's archive/tar does, which the
 * engines use.
 *
 * @throws UserError from `take` when the archive is damaged, LimitError when it goes beyond a bound.
 */
export class TarReader {
  skip = 0;
  need = TAR_BLOCK;
  ended = false;
  /** How many of the bytes to skip only fill up a block: at the end of an archive they may be missing. */
  padding = 0;

  private readonly archive: string;
  private readonly visitor: TarVisitor;
  private state: State = "header";
  /** Where the bytes behind those taken last stand. */
  private at = 0;
  /** Fields of the header that was taken last. */
  private flag = "";
  private name = "";
  private linkName = "";
  private size = 0;
  private mode = 0;
  private uid = 0;
  private gid = 0;
  private gnuSparse: { readonly size: number; readonly pieces: SparsePiece[] } | null = null;
  private longName: string | null = null;
  private longLink: string | null = null;
  private pax: readonly PaxRecord[] = [];
  /** Stored bytes of an entry that follow the head that was wanted. */
  private behindHead = 0;

  private readonly decode: Latin1 | undefined;
  private readonly checksum = new Checksum();

  /** `archive` is the name used in errors; `decode` a faster way to make text than plain JavaScript has. */
  constructor(archive: string, visitor: TarVisitor, decode?: Latin1) {
    this.archive = archive;
    this.visitor = visitor;
    this.decode = decode;
  }

  /** Whether the archive may end here, between two entries: many writers leave out the blocks of zeros. */
  get mayEnd(): boolean {
    if (this.state === "trailer") return true;
    return this.state === "header" && !this.isExtended;
  }

  /** Takes the `need` bytes that begin at `start`. */
  take(bytes: Uint8Array, start = 0): void {
    this.at += this.skip + this.need;
    switch (this.state) {
      case "header":
        this.takeHeader(bytes, start);
        break;
      case "extension":
        this.takeExtension(bytes.subarray(start, start + this.need));
        break;
      case "sparse":
        this.takeSparseBlock(bytes, start);
        break;
      case "head":
        this.visitor.head(bytes.subarray(start, start + this.need));
        this.next("header", this.behindHead + this.padding);
        break;
      case "trailer":
        if (!isZero(bytes, start)) throw this.broken("entries behind its end");
        this.ended = true;
    }
  }

  private takeHeader(bytes: Uint8Array, start: number): void {
    if (bytes[start] === 0 && isZero(bytes, start)) {
      if (this.isExtended) throw this.broken("an extended header that belongs to no entry");
      this.next("trailer", 0);
      return;
    }
    this.parse(bytes, start);
    if (EXTENSIONS.includes(this.flag)) this.expectExtension(this.size);
    else if (this.flag === "S") this.expectSparse(bytes, start);
    else this.emit();
  }

  private expectSparse(bytes: Uint8Array, start: number): void {
    const size = numberOf(bytes, start + 483, 12);
    if (size === null || size < 0) throw this.broken("a sparse file whose size is no number of bytes");
    this.gnuSparse = { size, pieces: this.piecesOf(bytes, start + 386, 4) };
    if (bytes[start + 482] === 1) this.next("sparse", 0);
    else this.emit();
  }

  private expectExtension(size: number): void {
    if (size > LIMITS["extended-header"].value) {
      throw new LimitError("extended-header", `${this.archive} has an extended header of ${size} bytes`);
    }
    this.padding = paddingOf(size);
    this.next("extension", 0, size);
    if (size === 0) this.takeExtension(new Uint8Array());
  }

  private takeExtension(data: Uint8Array): void {
    const { flag } = this;
    if (flag === "L") this.longName = textOf(data, 0, data.length);
    else if (flag === "K") this.longLink = textOf(data, 0, data.length);
    else if (flag === "x") {
      const records = paxRecords(data);
      if (records === null) throw this.broken("an extended header whose records make no sense");
      this.pax = records;
    }
    // What a global header (`g`) says, the engines do not heed.
    this.next("header", this.padding);
  }

  /** A block that goes on with the list of an old GNU sparse header. */
  private takeSparseBlock(bytes: Uint8Array, start: number): void {
    const pieces = this.gnuSparse?.pieces ?? [];
    pieces.push(...this.piecesOf(bytes, start, 21));
    if (pieces.length > LIMITS["sparse-pieces"].value) {
      throw new LimitError("sparse-pieces", `${this.archive} has a sparse file of ${pieces.length} pieces`);
    }
    if (bytes[start + 504] === 1) this.next("sparse", 0);
    else this.emit();
  }

  private piecesOf(block: Uint8Array, start: number, count: number): SparsePiece[] {
    const pieces = gnuPieces(block, start, count);
    if (pieces === null) throw this.broken("a list of sparse pieces that makes no sense");
    return pieces;
  }

  /** The entry is known: tells the visitor, and goes on behind the entry's data. */
  private emit(): void {
    const entry = this.isExtended || this.gnuSparse !== null ? this.extended() : this.plain();
    this.gnuSparse = null;
    this.longName = null;
    this.longLink = null;
    this.pax = [];
    const wanted = Math.min(this.visitor.entry(entry, this.at), entry.stored);
    this.padding = paddingOf(entry.stored);
    this.behindHead = entry.stored - wanted;
    if (wanted === 0) this.next("header", this.behindHead + this.padding);
    else this.next("head", 0, wanted);
  }

  /** An entry whose header says all: most are. */
  private plain(): TarEntry {
    const type = this.typeOf(this.name);
    const stored = this.hasData(type) ? this.size : 0;
    this.checkSize(stored);
    const { name, mode, uid, gid } = this;
    return {
      name,
      type,
      stored,
      size: stored,
      sparse: null,
      mode,
      uid,
      gid,
      linkName: this.linkOf(type, this.linkName),
    };
  }

  private extended(): TarEntry {
    const pax = new Map(this.pax);
    const name = pax.get("GNU.sparse.name") ?? this.longName ?? pax.get("path") ?? this.name;
    const link = this.longLink ?? pax.get("linkpath") ?? this.linkName;
    this.checkLength(name);
    this.checkLength(link);
    const type = this.typeOf(name);
    const stored = this.hasData(type) ? this.paxNumber(pax, "size", this.size) : 0;
    const sparse = type === "file" ? this.sparseOf(stored) : null;
    const size = sparse?.size ?? stored;
    this.checkSize(size);
    return {
      name,
      type,
      stored,
      size,
      sparse,
      mode: this.mode,
      uid: this.paxNumber(pax, "uid", this.uid),
      gid: this.paxNumber(pax, "gid", this.gid),
      linkName: this.linkOf(type, link),
    };
  }

  private typeOf(name: string): TarEntry["type"] {
    // As Go has it: the oldest archives mark a folder by the slash at its end alone.
    if (this.flag === "\0" && name.endsWith("/")) return "directory";
    return TYPES[this.flag] ?? "other";
  }

  private hasData(type: TarEntry["type"]): boolean {
    return type === "file" || type === "other";
  }

  private linkOf(type: TarEntry["type"], link: string): string | null {
    return type === "symlink" || type === "hardlink" ? link : null;
  }

  private sparseOf(stored: number): Sparse | null {
    const sparse = this.gnuSparse ?? (this.pax.length === 0 ? null : paxSparse(this.pax));
    if (sparse === null) return null;
    if (sparse === "damaged" || !piecesFit(sparse, stored)) {
      throw this.broken("a sparse file whose pieces make no sense");
    }
    return sparse;
  }

  private paxNumber(pax: ReadonlyMap<string, string>, key: string, otherwise: number): number {
    const text = pax.get(key);
    if (text === undefined || text === "") return otherwise;
    const value = decimalOf(text);
    if (value === null) throw this.broken(`a ${key} that is no number: ${text.slice(0, 40)}`);
    return value;
  }

  private checkSize(size: number): void {
    if (size > LIMITS["file-size"].value) {
      throw new LimitError("file-size", `${this.archive} has a file of ${size} bytes`);
    }
  }

  private checkLength(path: string): void {
    const { value } = LIMITS["path-length"];
    const bytes = utf8Length(path);
    if (bytes > value) throw new LimitError("path-length", `${this.archive} has a path of ${bytes} bytes`);
  }

  private parse(bytes: Uint8Array, start: number): void {
    if (numberOf(bytes, start + 148, 8) !== this.checksum.of(bytes, start)) {
      throw this.broken("a header whose checksum is wrong");
    }
    const name = textOf(bytes, start, start + 100, this.decode);
    this.flag = String.fromCharCode(bytes[start + 156] ?? 0);
    this.name = hasPrefix(bytes, start) ? `${textOf(bytes, start + 345, start + 500)}/${name}` : name;
    this.linkName = bytes[start + 157] === 0 ? "" : textOf(bytes, start + 157, start + 257, this.decode);
    this.size = this.field(bytes, start + 124, 12, "size");
    this.mode = this.field(bytes, start + 100, 8, "mode") & 0o7777;
    this.uid = numberOf(bytes, start + 108, 8) ?? 0;
    this.gid = numberOf(bytes, start + 116, 8) ?? 0;
  }

  private field(bytes: Uint8Array, start: number, length: number, what: string): number {
    const value = numberOf(bytes, start, length);
    if (value === null || value < 0) throw this.broken(`a header whose ${what} is negative or no number`);
    return value;
  }

  private get isExtended(): boolean {
    return this.longName !== null || this.longLink !== null || this.pax.length > 0;
  }

  private next(state: State, skip: number, need = TAR_BLOCK): void {
    this.state = state;
    this.skip = skip;
    this.need = need;
  }

  private broken(what: string): UserError {
    return new UserError(`${this.archive} is not a readable tar archive: it has ${what}.`, {
      help: "The archive is damaged or cut short; write it again.",
    });
  }
}

/** Whether these bytes begin a tar archive: a header whose checksum is right, or the zeros of an empty one. */
export function isTarStart(bytes: Uint8Array): boolean {
  if (bytes.length < TAR_BLOCK) return false;
  return isZero(bytes, 0) || numberOf(bytes, 148, 8) === new Checksum().of(bytes, 0);
}

/** Bytes between the end of an entry's data and the next header. */
function paddingOf(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

/** Whether it is a POSIX header (`ustar` and NUL; GNU's has a blank there) with the first part of a long name. */
function hasPrefix(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 345] === 0 || bytes[start + 262] !== 0) return false;
  return textOf(bytes, start + 257, start + 262) === "ustar";
}

function isZero(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at < start + TAR_BLOCK; at += 1) if (bytes[at] !== 0) return false;
  return true;
}
