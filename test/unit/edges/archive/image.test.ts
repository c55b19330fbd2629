import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
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
import { type Member, tar } from "../../../support/tar.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-archive-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NEEDS: ImageNeeds[] = [
  {
    depth: "layers",
    queries: () => [
      { kind: "path", path: "/usr/bin/train", head: 9 },
      { kind: "tree", path: "/" },
    ],
  },
];

const LONG = `opt/${"long/".repeat(60)}name`;

const LAYERS: HandmadeLayer[] = [
  {
    unpacked: tar([
      { name: "usr/bin/", type: "5" },
      { name: "usr/bin/real", data: "#!/bin/sh\necho train\n", mode: 0o755 },
      { name: "usr/bin/train", link: "twin" },
      { name: "usr/bin/twin", type: "1", link: "usr/bin/real" },
      { name: "opt/ml/model/weights", data: "w".repeat(5000) },
      { name: "long", pax: [["path", LONG]], data: "x" },
    ]),
  },
  { unpacked: tar([{ name: "opt/ml/model/.wh.weights" }]) },
];

const CONFIG = configOf(LAYERS, {
  architecture: "arm64",
  config: { Entrypoint: ["/x"], Env: null },
  history: [{ created_by: "COPY a" }, { created_by: "ENV", empty_layer: true }, { created_by: "RUN rm" }],
});

function saved(name: string, change: (members: Member[]) => Member[] = (same) => same): string {
  return writeSaved(join(folder, name), change(savedMembers(LAYERS, CONFIG)));
}

const GZIP: HandmadeLayer[] = LAYERS.map(({ unpacked }) => ({
  unpacked,
  stored: gzipSync(unpacked),
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
}));

/** A layout with an attestation in front of the image. */
function layout(name: string): Layout {
  const made = new Layout(join(folder, name));
  const image = made.image(GZIP, CONFIG, { platform: { os: "linux", architecture: "arm64" } });
  const attestation = made.image([], configOf([]), {
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest" },
  });
  made.index([attestation, image]);
  return made;
}

function expectContents(image: ImageModel): void {
  expect(image.platform).toEqual({ os: "linux", architecture: "arm64", variant: null });
  expect(image.config.Entrypoint).toEqual(["/x"]);
  expect(image.depth).toBe("layers");
  const digests = LAYERS.map(({ unpacked }) => digestOf(unpacked));
  expect(image.layers.map(({ digest }) => digest)).toEqual(digests);
  expect(image.history.map(({ layer }) => layer)).toEqual([digests[0], null, digests[1]]);
  expect([...image.files.visible.keys()].sort()).toEqual([
    `/${LONG}`,
    "/usr/bin",
    "/usr/bin/real",
    "/usr/bin/train",
    "/usr/bin/twin",
  ]);
  expect(image.files.hidden.map(({ path, size, layer }) => ({ path, size, layer }))).toEqual([
    { path: "/opt/ml/model/weights", size: 5000, layer: digests[0] },
  ]);
  const train = resolvePath(image.files, "/usr/bin/train");
  expect(train?.links.map(({ path }) => path)).toEqual(["/usr/bin/train"]);
  // A hard link is the file whose data it shares.
  expect(train?.entry).toMatchObject({ path: "/usr/bin/twin", type: "file", size: 21, mode: 0o755 });
  expect(Buffer.from(train?.entry.head ?? []).toString()).toBe("#!/bin/sh");
}

