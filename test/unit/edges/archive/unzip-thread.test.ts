import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../../../src/core/errors.ts";
import { LimitError } from "../../../../src/core/image/limits.ts";
import { type Blob, openBlob } from "../../../../src/edges/archive/blob.ts";
import { canUnzipInThread, UnzipThread } from "../../../../src/edges/archive/unzip-thread.ts";
import { readImage } from "../../../../src/edges/images.ts";
import { Layout } from "../../../support/saved.ts";
import { tar } from "../../../support/tar.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-unzip-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

function opened(data: Buffer): Blob {
  const path = join(folder, `blob-${count++}`);
  writeFileSync(path, data);
  return openBlob(path) as Blob;
}

async function read(blob: Blob): Promise<{ bytes: Buffer; thread: UnzipThread }> {
  const thread = new UnzipThread(blob);
  const pieces: Buffer[] = [];
  for await (const piece of thread.pieces()) pieces.push(Buffer.from(piece));
  return { bytes: Buffer.concat(pieces), thread };
}

function hexOf(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Bytes of which some pack well and some don't. */
function mixed(length: number): Buffer {
  return Buffer.concat([randomBytes(length / 2), Buffer.alloc(length / 2, "words ")]);
}

it("there is what the thread needs in this Node", () => {
  expect(canUnzipInThread).toBe(true);
});

describe("a thread unpacks", () => {
  const large = mixed(10_000_000);
  it.each([
    ["many pieces", gzipSync(large), large],
    ["little", gzipSync("x"), Buffer.from("x")],
    ["nothing", gzipSync(""), Buffer.from("")],
    ["zeros, a thousand to one", gzipSync(Buffer.alloc(50_000_000)), Buffer.alloc(50_000_000)],
    [
      "several members",
      Buffer.concat([gzipSync(large), gzipSync("y"), gzipSync(large)]),
      Buffer.concat([large, Buffer.from("y"), large]),
    ],
    ["what is filled up with zeros", Buffer.concat([gzipSync(large), Buffer.alloc(100_000)]), large],
  ])("%s, and tells both digests", async (_, stored, unpacked) => {
    const { bytes, thread } = await read(opened(stored));
    expect(bytes.equals(unpacked)).toBe(true);
    expect(thread.digests).toMatchObject({ stored: hexOf(stored), unpacked: hexOf(unpacked) });
  });

  it("a part of a file", async () => {
    const stored = gzipSync("in the middle");
    const blob = opened(Buffer.concat([Buffer.from("before"), stored, Buffer.from("behind")]));
    const { bytes } = await read({ ...blob, start: 6, size: stored.length });
    expect(bytes.toString()).toBe("in the middle");
  });

  it("whatever is changed in the data, like zlib does in one go, or refuses it", async () => {
    const stored = gzipSync(mixed(60_000));
    const change = fc.tuple(fc.nat(stored.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(change, async ([at, value]) => {
        const changed = Buffer.from(stored);
        changed[at] = value;
        let expected: Buffer | null = null;
        try {
          expected = gunzipSync(changed);
        } catch {}
        const reading = read(opened(changed));
        if (expected === null) await expect(reading).rejects.toThrow(UserError);
        else expect((await reading).bytes.equals(expected)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a thread refuses", () => {
  it("what is damaged or cut short", async () => {
    const stored = gzipSync(mixed(1_000_000));
    await expect(read(opened(stored.subarray(0, -1)))).rejects.toThrow(/can't be unpacked: unexpected end/);
    await expect(read(opened(Buffer.concat([stored, Buffer.from("x")])))).rejects.toThrow(UserError);
    await expect(read(opened(Buffer.from("no gzip at all")))).rejects.toThrow(/incorrect header/);
    const blob = opened(stored);
    truncateSync(blob.name, 1000);
    await expect(read(blob)).rejects.toThrow(/cut short/);
  });

  it("bombs", async () => {
    const zeros = gzipSync(Buffer.alloc(64 * 1024 ** 2));
    const bomb = Buffer.concat(Array.from({ length: 16 }, () => zeros));
    const reading = read(opened(bomb));
    await expect(reading).rejects.toThrow(LimitError);
    await expect(reading).rejects.toThrow(/decompression-ratio/);
  });

  it("a file that the system does not read", async () => {
    const blob = opened(gzipSync("x"));
    closeSync(blob.fd);
    await expect(read(blob)).rejects.toThrow(EnvironmentError);
  });
});

it("a thread ends with its reader", async () => {
  const blob = opened(gzipSync(mixed(20_000_000)));
  for await (const piece of new UnzipThread(blob).pieces()) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  const slow: number[] = [];
  for await (const piece of new UnzipThread(blob).pieces()) {
    // More than there is room for is waiting.
    if (slow.length < 10) await new Promise((resolve) => setTimeout(resolve, 10));
    slow.push(piece.length);
  }
  expect(slow.reduce((sum, length) => sum + length, 0)).toBe(20_000_000);
});

describe("a large gzip layer", () => {
  const unpacked = tar([
    { name: "usr/bin/train", data: "#!/bin/sh\n" },
    { name: "weights", data: randomBytes(9_000_000) },
    { name: "etc/last", data: "x" },
  ]);
  const stored = gzipSync(unpacked);
  const needs = [
    {
      depth: "layers" as const,
      queries: () => [
        { kind: "tree" as const, path: "/" },
        { kind: "path" as const, path: "/usr/bin/train", head: 9 },
      ],
    },
  ];
  const layout = (what: { unpacked: Buffer; stored: Buffer }, config?: string): Layout => {
    const made = new Layout(join(folder, `layout-${count++}`));
    made.index([made.image([what], config)]);
    return made;
  };

  it("is read with the first bytes of its files", async () => {
    const { files } = await readImage(layout({ unpacked, stored }).path, needs);
    expect([...files.visible.keys()]).toEqual(expect.arrayContaining(["/weights", "/etc/last"]));
    const { head } = files.visible.get("/usr/bin/train") ?? {};
    expect(Buffer.from(head ?? []).toString()).toBe("#!/bin/sh");
  });

  it("is refused where it is not what its digests say, or cut short", async () => {
    const other = Buffer.from(unpacked);
    other.writeUInt8(1, 2_000_000);
    await expect(readImage(layout({ unpacked: other, stored }).path, needs)).rejects.toThrow(/its digest is/);
    const changed = layout({ unpacked, stored });
    writeFileSync(changed.fileOf(`sha256:${hexOf(stored)}`), gzipSync(other, { level: 9 }));
    await expect(readImage(changed.path, needs)).rejects.toThrow(UserError);
    const half = stored.subarray(0, 8_500_000);
    await expect(readImage(layout({ unpacked, stored: half }).path, needs)).rejects.toThrow(UserError);
  });

  it("is not read to its end once reading was stopped", async () => {
    const stop = new AbortController();
    stop.abort();
    const reading = readImage(layout({ unpacked, stored }).path, needs, { signal: stop.signal });
    await expect(reading).rejects.toThrow(/abort/i);
  });
});
