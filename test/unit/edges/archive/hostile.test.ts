import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { LIMITS, LimitError, type LimitName } from "../../../../src/core/image/limits.ts";
import { resolvePath } from "../../../../src/core/image/lookup.ts";
import type { ImageModel, ImageNeeds } from "../../../../src/core/image/model.ts";
import { readImage } from "../../../../src/edges/images.ts";
import {
  configOf,
  digestOf,
  type HandmadeLayer,
  Layout,
  savedMembers,
  writeSaved,
} from "../../../support/saved.ts";
import { base256, headerBlock, type Member, tar } from "../../../support/tar.ts";
import { rawBlock, rleBlock, zstdFrame } from "../../../support/zstd.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-hostile-"));
const outside = join(folder, "inside");
let before: string[];
beforeAll(() => {
  before = readdirSync(tmpdir());
});
afterAll(() => {
  // Nothing was unpacked anywhere.
  expect(existsSync(outside)).toBe(false);
  const made = readdirSync(tmpdir()).filter(
    (name) => !before.includes(name) && !name.startsWith("trainlint-hostile"),
  );
  expect(made.filter((name) => /passwd|layer|evil/.test(name))).toEqual([]);
  rmSync(folder, { recursive: true });
});

const NEEDS: ImageNeeds[] = [
  {
    depth: "layers",
    queries: () => [
      { kind: "tree", path: "/" },
      { kind: "path", path: "/usr/bin/train", head: 100 },
    ],
  },
];

let count = 0;
const next = (): string => join(folder, `case-${count++}`);

/** One layer as the unpacked bytes of a saved image. */
function readLayer(unpacked: Buffer): Promise<ImageModel> {
  return readImage(writeSaved(next(), savedMembers([{ unpacked }])), NEEDS);
}

/** One layer as it is stored in an OCI layout. */
function readStored(unpacked: Buffer, stored: Buffer): Promise<ImageModel> {
  const layout = new Layout(next());
  layout.index([layout.image([{ unpacked, stored }])]);
  return readImage(layout.path, NEEDS);
}

/** The same layer read by jumping and as a stream must be refused for the same reason. */
async function refused(members: readonly Member[], why: RegExp | LimitName): Promise<void> {
  const unpacked = tar(members);
  await failsWith(readLayer(unpacked), why);
  await failsWith(readStored(unpacked, gzipSync(unpacked)), why);
}

async function failsWith(reading: Promise<unknown>, why: RegExp | LimitName): Promise<void> {
  const error = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  if (typeof why !== "string") expect((error as Error).message).toMatch(why);
  else {
    expect(error).toBeInstanceOf(LimitError);
    expect((error as LimitError).limit).toBe(why);
    expect((error as Error).message).toContain(`the limit ${why} (${LIMITS[why].value} `);
  }
}

describe("names", () => {
  it.each(["../../etc/passwd", "/../etc/passwd", "usr/../../evil", "./../evil"])(
    "that lead out: %s",
    async (name) => {
      await refused([{ name, data: "x" }], /leads out of the image/);
      await refused([{ name: "x", type: "1", link: name }], /leads out of the image/);
    },
  );

  it("that stay inside are normal", async () => {
    const image = await readLayer(
      tar([
        { name: "./a/../b//c", data: "x" },
        { name: "/d", data: "x" },
        { name: "e", link: "../../../f" },
      ]),
    );
    expect([...image.files.visible.keys()].sort()).toEqual(["/b/c", "/d", "/e"]);
  });

  it("that no system has room for", async () => {
    const long = "n".repeat(LIMITS["path-length"].value + 1);
    await refused([{ name: "x", pax: [["path", long]] }], "path-length");
    await refused([{ name: "x", link: "y", pax: [["linkpath", long]] }], "path-length");
    await refused([{ name: "x", pax: [["path", "ü".repeat(2049)]] }], "path-length");
    const gnu = Buffer.from(`${long}\0`);
    await refused([{ name: "././@LongLink", type: "L", data: gnu }, { name: "x" }], "path-length");
  });
});