describe("an image in files", () => {
  it("is read from what docker save writes", async () => {
    const path = saved("plain.tar");
    const image = await readImage(`docker-archive:${path}`, NEEDS);
    expect(image.source).toBe("docker-archive");
    expectContents(image);
    expect((await readImage(path, NEEDS)).source).toBe("docker-archive");
  });

  it("is read from the same compressed as a whole, layers compressed once more or not", async () => {
    const path = join(folder, "whole.tar.gz");
    writeFileSync(path, gzipSync(readFileSync(saved("inner.tar"))));
    expectContents(await readImage(path, NEEDS));
    writeFileSync(path, gzipSync(tar(savedMembers(GZIP, CONFIG))));
    expectContents(await readImage(path, NEEDS));
  });

  it("is read when layers are linked to one another, as for a layer that is there twice", async () => {
    const layers = [LAYERS[0], LAYERS[0]] as HandmadeLayer[];
    const [first, , ...rest] = savedMembers(layers);
    const path = writeSaved(join(folder, "linked.tar"), [
      first as Member,
      { name: "layer-1/layer.tar", link: "../layer-0/layer.tar" },
      ...rest,
    ]);
    const image = await readImage(path, NEEDS);
    expect(image.layers).toHaveLength(2);
    // The same layer twice is shipped once: nothing of it is hidden.
    expect(image.files.hidden).toEqual([]);
  });

  it("is read from an OCI layout, attestations left out", async () => {
    const { path } = layout("layout");
    const image = await readImage(path, NEEDS);
    expect(image.source).toBe("oci-dir");
    expect(image.index).toEqual({
      mediaType: "application/vnd.oci.image.index.v1+json",
      platforms: ["linux/arm64"],
      attestations: 1,
    });
    expect(image.layers[0]?.stored?.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+gzip");
    expectContents(image);
  });

  it("is not read when the platform asked for is not there", async () => {
    const { path } = layout("other");
    await expect(readImage(path, NEEDS, { platform: "linux/amd64" })).rejects.toThrow(
      "has no image for linux/amd64",
    );
  });

  it("is the one for linux/amd64 where there are several and nothing else is said", async () => {
    const made = new Layout(join(folder, "several"));
    const of = (architecture: string) =>
      made.image(LAYERS, configOf(LAYERS, { architecture }), { platform: { os: "linux", architecture } });
    made.index([of("arm64"), of("amd64")]);
    expect((await readImage(made.path, NEEDS)).platform.architecture).toBe("amd64");
    expect((await readImage(made.path, NEEDS, { platform: "linux/arm64" })).platform.architecture).toBe(
      "arm64",
    );
    made.index([of("arm64"), of("s390x")]);
    await expect(readImage(made.path, NEEDS)).rejects.toThrow("several images: linux/arm64, linux/s390x");
  });

  it("is named by its tag where the file holds several", async () => {
    const [first, second] = LAYERS as [HandmadeLayer, HandmadeLayer];
    const images = [
      { Config: "one.json", RepoTags: ["one:1"], Layers: ["one.tar"] },
      { Config: "two.json", RepoTags: ["two:latest"], Layers: ["two.tar"] },
    ];
    const path = writeSaved(join(folder, "two.tar"), [
      { name: "one.tar", data: first.unpacked },
      { name: "two.tar", data: second.unpacked },
      { name: "one.json", data: configOf([first], { architecture: "one" }) },
      { name: "two.json", data: configOf([second], { architecture: "two" }) },
      { name: "manifest.json", data: JSON.stringify(images) },
    ]);
    await expect(readImage(path, NEEDS)).rejects.toThrow("holds 2 images: one:1, two:latest");
    expect((await readImage(`docker-archive:${path}:two`, NEEDS)).platform.architecture).toBe("two");
    expect((await readImage(`docker-archive:${path}:one:1`, NEEDS)).platform.architecture).toBe("one");
    await expect(readImage(`docker-archive:${path}:three`, NEEDS)).rejects.toThrow("has no image three");
  });
});

describe("a name that is no image", () => {
  it.each([
    ["/nope.tar", "there is no such file"],
    ["docker:/nope", "neither a saved image nor an OCI layout folder"],
    ["a//b", "not the name of an image"],
    ["oci-dir:/nope", "no index.json"],
    ["docker-archive:/nope.tar", "can't be read"],
    ["docker-archive:/", "/ is not a file"],
    ["registry:A/b:", "not the name of an image in a registry"],
  ])("%s is refused before an engine is asked", async (name, why) => {
    await expect(readImage(name, NEEDS)).rejects.toThrow(why);
  });
});

describe("a damaged archive", () => {
  const refused = async (path: string, why: string | RegExp): Promise<void> => {
    const error = await readImage(`docker-archive:${path}`, NEEDS).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(why);
  };

  it("without a manifest is refused", async () => {
    await refused(
      saved("no-manifest.tar", (all) => all.slice(0, 3)),
      "no manifest.json",
    );
  });

  it("with a missing layer is refused", async () => {
    await refused(
      saved("no-layer.tar", (all) => all.slice(1)),
      "layer-0/layer.tar is missing",
    );
  });

  it("whose manifest is no JSON is refused", async () => {
    const path = saved("bad-json.tar", (all) => [...all.slice(0, 3), { name: "manifest.json", data: "[{" }]);
    await refused(path, "not valid JSON");
  });

  it("that is cut short is refused, wherever", async () => {
    const whole = readFileSync(saved("whole.tar"));
    const path = join(folder, "short.tar");
    for (const length of [100, 2000, whole.length - 2000]) {
      writeFileSync(path, whole.subarray(0, length));
      await refused(path, /cut short|is not a complete image/);
      const packed = gzipSync(whole);
      writeFileSync(path, packed.subarray(0, Math.ceil((packed.length * length) / whole.length)));
      await refused(path, /cut short|unexpected end of file/);
    }
  });

  it("whose header was changed is refused", async () => {
    const whole = tar([{ name: "manifest.json", data: "[]" }]);
    whole[0] = 0x58;
    const path = join(folder, "checksum.tar");
    writeFileSync(path, whole);
    await refused(path, "checksum is wrong");
  });

  it("with a gzip layer that is cut short is refused", async () => {
    const made = layout("cut");
    const file = made.fileOf(digestOf(GZIP[0]?.stored ?? ""));
    writeFileSync(file, readFileSync(file).subarray(0, 12));
    await expect(readImage(made.path, NEEDS)).rejects.toThrow(/where its manifest says/);
  });

  it("whose symbolic links run in a circle leads nowhere", async () => {
    const loop = {
      unpacked: tar([
        { name: "usr/bin/train", link: "b" },
        { name: "usr/bin/b", link: "train" },
      ]),
    };
    const image = await readImage(writeSaved(join(folder, "loop.tar"), savedMembers([loop])), NEEDS);
    expect(resolvePath(image.files, "/usr/bin/train")).toBeNull();
  });
});
