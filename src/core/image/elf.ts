import { machineOf } from "../run/program-head.ts";

/** What the kernel looks at in an ELF program before it runs it. Source: elf(5). */
export interface ElfHeader {
  /** In GOARCH spelling; `elf-machine-N` for others. */
  readonly machine: string;
  /**
   * The dynamic loader that the program asks for (PT_INTERP); `null` for a static program, `undefined` where its
   * name lies behind what was read.
   */
  readonly interpreter: string | null | undefined;
}

/** Program headers beyond this many are not looked at; real programs have about a dozen. */
const MAX_HEADERS = 128;

/** The longest path that Linux takes. */
const MAX_PATH = 4096;

const PT_INTERP = 3;

/** Reads the headers of an ELF file from its first bytes; `null` when it is none. */
export function elfHeader(head: Uint8Array): ElfHeader | null {
  const machine = machineOf(head);
  if (machine === null) return null;
  const wide = head[4] === 2;
  const bytes = new Bytes(head, head[5] === 2);
  const table = wide ? bytes.number(32, 8) : bytes.number(28, 4);
  const size = bytes.number(wide ? 54 : 42, 2);
  const count = bytes.number(wide ? 56 : 44, 2);
  if (table === null || size === null || count === null || count > MAX_HEADERS) {
    return { machine, interpreter: undefined };
  }
  for (let index = 0; index < count; index += 1) {
    const at = table + index * size;
    const type = bytes.number(at, 4);
    if (type === null) return { machine, interpreter: undefined };
    if (type !== PT_INTERP) continue;
    const offset = wide ? bytes.number(at + 8, 8) : bytes.number(at + 4, 4);
    const length = wide ? bytes.number(at + 32, 8) : bytes.number(at + 16, 4);
    if (offset === null || length === null || length > MAX_PATH || offset + length > head.length) {
      return { machine, interpreter: undefined };
    }
    return { machine, interpreter: bytes.text(offset, length) };
  }
  return { machine, interpreter: null };
}

class Bytes {
  private readonly data: Uint8Array;
  private readonly bigEndian: boolean;

  constructor(data: Uint8Array, bigEndian: boolean) {
    this.data = data;
    this.bigEndian = bigEndian;
  }

  /** An unsigned number; `null` where it lies behind the data or is too large to be an offset. */
  number(offset: number, length: number): number | null {
    if (offset + length > this.data.length) return null;
    let value = 0;
    for (let index = 0; index < length; index += 1) {
      const at = this.bigEndian ? offset + index : offset + length - 1 - index;
      value = value * 256 + (this.data[at] ?? 0);
    }
    return Number.isSafeInteger(value) ? value : null;
  }

  /** ASCII up to the first NUL. */
  text(offset: number, length: number): string {
    const field = this.data.subarray(offset, offset + length);
    const end = field.indexOf(0);
    return String.fromCharCode(...field.subarray(0, end === -1 ? field.length : end));
  }
}