describe("links", () => {
  it("that run in a circle", async () => {
    await refused(
      [
        { name: "a", type: "1", link: "b" },
        { name: "b", type: "1", link: "a" },
      ],
      "link-depth",
    );
    const image = await readLayer(
      tar([
        { name: "usr/bin/train", link: "loop" },
        { name: "usr/bin/loop", link: "train" },
        { name: "usr/lib", link: "lib" },
      ]),
    );
    expect(resolvePath(image.files, "/usr/bin/train")).toBeNull();
    expect(resolvePath(image.files, "/usr/lib/x")).toBeNull();
  });

  it("in the archive itself", async () => {
    const members = savedMembers([{ unpacked: tar([]) }]).filter(({ name }) => name !== "layer-0/layer.tar");
    const loop: Member[] = [
      { name: "layer-0/layer.tar", link: "other" },
      { name: "layer-0/other", link: "layer.tar" },
    ];
    await failsWith(readImage(writeSaved(next(), [...members, ...loop]), NEEDS), "link-depth");
    const out: Member[] = [{ name: "layer-0/layer.tar", link: "../../../../../etc/passwd" }];
    await failsWith(
      readImage(writeSaved(next(), [...members, ...out]), NEEDS),
      /layer-0\/layer.tar is missing/,
    );
  });

  it("to a name that is not there", async () => {
    const image = await readLayer(tar([{ name: "a", type: "1", link: "gone" }]));
    expect(image.files.visible.get("/a")?.type).toBe("hardlink");
  });
});

describe("kinds of entry", () => {
  it("are told and never made", async () => {
    const kinds = { 3: "character-device", 4: "block-device", 6: "fifo" };
    const image = await readLayer(tar(Object.keys(kinds).map((type) => ({ name: `dev/${type}`, type }))));
    for (const [type, kind] of Object.entries(kinds)) {
      expect(image.files.visible.get(`/dev/${type}`)?.type).toBe(kind);
    }
  });

  it("that nobody knows are no files", async () => {
    const image = await readLayer(
      tar([
        { name: "volume", type: "V" },
        { name: "a", data: "x" },
      ]),
    );
    expect([...image.files.visible.keys()]).toEqual(["/a"]);
  });
});

describe("extended headers", () => {
  it("that are huge", async () => {
    await refused(
      [{ name: "x", pax: [["comment", "c".repeat(LIMITS["extended-header"].value)]] }],
      "extended-header",
    );
    await refused(
      [{ name: "x", type: "L", data: Buffer.alloc(LIMITS["extended-header"].value + 1, "n") }],
      "extended-header",
    );
  });

  it.each([
    ["a length beyond the data", "99 path=x\n"],
    ["a length that ends early", "6 path=x\n"],
    ["no length", "path=x\n"],
    ["a length that is negative", "-9 path=x\n"],
    ["no line end", "9 path=xx"],
    ["no value", "7 path\n"],
    ["a name with an end in it", "14 path=a\0../b\n"],
  ])("with %s", async (_, data) => {
    await refused([{ name: "PaxHeader", type: "x", data }, { name: "x" }], /records make no sense/);
  });

  it("that belong to nothing", async () => {
    const unpacked = Buffer.concat([
      headerBlock({ name: "p", type: "x" }, 12),
      paxBlock("12 path=abc\n"),
      Buffer.alloc(1024),
    ]);
    await failsWith(readLayer(unpacked), /belongs to no entry/);
    await failsWith(readLayer(unpacked.subarray(0, 1024)), /cut short/);
  });

  it("may hold bytes that are no text", async () => {
    const image = await readLayer(
      tar([{ name: "x", pax: [["SCHILY.xattr.security.capability", "\x01\0\0\x02\0"]], data: "y" }]),
    );
    expect(image.files.visible.get("/x")?.size).toBe(1);
  });
});

function paxBlock(text: string): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]);
}

