import { decimalOf, textOf } from "./tar-text.ts";

/** One record of an extended header. */
export type PaxRecord = readonly [key: string, value: string];

/** Values that are paths, and so hold no NUL; others, such as file capabilities, may. */
const PATHS: ReadonlySet<string> = new Set(["path", "linkpath", "GNU.sparse.name"]);

/**
 * `LENGTH KEY=VALUE\n` records, in order and with repeats; `null` when a length lies or a record is not one.
 * Source: POSIX.1-2017, pax Extended Header.
 */
export function paxRecords(data: Uint8Array): PaxRecord[] | null {
  const records: PaxRecord[] = [];
  let at = 0;
  while (at < data.length) {
    const blank = data.indexOf(0x20, at);
    if (blank === -1 || blank - at > 20) return null;
    const length = decimalOf(textOf(data, at, blank));
    if (length === null) return null;
    const end = at + length;
    if (end > data.length || end <= blank + 1 || data[end - 1] !== 0x0a) return null;
    const equals = data.indexOf(0x3d, blank);
    if (equals === -1 || equals >= end) return null;
    const key = textOf(data, blank + 1, equals);
    if (PATHS.has(key) && data.subarray(equals, end).includes(0)) return null;
    records.push([key, textOf(data, equals + 1, end - 1)]);
    at = end;
  }
  return records;
}
