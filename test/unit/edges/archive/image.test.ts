import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../../../src/core/errors.ts";
import { resolvePath } from "../../../../src/core/image/lookup.ts";
import type { ImageModel, ImageNeeds } from "../../../../src/core/image/model.ts";
import { readImage } from "../../../../src/edges/images.ts";

const folder = mkdtempSync(join(tmpdir(), "trainlint-archive-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NEEDS: ImageNeeds[] = [
  { depth: "layers", queries: () => [{ kind: "path", path: "/usr/bin/train", head: 9 }] },
];

interface Member {
  readonly name: string;
  readonly data?: string | Buffer;
  readonly linkname?: string;
  readonly type?: "file" | "symlink" | "link";
}

async function tar(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, data, linkname, type } of members) {
    archive.entry(
      { name, type: type ?? "file", ...(linkname === undefined ? {} : { linkname }) },
      data ?? "",
    );
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const digestOf = (data: string | Buffer): string =>
  `sha256:${createHash("sha256").update(data).digest("hex")}`;

const LONG = `opt/${"long/".repeat(60)}name`;

async function layers(): Promise<Buffer[]> {
  return [
    await tar([
      { name: "usr/bin/real", data: "#!/bin/sh\necho train\n" },
      { name: "usr/bin/train", type: "symlink", linkname: "twin" },
      { name: "usr/bin/twin", type: "link", linkname: "usr/bin/real" },
      { name: "opt/ml/model/weights", data: "w".repeat(5000) },
      { name: LONG, data: "x" },
    ]),
    await tar([{ name: "opt/ml/model/.wh.weights" }]),
  ];
}

function configText(unpacked: readonly Buffer[]): string {
  return JSON.stringify({
    os: "linux",
    architecture: "arm64",
    config: { Entrypoint: ["/x"], Env: null },
    rootfs: { type: "layers", diff_ids: unpacked.map(digestOf) },
    history: [{ created_by: "COPY a" }, { created_by: "ENV", empty_layer: true }, { created_by: "RUN rm" }],
  });
}

async function saved(
  name: string,
  change: (members: Member[]) => Member[] = (same) => same,
): Promise<string> {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = await layers();
  const members: Member[] = [
    { name: "one/layer.tar", data: first },
    { name: "two/layer.tar", data: second },
    { name: "config.json", data: configText([first, second]) },
    {
      name: "manifest.json",
      data: JSON.stringify([{ Config: "config.json", Layers: ["one/layer.tar", "two/layer.tar"] }]),
    },
  ];
  const path = join(folder, name);
  writeFileSync(path, await tar(change(members)));
  return path;
}

/** An OCI layout folder whose layers are gzip; the file names are digests and tell nothing. */
async function layout(name: string): Promise<{ path: string; layer: string }> {
  const path = join(folder, name);
  mkdirSync(join(path, "blobs", "sha256"), { recursive: true });
  const put = (data: string | Buffer, fields: object) => {
    const digest = digestOf(data);
    writeFileSync(join(path, "blobs", "sha256", digest.slice(7)), data);
    return { digest, size: Buffer.byteLength(data), ...fields };
  };
  const unpacked = await layers();
  const config = put(configText(unpacked), { mediaType: "application/vnd.oci.image.config.v1+json" });
  const packed = unpacked.map((layer) =>
    put(gzipSync(layer), { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" }),
  );
  const manifest = put(JSON.stringify({ schemaVersion: 2, config, layers: packed }), {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    platform: { os: "linux", architecture: "arm64" },
  });
  const attestation = put(JSON.stringify({ schemaVersion: 2, config, layers: [] }), {
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest" },
  });
  writeFileSync(join(path, "index.json"), JSON.stringify({ manifests: [attestation, manifest] }));
  writeFileSync(join(path, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return { path, layer: packed[0]?.digest.slice(7) ?? "" };
}

function expectContents(image: ImageModel): void {
  expect(image.platform).toEqual({ os: "linux", architecture: "arm64", variant: null });
  expect(image.config.Entrypoint).toEqual(["/x"]);
  const digests = image.layers.map(({ digest }) => digest);
  expect(image.history.map(({ layer }) => layer)).toEqual([digests[0], null, digests[1]]);
  expect([...image.files.visible.keys()].sort()).toEqual([
    `/${LONG}`,
    "/usr/bin/real",
    "/usr/bin/train",
    "/usr/bin/twin",
  ]);
  expect(image.files.hidden.map(({ path, size, layer }) => ({ path, size, layer }))).toEqual([
    { path: "/opt/ml/model/weights", size: 5000, layer: digests[0] },
  ]);
  const train = resolvePath(image.files, "/usr/bin/train");
  expect(train?.links.map(({ path }) => path)).toEqual(["/usr/bin/train"]);
  expect(Buffer.from(train?.entry.head ?? []).toString()).toBe("#!/bin/sh");
}

describe("an image in files", () => {
  it("is read from what docker save writes", async () => {
    const path = await saved("plain.tar");
    const image = await readImage(`docker-archive:${path}`, NEEDS);
    expect(image.source).toBe("docker-archive");
    expectContents(image);
    expect((await readImage(path, NEEDS)).source).toBe("docker-archive");
  });

  it("is read from an OCI layout, attestations left out", async () => {
    const { path } = await layout("layout");
    const image = await readImage(path, NEEDS);
    expect(image.source).toBe("oci-dir");
    expectContents(image);
  });

  it("is not read when the platform asked for is not there", async () => {
    const { path } = await layout("other");
    await expect(readImage(path, NEEDS, { platform: "linux/amd64" })).rejects.toThrow(
      "has no image for linux/amd64",
    );
  });
});

describe("a name that is no image", () => {
  it.each([
    ["/nope.tar", "neither a saved image nor an OCI layout folder"],
    ["docker:/nope", "neither a saved image nor an OCI layout folder"],
    ["a//b", "not the name of an image"],
    ["oci-dir:/nope", "no index.json"],
    ["docker-archive:/nope.tar", "can't be read"],
    ["docker-archive:/", "/ is not a file"],
    ["registry:a/b", "no image from a registry"],
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

  it("that is gzip as a whole is refused, with what to do", async () => {
    const path = join(folder, "whole.tar.gz");
    writeFileSync(path, gzipSync(await tar([])));
    await refused(path, "compressed with gzip");
  });

  it("without a manifest is refused", async () => {
    await refused(await saved("no-manifest.tar", (all) => all.slice(0, 3)), "no manifest.json");
  });

  it("with a missing layer is refused", async () => {
    await refused(await saved("no-layer.tar", (all) => all.slice(1)), "one/layer.tar is missing");
  });

  it("whose manifest is no JSON is refused", async () => {
    const path = await saved("bad-json.tar", (all) => [
      ...all.slice(0, 3),
      { name: "manifest.json", data: "[{" },
    ]);
    await refused(path, "not valid JSON");
  });

  it("that is cut short is refused", async () => {
    const whole = await tar([{ name: "manifest.json", data: "x".repeat(5000) }]);
    const path = join(folder, "short.tar");
    writeFileSync(path, whole.subarray(0, 2000));
    await refused(path, "ends in the middle");
  });

  it("whose header was changed is refused", async () => {
    const whole = await tar([{ name: "manifest.json", data: "[]" }]);
    whole[0] = 0x58;
    const path = join(folder, "checksum.tar");
    writeFileSync(path, whole);
    await refused(path, "checksum is wrong");
  });

  it("with a gzip layer that is cut short is refused", async () => {
    const { path, layer } = await layout("cut");
    const file = join(path, "blobs", "sha256", layer);
    writeFileSync(file, gzipSync(Buffer.alloc(100)).subarray(0, 12));
    await expect(readImage(path, NEEDS)).rejects.toThrow(/where its manifest says/);
  });

  it("whose symbolic links run in a circle leads nowhere", async () => {
    const loop = await tar([
      { name: "usr/bin/train", type: "symlink", linkname: "b" },
      { name: "usr/bin/b", type: "symlink", linkname: "train" },
    ]);
    const path = await saved("loop.tar", (all) => [{ name: "one/layer.tar", data: loop }, ...all.slice(1)]);
    const image = await readImage(path, NEEDS);
    expect(resolvePath(image.files, "/usr/bin/train")).toBeNull();
  });
});