describe("sizes", () => {
  it.each([
    ["negative", base256(-1n, 12), /negative or no number/],
    ["beyond what a number holds", base256(1n << 70n, 12), /negative or no number/],
    ["no number", Buffer.from("12x45678901\0"), /negative or no number/],
    ["beyond the archive", Buffer.from("77777777777\0"), /cut short/],
  ] as const)("that are %s", async (_, size, why) => {
    await refused([{ name: "x", size }], why);
  });

  it("that no volume has room for", async () => {
    await refused([{ name: "x", size: base256(BigInt(LIMITS["file-size"].value) + 1n, 12) }], "file-size");
    await refused([{ name: "x", pax: [["size", String(LIMITS["file-size"].value + 1)]] }], "file-size");
  });

  it.each(["-1", "1e9", "9".repeat(30), " 5", "0x10"])(
    "in an extended header that are no number: %s",
    async (size) => {
      await refused([{ name: "x", pax: [["size", size]] }], /a size that is no number/);
    },
  );

  it("that only a base-256 field has room for are read", async () => {
    const image = await readLayer(tar([{ name: "x", size: base256(3n, 12), data: "abc" }]));
    expect(image.files.visible.get("/x")?.size).toBe(3);
  });
});

describe("sparse files", () => {
  const GNU =
    (size: bigint, pieces: readonly (readonly [number, number])[], goesOn = false) =>
    (block: Buffer) => {
      for (const [at, piece] of pieces.entries()) {
        for (const [part, value] of piece.entries()) {
          block.write(`${value.toString(8).padStart(11, "0")}\0`, 386 + at * 24 + part * 12);
        }
      }
      block[482] = goesOn ? 1 : 0;
      base256(size, 12).copy(block, 483);
    };

  const sparse = (
    size: number | bigint,
    data: string,
    pieces: readonly (readonly [number, number])[],
  ): Member => ({
    name: "usr/bin/train",
    type: "S",
    data,
    header: GNU(BigInt(size), pieces),
  });

  it("are read with their zeros, in every format", async () => {
    const content = `#!/bin/sh\n${"\0".repeat(20)}end`;
    const pieces = [
      [0, 10],
      [30, 3],
    ] as const;
    const map = pieces.flat();
    const listed = `2\n${map.join("\n")}\n`;
    const formats: Member[] = [
      sparse(33, "#!/bin/sh\nend", pieces),
      {
        name: "GNUSparseFile.1/train",
        data: "#!/bin/sh\nend",
        pax: [
          ["GNU.sparse.name", "usr/bin/train"],
          ["GNU.sparse.size", "33"],
          ["GNU.sparse.map", map.join(",")],
        ],
      },
      {
        name: "usr/bin/train",
        data: "#!/bin/sh\nend",
        pax: [
          ["GNU.sparse.size", "33"],
          ["GNU.sparse.numblocks", "2"],
          ...pieces.flatMap(
            ([offset, bytes]) =>
              [
                ["GNU.sparse.offset", String(offset)],
                ["GNU.sparse.numbytes", String(bytes)],
              ] as const,
          ),
        ],
      },
      {
        name: "GNUSparseFile.1/train",
        data: `${listed.padEnd(512, "\0")}#!/bin/sh\nend`,
        pax: [
          ["GNU.sparse.major", "1"],
          ["GNU.sparse.minor", "0"],
          ["GNU.sparse.name", "usr/bin/train"],
          ["GNU.sparse.realsize", "33"],
        ],
      },
    ];
    for (const member of formats) {
      const unpacked = tar([member, { name: "behind", data: "x" }]);
      for (const image of [await readLayer(unpacked), await readStored(unpacked, gzipSync(unpacked))]) {
        const entry = image.files.visible.get("/usr/bin/train");
        expect(entry?.size).toBe(33);
        expect(Buffer.from(entry?.head ?? []).toString("latin1")).toBe(content);
        expect(image.files.visible.get("/behind")?.size).toBe(1);
      }
    }
  });

  it("whose list goes on in further blocks are followed", async () => {
    const more = Buffer.alloc(512);
    more.write(`${(1000).toString(8).padStart(11, "0")}\0${(2).toString(8).padStart(11, "0")}\0`);
    const member: Member = {
      name: "usr/bin/train",
      type: "S",
      data: "abcdef",
      header: GNU(
        1002n,
        [
          [0, 1],
          [10, 1],
          [20, 1],
          [30, 1],
        ],
        true,
      ),
      between: more,
    };
    const image = await readLayer(tar([member, { name: "behind", data: "x" }]));
    expect(image.files.visible.get("/usr/bin/train")?.size).toBe(1002);
    expect([...image.files.visible.keys()]).toContain("/behind");
  });

  it("that pretend to be endless", async () => {
    await refused([sparse(1n << 62n, "", [])], /size is no number of bytes|file-size/);
    await refused([sparse(1n << 50n, "", [])], "file-size");
    await refused(
      [
        {
          name: "x",
          pax: [
            ["GNU.sparse.major", "1"],
            ["GNU.sparse.realsize", "9".repeat(16)],
          ],
        },
      ],
      /make no sense|file-size/,
    );
  });

  it.each([
    [
      "overlap",
      100,
      "abcd",
      [
        [0, 2],
        [1, 2],
      ],
    ],
    ["stand behind the end", 10, "ab", [[9, 2]]],
    ["are more than is stored", 100, "a", [[0, 50]]],
    [
      "run backwards",
      100,
      "ab",
      [
        [50, 1],
        [0, 1],
      ],
    ],
  ] as const)("whose pieces %s", async (_, size, data, pieces) => {
    await refused([sparse(size, data, pieces)], /pieces make no sense/);
  });

  it("with too many pieces", async () => {
    const block = Buffer.alloc(512);
    for (let at = 0; at < 504; at += 24) block.write(`${"0".repeat(11)}\0${"0".repeat(11)}\0`, at);
    block[504] = 1;
    const between = Buffer.alloc(512 * (Math.ceil(LIMITS["sparse-pieces"].value / 21) + 1), block);
    await refused([{ name: "x", type: "S", header: GNU(0n, [], true), between }], "sparse-pieces");
    const list = `${LIMITS["sparse-pieces"].value + 1}\n`.padEnd(512, "\0");
    await refused(
      [
        {
          name: "usr/bin/train",
          data: list,
          pax: [
            ["GNU.sparse.major", "1"],
            ["GNU.sparse.realsize", "5"],
          ],
        },
      ],
      "sparse-pieces",
    );
  });
});

