import { TarReader, type TarVisitor } from "../../core/image/tar.ts";

/** What Node's buffers do natively, for any bytes; it is not in their types. */
const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice(start: number, end: number): string };

/** A reader of tar archives that makes names the fast way. `archive` is the name used in errors. */
export function tarReader(archive: string, visitor: TarVisitor): TarReader {
  return new TarReader(archive, visitor, (bytes, start, end) => latin1Slice.call(bytes, start, end));
}
