import { execFile } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { extract } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolvePath } from "../../../src/core/image/lookup.ts";
import type { FileEntry, ImageDepth, ImageModel, ImageNeeds } from "../../../src/core/image/model.ts";
import { readImage } from "../../../src/edges/images.ts";
import {
  buildImage,
  busyboxBase,
  describeWithEngine,
  docker,
  removeImage,
} from "../../engine/support/images.ts";
import { describeWithPodman, TestPodman } from "../../engine/support/podman.ts";
import { describeWithRegistry, TestRegistry } from "../../engine/support/registry.ts";
import { HIDDEN, LONG, oddDockerfile } from "./odd-image.ts";

const execute = promisify(execFile);
const TAG = "trainlint-test/odd:latest";

function needs(depth: ImageDepth): ImageNeeds[] {
  return [
    {
      depth,
      queries: () => [
        { kind: "tree", path: "/t" },
        { kind: "tree", path: "/bin" },
        { kind: "path", path: "/t/far", head: 9 },
        { kind: "path", path: "/t/becomes-link/hard", head: 100 },
        { kind: "path", path: "/t/loop-a", head: 5 },
        { kind: "path", path: "/t/empty", head: 5 },
        { kind: "path", path: LONG, head: 5 },
      ],
    },
  ];
}

/** What can be said of a file from outside, as another reader of tar gives it. */
interface Told {
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly owner: string;
  readonly target: string | null;
}

/** The file system of a container of this image, from the engine's export through another tar reader. */
async function exported(): Promise<Map<string, Told>> {
  const container = await docker.createContainer({ Image: TAG, Cmd: ["x"] });
  const told = new Map<string, Told>();
  try {
    const reading = extract();
    reading.on("entry", (header, stream, next) => {
      const path = `/${header.name.replace(/\/$/, "")}`;
      const other = header.type === "link" ? told.get(`/${header.linkname}`) : undefined;
      told.set(
        path,
        other ?? {
          type: header.type ?? "",
          size: header.type === "file" ? (header.size ?? 0) : 0,
          mode: (header.mode ?? 0) & 0o7777,
          owner: `${header.uid}:${header.gid}`,
          target: header.type === "symlink" ? (header.linkname ?? "") : null,
        },
      );
      stream.resume();
      stream.on("end", next);
    });
    await pipeline((await container.export()) as Readable, reading);
  } finally {
    await container.remove({ force: true, v: true });
  }
  return told;
}

/** What an engine does not tell as it is, seen through a container. */
interface KnownLimits {
  /** Podman gives every file to one owner. */
  readonly hidesOwners?: boolean;
  /** The folder of a volume is made with the container. */
  readonly makesVolumes?: boolean;
}

function toldOf(entry: FileEntry): Told {
  return {
    type: entry.type,
    size: entry.type === "file" ? entry.size : 0,
    mode: entry.mode,
    owner: `${entry.uid}:${entry.gid}`,
    target: entry.type === "symlink" ? entry.linkTarget : null,
  };
}