describe("bombs", () => {
  const MIB = 1024 ** 2;
  const SIZE = 1024 * MIB;
  const header = headerBlock({ name: "zeros" }, SIZE);
  const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
  /** A gigabyte in a megabyte: members of a gzip file may follow one another. */
  const gzip = Buffer.concat([gzipSync(header), ...Array.from({ length: SIZE / (64 * MIB) }, () => zeros)]);
  const layout = (stored: Buffer): string => {
    const made = new Layout(next());
    made.index([made.image([{ unpacked: Buffer.alloc(0), stored }])]);
    return made.path;
  };

  it("of gzip, as a layer and as the whole archive", async () => {
    await failsWith(readImage(layout(gzip), NEEDS), "decompression-ratio");
    const path = next();
    const member = headerBlock({ name: "layer-0/layer.tar" }, SIZE + 512);
    writeFileSync(path, Buffer.concat([gzipSync(member), gzip]));
    await failsWith(readImage(`docker-archive:${path}`, NEEDS), "decompression-ratio");
  });

  it("of zstd: blocks of zeros, and windows of memory", async () => {
    const blocks = [rawBlock(header), ...Array.from({ length: SIZE / 131_072 }, () => rleBlock(0, 131_072))];
    await failsWith(readImage(layout(zstdFrame(blocks)), NEEDS), "decompression-ratio");
    await failsWith(readImage(layout(zstdFrame([rawBlock(header)], { window: 0xff })), NEEDS), "zstd-window");
    await failsWith(
      readImage(layout(zstdFrame([rawBlock(header)], { contentSize: 1n << 40n })), NEEDS),
      "zstd-window",
    );
  });

  it("are not what packs well and is small", async () => {
    const unpacked = tar([{ name: "usr/bin/train", data: Buffer.alloc(20 * MIB) }]);
    const image = await readStored(unpacked, gzipSync(unpacked, { level: 9 }));
    expect(image.files.visible.get("/usr/bin/train")?.size).toBe(20 * MIB);
  });
});

