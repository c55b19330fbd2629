import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elfHeader } from "../../../../src/core/image/elf.ts";

/** A program that every Linux machine with Node has: Node itself. */
const NODE =
  process.platform === "linux" ? new Uint8Array(readFileSync(process.execPath).subarray(0, 4096)) : null;

/** A 32-bit big-endian program with a loader, as for an old MIPS machine. */
function mips(): Uint8Array {
  const bytes = Buffer.alloc(128);
  bytes.write("\u007fELF\u0001\u0002\u0001", 0, "latin1");
  bytes.writeUInt16BE(8, 18);
  bytes.writeUInt32BE(52, 28);
  bytes.writeUInt16BE(32, 42);
  bytes.writeUInt16BE(2, 44);
  bytes.writeUInt32BE(1, 52);
  bytes.writeUInt32BE(3, 84);
  bytes.writeUInt32BE(116, 88);
  bytes.writeUInt32BE(8, 100);
  bytes.write("/lib/ld", 116);
  return bytes;
}

describe("the header of an ELF program", () => {
  test.skipIf(NODE === null)("of a real one", () => {
    const header = elfHeader(NODE ?? new Uint8Array());
    expect(header?.machine).toBe({ x64: "amd64", arm64: "arm64" }[process.arch as string]);
    expect(header?.interpreter).toMatch(/^\/lib.*\/ld-/);
  });

  test("32 bits, big end first", () => {
    expect(elfHeader(mips())).toEqual({ machine: "mips", interpreter: "/lib/ld" });
  });

  test("what lies behind the bytes at hand is not known", () => {
    expect(elfHeader(mips().subarray(0, 120))).toEqual({ machine: "mips", interpreter: undefined });
    expect(elfHeader(mips().subarray(0, 60))).toEqual({ machine: "mips", interpreter: undefined });
    expect(elfHeader(new Uint8Array([0x7f, 0x45]))).toBeNull();
  });

  test("any bytes behind the magic are read without a throw", () => {
    const magic = new Uint8Array([0x7f, 0x45, 0x4c, 0x46]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        const header = elfHeader(new Uint8Array([...magic, ...rest]));
        expect(header === null || header.machine.length > 0).toBe(true);
      }),
    );
  });
});