function sorted<T>(entries: Iterable<[string, T]>): [string, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

describeWithEngine("an image with everything that is hard to get right", () => {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-sources-"));
  const at = (name: string): string => join(folder, name);
  let truth: Map<string, Told>;
  let reference: ImageModel;

  beforeAll(async () => {
    await buildImage({ tag: TAG, dockerfile: oddDockerfile(await busyboxBase()) });
    truth = await exported();
    await pipeline((await docker.getImage(TAG).get()) as Readable, createWriteStream(at("saved.tar")));
    await pipeline(createReadStream(at("saved.tar")), createGzip(), createWriteStream(at("saved.tar.gz")));
    reference = await readImage(`docker-archive:${at("saved.tar")}`, needs("layers"));
  });
  afterAll(async () => {
    await removeImage(TAG);
    rmSync(folder, { recursive: true });
  });

  /** Files as they are in a container, whatever the source. */
  function expectTruth(image: ImageModel, known: KnownLimits = {}): void {
    const inside = ([path]: [string, unknown]): boolean =>
      (path.startsWith("/t/") || path.startsWith("/bin/")) &&
      !(known.makesVolumes === true && path === "/t/volume");
    const found = [...image.files.visible].map(([path, entry]): [string, Told] => [path, toldOf(entry)]);
    const shown = (files: [string, Told][]): [string, Told][] =>
      sorted(files.filter(inside)).map(([path, told]) => [
        path,
        known.hidesOwners === true ? { ...told, owner: "" } : told,
      ]);
    expect(shown(found)).toEqual(shown([...truth]));
    expect(found.filter(inside).length).toBeGreaterThan(300);
    const start = resolvePath(image.files, "/t/far");
    expect(start?.entry.path).toBe("/t/bin/real");
    expect(start?.links.map(({ path }) => path)).toEqual([
      "/t/far",
      "/t/folder",
      "/t/bin/chain",
      "/t/bin/link",
    ]);
    expect(textOf(start?.entry)).toMatch(/^#!\/bin\/sh/);
    expect(textOf(image.files.visible.get("/t/bin/hard"))).toBe("#!/bin/sh\necho train\n");
    expect(textOf(image.files.visible.get(LONG))).toBe("long\n");
    expect(textOf(image.files.visible.get("/t/empty"))).toBe("");
    expect(resolvePath(image.files, "/t/loop-a")).toBeNull();
  }

  function textOf(entry: FileEntry | undefined): string | null {
    return entry?.head === null || entry === undefined ? null : Buffer.from(entry.head).toString();
  }

  /** The layers too: the same from every source that has them. OCI has no health checks, so a copy differs there. */
  function expectSame(image: ImageModel, options: { readonly isOci?: boolean } = {}): void {
    expectTruth(image);
    expect(image.depth).toBe("layers");
    const without = ({ name, source, manifest, layers, files, id, config, ...rest }: ImageModel): object => ({
      ...rest,
      ...(options.isOci === true ? {} : { id }),
      config: { ...config, ...(options.isOci === true ? { Healthcheck: null } : {}) },
      layers: layers.map(({ digest }) => digest),
    });
    expect(without(image)).toEqual(without(reference));
    const hidden = image.files.hidden.filter(({ path }) => path.startsWith("/t/"));
    expect(hidden.map(({ path, size }) => [path, size]).sort()).toEqual(
      [...HIDDEN].map((pair) => [...pair]).sort(),
    );
    const layersOf = ({ files }: ImageModel) => ({
      visible: sorted([...files.visible].map(([path, { layer }]) => [path, layer])),
      hidden: files.hidden.map(({ path, layer }) => `${path} ${layer}`).sort(),
    });
    expect(layersOf(image)).toEqual(layersOf(reference));
  }

  it("is the same as docker-archive, plain and compressed", async () => {
    expectSame(reference);
    expectSame(await readImage(at("saved.tar.gz"), needs("layers")));
  });

  it("is the same in the engine", async () => {
    const files = await readImage(`docker:${TAG}`, needs("files"));
    expectTruth(files, { makesVolumes: true });
    expect(files).toMatchObject({
      depth: "files",
      source: "docker",
      config: reference.config,
      id: reference.id,
    });
    expect(files.history.map(({ createdBy }) => createdBy)).toEqual(
      reference.history.map(({ createdBy }) => createdBy),
    );
    expectSame(await readImage(TAG, needs("layers")));
  });

  const describeWithSkopeo = describe.skipIf(!existsSync("/usr/bin/skopeo"));

  describeWithSkopeo("copied by skopeo", () => {
    const copy = async (target: string, ...options: string[]): Promise<string> => {
      await execute("skopeo", [
        "copy",
        "--insecure-policy",
        ...options,
        `docker-archive:${at("saved.tar")}`,
        target,
      ]);
      return target;
    };

    it("is the same as OCI layout, with gzip and with zstd", async () => {
      await copy(`oci:${at("gzip")}`);
      expectSame(await readImage(`oci-dir:${at("gzip")}`, needs("layers")), { isOci: true });
      await copy(`oci:${at("zstd")}`, "--dest-compress-format", "zstd");
      const zstd = await readImage(at("zstd"), needs("layers"));
      expectSame(zstd, { isOci: true });
      expect(zstd.layers[1]?.stored?.mediaType).toContain("zstd");
    });

    it("is the same as OCI archive, plain and compressed", async () => {
      await copy(`oci-archive:${at("oci.tar")}`);
      expectSame(await readImage(`oci-archive:${at("oci.tar")}`, needs("layers")), { isOci: true });
      await pipeline(createReadStream(at("oci.tar")), createGzip(), createWriteStream(at("oci.tar.gz")));
      expectSame(await readImage(`oci-archive:${at("oci.tar.gz")}`, needs("layers")), { isOci: true });
      expectSame(await readImage(at("oci.tar"), needs("layers")), { isOci: true });
    });

    it("is the same as docker-archive by skopeo", async () => {
      await copy(`docker-archive:${at("again.tar")}:odd:1`);
      expectSame(await readImage(at("again.tar"), needs("layers")));
    });
  });

  describeWithRegistry("in a registry", () => {
    it("is the same", async () => {
      const registry = await TestRegistry.start();
      try {
        await registry.push(`docker-archive:${at("saved.tar")}`, "odd:1");
        expectSame(await readImage(`registry:${registry.host}/odd:1`, needs("layers")));
      } finally {
        await registry.stop();
      }
    });
  });

  describeWithPodman("in Podman", () => {
    it("is the same", async () => {
      const podman = await TestPodman.start();
      const { DOCKER_HOST, XDG_RUNTIME_DIR } = process.env;
      try {
        await new Promise((resolve, reject) => {
          podman.client
            .loadImage(createReadStream(at("saved.tar")))
            .then((stream) =>
              podman.client.modem.followProgress(stream, (error) => (error ? reject(error) : resolve(null))),
            );
        });
        process.env.XDG_RUNTIME_DIR = podman.runtimeFolder;
        const files = await readImage(`podman:${TAG}`, needs("files"));
        expectTruth(files, { hidesOwners: true, makesVolumes: true });
        // Nor does Podman tell the health check of an image.
        const config = { ...reference.config, Healthcheck: null };
        expect(files).toMatchObject({ depth: "files", source: "podman", config, id: reference.id });
        expectSame(await readImage(`podman:${TAG}`, needs("layers")));
        const [alone] = [
          needs("files").map((need) => ({
            ...need,
            queries: () => [{ kind: "path" as const, path: "/t/far", head: 9 }],
          })),
        ];
        const far = resolvePath((await readImage(`podman:${TAG}`, alone)).files, "/t/far");
        expect(far?.entry.path).toBe("/t/bin/real");
        expect(textOf(far?.entry)).toBe("#!/bin/sh");
        // A name that only Podman knows is found there, after Docker was asked.
        const image = podman.client.getImage(TAG);
        await image.tag({ repo: "localhost/trainlint-test/only-in-podman", tag: "1" });
        delete process.env.DOCKER_HOST;
        const found = await readImage("localhost/trainlint-test/only-in-podman:1", needs("config"));
        expect(found.source).toBe("podman");
      } finally {
        if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
        if (XDG_RUNTIME_DIR === undefined) delete process.env.XDG_RUNTIME_DIR;
        else process.env.XDG_RUNTIME_DIR = XDG_RUNTIME_DIR;
        await podman.stop();
      }
    });
  });
});