describe("compressed layers", () => {
  const unpacked = tar([{ name: "usr/bin/train", data: "#!/bin/sh\n" }]);

  it("in zstd, in several frames and with frames to skip", async () => {
    const skip = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const half = unpacked.length / 2;
    const stored = Buffer.concat([
      skip,
      zstdFrame([rawBlock(unpacked.subarray(0, half))]),
      skip,
      zstdFrame([rawBlock(unpacked.subarray(half))]),
      skip,
    ]);
    const image = await readStored(unpacked, stored);
    expect(Buffer.from(image.files.visible.get("/usr/bin/train")?.head ?? []).toString()).toBe("#!/bin/sh\n");
  });

  it("that are damaged or cut short", async () => {
    const zstd = zstdFrame([rawBlock(unpacked)]);
    const gzip = gzipSync(unpacked);
    const flipped = Buffer.from(gzip);
    flipped[20] = (flipped[20] ?? 0) ^ 0xff;
    for (const stored of [
      zstd.subarray(0, 8),
      zstd.subarray(0, -20),
      gzip.subarray(0, -9),
      flipped,
      Buffer.concat([zstd, zstd.subarray(0, 3)]),
    ]) {
      await failsWith(
        readStored(unpacked, stored),
        /can't be unpacked|not the layer that it should be|cut short/,
      );
    }
  });

  it("in formats that nobody writes", async () => {
    await failsWith(readStored(unpacked, Buffer.from("fd377a585a000000", "hex")), /compressed with xz/);
    await failsWith(readStored(unpacked, Buffer.from("BZh91AY&SY")), /compressed with bzip2/);
  });
});

describe("documents", () => {
  const layers: HandmadeLayer[] = [
    { unpacked: tar([{ name: "a", data: "a" }]) },
    { unpacked: tar([{ name: "b", data: "b" }]) },
  ];

  it("that are there twice", async () => {
    const members = savedMembers(layers);
    await failsWith(
      readImage(writeSaved(next(), [...members, ...members.slice(-1)]), NEEDS),
      /has manifest.json twice/,
    );
    const path = next();
    writeFileSync(path, gzipSync(tar([...members, ...members.slice(0, 1)])));
    await failsWith(readImage(path, NEEDS), /has layer-0\/layer.tar twice/);
  });

  it("that are huge", async () => {
    const text = `[${" ".repeat(LIMITS["json-size"].value)}]`;
    const members = savedMembers(layers).map((member) =>
      member.name === "manifest.json" ? { ...member, data: text } : member,
    );
    await failsWith(readImage(writeSaved(next(), members), NEEDS), "json-size");
    const path = next();
    writeFileSync(path, gzipSync(tar(members)));
    await failsWith(readImage(path, NEEDS), "json-size");
  });

  it("that are deep", async () => {
    const depth = 100_000;
    for (const text of ["[".repeat(depth), `[${'{"a":'.repeat(depth)}1${"}".repeat(depth)}]`]) {
      const members = savedMembers(layers).map((member) =>
        member.name === "manifest.json" ? { ...member, data: text } : member,
      );
      await failsWith(readImage(writeSaved(next(), members), NEEDS), /./);
    }
  });

  it("with layers in the wrong order, in a manifest with layers that are another image's", async () => {
    const [first, second, ...rest] = savedMembers(layers);
    const swapped = [{ ...first, data: second?.data }, { ...second, data: first?.data }, ...rest] as Member[];
    await failsWith(readImage(writeSaved(next(), swapped), NEEDS), /is not the layer that it should be.*/);
    const packed = layers.map(({ unpacked }) => ({ unpacked, stored: gzipSync(unpacked) }));
    const layout = new Layout(next());
    layout.index([layout.image([...packed].reverse(), configOf(packed))]);
    await failsWith(readImage(layout.path, NEEDS), /is not the layer that it should be/);
    const fewer = new Layout(next());
    fewer.index([fewer.image(packed.slice(1), configOf(packed))]);
    await failsWith(readImage(fewer.path, NEEDS), /has 1 layers where its configuration has 2/);
  });

  it("whose content is not what their digest says", async () => {
    for (const part of ["layer", "config", "manifest"] as const) {
      const layout = new Layout(next());
      const packed = layers.map(({ unpacked }) => ({ unpacked, stored: gzipSync(unpacked) }));
      const manifest = layout.image(packed);
      layout.index([manifest]);
      const digests = {
        layer: digestOf(packed[0]?.stored ?? ""),
        config: digestOf(configOf(packed)),
        manifest: manifest.digest,
      };
      const file = layout.fileOf(digests[part]);
      const bytes = readFileSync(file);
      writeFileSync(
        file,
        part === "layer"
          ? gzipSync(tar([{ name: "e", data: "e" }])).subarray(0)
          : Buffer.concat([bytes, Buffer.from(" ")]),
      );
      await failsWith(
        readImage(layout.path, NEEDS),
        /has the digest|not the layer that it should be|where its manifest says/,
      );
    }
  });

  it("with digests that are paths", async () => {
    const layout = new Layout(next());
    for (const digest of ["sha256:../../../../etc/passwd", "../../x", "md5:00", ""]) {
      layout.index([{ digest, size: 1, mediaType: "application/vnd.oci.image.manifest.v1+json" }]);
      await failsWith(readImage(layout.path, NEEDS), /without a sha256 digest/);
    }
  });

  it("that lead to one another, or list too many", async () => {
    const layout = new Layout(next());
    let top: { digest: string } = layout.image(layers);
    const mediaType = "application/vnd.oci.image.index.v1+json";
    for (let depth = 0; depth <= LIMITS["index-depth"].value; depth += 1) {
      top = layout.put(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [top] }), { mediaType });
    }
    layout.index([top]);
    await failsWith(readImage(layout.path, NEEDS), "index-depth");
    const many = Array.from({ length: LIMITS.parts.value + 1 }, () => layers[0] as HandmadeLayer);
    await failsWith(readImage(writeSaved(next(), savedMembers(many)), NEEDS), "parts");
    layout.index(Array.from({ length: LIMITS.parts.value + 1 }, () => top));
    await failsWith(readImage(layout.path, NEEDS), "parts");
  });

  it.each([
    ["null", "null"],
    ["a number", "1"],
    ["a list of nothing", "[]"],
    ["a list of null", "[null]"],
    ["layers that are numbers", '[{"Config":"config.json","Layers":[1]}]'],
    ["a configuration that is a list", '[{"Config":["config.json"],"Layers":[]}]'],
  ])("of the wrong shape: %s", async (_, text) => {
    const members = savedMembers(layers).map((member) =>
      member.name === "manifest.json" ? { ...member, data: text } : member,
    );
    await failsWith(readImage(writeSaved(next(), members), NEEDS), /./);
  });
});

describe("numbers of entries", () => {
  it("beyond what is read of one image", async () => {
    const each = 100_000;
    const headers = gzipSync(Buffer.alloc(each * 512, headerBlock({ name: "empty" }, 0)));
    const times = LIMITS.entries.value / each + 1;
    const stored = Buffer.concat(Array.from({ length: times }, () => headers));
    const layout = new Layout(next());
    layout.index([layout.image([{ unpacked: Buffer.alloc(0), stored }])]);
    await failsWith(readImage(layout.path, NEEDS), "entries");
  }, 120_000);
});

it("whatever is changed in an image, it is read or refused", async () => {
  const layers: HandmadeLayer[] = [
    {
      unpacked: tar([
        { name: "usr/bin/train", data: "#!/bin/sh\n" },
        { name: "x", pax: [["path", `${"p/".repeat(80)}q`]], data: "y" },
        { name: "l", link: "usr" },
      ]),
    },
    { unpacked: tar([{ name: "usr/bin/.wh.train" }, { name: "h", type: "1", link: "usr/bin/x" }]) },
  ];
  const whole = tar(savedMembers(layers));
  const packed = gzipSync(whole, { level: 0 });
  const path = next();
  const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), change, fc.option(fc.nat()), async (isPacked, changes, cut) => {
      const bytes = Buffer.from(isPacked ? packed : whole);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      writeFileSync(path, cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
      await readImage(`docker-archive:${path}`, NEEDS).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
      });
    }),
    { numRuns: 300 },
  );
});
