import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../../src/core/errors.ts";
import type { FileEntry, ImageModel, ImageNeeds } from "../../../src/core/image/model.ts";
import { readImage } from "../../../src/edges/images.ts";
import { readRegistryImage } from "../../../src/edges/registry/image.ts";
import { noise } from "../../support/noise.ts";
import { configOf, digestOf, type HandmadeLayer, Layout } from "../../support/saved.ts";
import { tar } from "../../support/tar.ts";
import {
  describeWithRegistry,
  Front,
  freePort,
  LOGIN,
  TestRegistry,
  withDockerConfig,
} from "../support/registry.ts";

const NEEDS: ImageNeeds[] = [
  {
    depth: "layers",
    queries: () => [
      { kind: "tree", path: "/" },
      { kind: "path", path: "/usr/bin/train", head: 9 },
    ],
  },
];

/** Impatient enough for a test. */
const PATIENCE = { idle: 300, document: 2000, pause: 10 };

const LAYERS: HandmadeLayer[] = [
  [{ name: "usr/bin/train", data: "#!/bin/sh\necho\n", mode: 0o755 }],
  [{ name: "opt/big", data: noise(400_000) }],
  [{ name: "opt/.wh.big" }],
].map((members) => {
  const unpacked = tar(members);
  return { unpacked, stored: gzipSync(unpacked), mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" };
});

const BIG = digestOf(LAYERS[1]?.stored ?? "");

function headText(entry: FileEntry | null): string | null {
  return entry?.head == null ? null : Buffer.from(entry.head).toString();
}

function expectWhole(image: ImageModel): void {
  expect([...image.files.visible.keys()]).toEqual(["/usr/bin/train"]);
  expect(Buffer.from(image.files.visible.get("/usr/bin/train")?.head ?? []).toString()).toBe("#!/bin/sh");
  expect(image.files.hidden.map(({ path, size }) => [path, size])).toEqual([["/opt/big", 400_000]]);
}

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
}

describeWithRegistry("an image in a registry", () => {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-layout-"));
  const layout = new Layout(join(folder, "layout"));
  let registry: TestRegistry;

  beforeAll(async () => {
    layout.index([layout.image(LAYERS)]);
    registry = await TestRegistry.start();
    await registry.push(`oci:${layout.path}`, "some/image:1");
  });
  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Reads the image through a server in front of the registry. */
  async function through(
    answer: Parameters<typeof Front.start>[1],
    check: (front: Front) => Promise<void>,
  ): Promise<void> {
    const front = await Front.start(registry.host, answer);
    try {
      await check(front);
    } finally {
      await front.stop();
    }
  }

  it("is the same as in the layout that it was pushed from", async () => {
    const pushed = await readImage(`registry:${registry.host}/some/image:1`, NEEDS);
    expectWhole(pushed);
    expect(pushed.source).toBe("registry");
    const local = await readImage(layout.path, NEEDS);
    expect({ ...pushed, name: "", source: "" }).toEqual({ ...local, name: "", source: "" });
  });

  it("is read by its digest, and nothing else passes for it", async () => {
    const { manifest } = await readImage(`registry:${registry.host}/some/image:1`, [{ depth: "config" }]);
    expectWhole(await readImage(`registry:${registry.host}/some/image@${manifest?.digest}`, NEEDS));
    await through(
      (asked, response) => {
        if (!asked.url?.includes("/manifests/")) return false;
        response.end("{}");
        return true;
      },
      async (front) => {
        const error = await failure(
          readImage(`registry:${front.host}/some/image@${manifest?.digest}`, NEEDS),
        );
        expect(error).toBeInstanceOf(UserError);
        expect(error.message).toContain("was asked for");
      },
    );
  });

  it("asks for no layer when only the configuration is needed", async () => {
    await through(
      () => false,
      async (front) => {
        await readImage(`registry:${front.host}/some/image:1`, [{ depth: "config" }]);
        expect(front.seen.map(({ path }) => path.split("/").at(-2))).toEqual(["manifests", "blobs"]);
      },
    );
  });

  it("is chosen by its platform out of an index, notes about images left out", async () => {
    const several = new Layout(join(folder, "several"));
    const of = (architecture: string) =>
      several.image(LAYERS, configOf(LAYERS, { architecture }), { platform: { os: "linux", architecture } });
    const unknown = { os: "unknown", architecture: "unknown" };
    const index = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [of("arm64"), of("amd64"), several.image([], configOf([]), { platform: unknown })],
    };
    several.index([several.put(JSON.stringify(index), { mediaType: index.mediaType })]);
    await registry.push(`oci:${several.path}`, "several:latest", { all: true });
    const usual = await readImage(`registry:${registry.host}/several`, NEEDS);
    expect(usual.platform.architecture).toBe("amd64");
    expect(usual.index).toEqual({
      mediaType: index.mediaType,
      platforms: ["linux/arm64", "linux/amd64"],
      attestations: 1,
    });
    const other = await readImage(`registry:${registry.host}/several`, NEEDS, { platform: "linux/arm64" });
    expect(other.platform.architecture).toBe("arm64");
    const none = await failure(
      readImage(`registry:${registry.host}/several`, NEEDS, { platform: "linux/s390x" }),
    );
    expect(none).toBeInstanceOf(UserError);
  });

  it("is not asked for a layer twice for what a newer layer leads to", async () => {
    const chain = [
      [
        { name: "usr/bin/run", link: "run-1" },
        { name: "usr/bin/run-1", data: "binary" },
      ],
      [{ name: "usr/bin/train", data: "#!/usr/bin/run\n" }],
      [{ name: "opt/other", data: "x" }],
    ].map((members) => ({ unpacked: tar(members) }));
    const made = new Layout(join(folder, "chain"));
    made.index([made.image(chain)]);
    await registry.push(`oci:${made.path}`, "chain:1");
    const needs: ImageNeeds = {
      depth: "files",
      queries: () => [{ kind: "path", path: "/usr/bin/train", head: 20 }],
      followUps: (_, files) =>
        headText(files.visible.get("/usr/bin/train") ?? null) === null
          ? []
          : [{ kind: "path", path: "/usr/bin/run", head: 20 }],
    };
    await through(
      () => false,
      async (front) => {
        const image = await readRegistryImage(`${front.host}/chain:1`, [needs], { parallel: 1 });
        expect(headText(image.files.visible.get("/usr/bin/run-1") ?? null)).toBe("binary");
        const blobs = front.seen.filter(({ path }) => path.includes("/blobs/")).map(({ path }) => path);
        expect(blobs).toHaveLength(4);
        expect(new Set(blobs).size).toBe(4);
      },
    );
  });

  it("is gone on with where the connection broke off", async () => {
    let broken = 0;
    await through(
      (asked, response) => {
        if (!asked.url?.endsWith(BIG) || broken >= 2) return false;
        broken += 1;
        const whole = readFileSync(registry.fileOf(BIG));
        const from = Number(/bytes=(\d+)-/.exec(asked.headers.range ?? "")?.[1] ?? 0);
        response.writeHead(from === 0 ? 200 : 206, {
          "content-length": whole.length - from,
          "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}`,
        });
        response.write(whole.subarray(from, from + 150_000), () => response.destroy());
        return true;
      },
      async (front) => {
        expectWhole(await readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: PATIENCE }));
        const ranges = front.seen
          .filter(({ path }) => path.endsWith(BIG))
          .map(({ headers }) => headers.range);
        expect(ranges).toEqual([undefined, "bytes=150000-", "bytes=300000-"]);
      },
    );
  });

  it("is gone on with where the registry knows no ranges", async () => {
    let broken = false;
    await through(
      (asked, response) => {
        delete asked.headers.range;
        if (!asked.url?.endsWith(BIG) || broken) return false;
        broken = true;
        response.writeHead(200, {});
        response.write(readFileSync(registry.fileOf(BIG)).subarray(0, 100_000), () => response.destroy());
        return true;
      },
      async (front) => {
        expectWhole(await readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: PATIENCE }));
      },
    );
  });

  it("is given up when the registry hangs, or drips, or says no end", async () => {
    const hang: Parameters<typeof Front.start>[1] = (asked, response) => {
      if (!asked.url?.endsWith(BIG)) return false;
      response.writeHead(200, { "content-length": 1_000_000 });
      response.write(Buffer.alloc(10));
      return true;
    };
    await through(hang, async (front) => {
      const error = await failure(
        readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: { ...PATIENCE, idle: 50 } }),
      );
      expect(error).toBeInstanceOf(EnvironmentError);
      expect(error.message).toMatch(/can't be reached/);
    });
    await through(
      (asked, response) => {
        if (!asked.url?.includes("/manifests/")) return false;
        const drip = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drip));
        return true;
      },
      async (front) => {
        const error = await failure(
          readRegistryImage(`${front.host}/some/image:1`, NEEDS, {
            patience: { ...PATIENCE, document: 300 },
          }),
        );
        expect(error).toBeInstanceOf(EnvironmentError);
        expect(error.message).toContain("takes too long");
      },
    );
    await through(
      (asked, response) => {
        if (!asked.url?.includes("/manifests/")) return false;
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
          if (!response.destroyed) response.once("drain", more);
        };
        more();
        return true;
      },
      async (front) => {
        const error = await failure(
          readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: PATIENCE }),
        );
        expect(error).toBeInstanceOf(UserError);
        expect(error.message).toContain("limit json-size");
      },
    );
  });

  it("is refused when a layer is not what its digest says", async () => {
    await through(
      (asked, response) => {
        if (!asked.url?.endsWith(BIG)) return false;
        const other = readFileSync(registry.fileOf(BIG));
        other[200_000] = (other[200_000] ?? 0) ^ 1;
        response.end(other);
        return true;
      },
      async (front) => {
        const error = await failure(
          readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: PATIENCE }),
        );
        expect(error).toBeInstanceOf(UserError);
        expect(error.message).toMatch(/not the layer that it should be|can't be unpacked/);
      },
    );
  });

  it("is refused when a layer has more bytes than its manifest says", async () => {
    await through(
      (asked, response) => {
        if (!asked.url?.endsWith(BIG)) return false;
        response.end(Buffer.concat([readFileSync(registry.fileOf(BIG)), Buffer.alloc(10)]));
        return true;
      },
      async (front) => {
        const error = await failure(
          readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: PATIENCE }),
        );
        expect(error).toBeInstanceOf(UserError);
      },
    );
  });

  describe("that is not there", () => {
    it("is the user's fault: the name", async () => {
      const error = await failure(readImage(`registry:${registry.host}/some/image:2`, NEEDS));
      expect(error).toBeInstanceOf(UserError);
      expect(error.message).toBe(`The registry ${registry.host} has no image some/image:2.`);
      expect(await failure(readImage(`registry:${registry.host}/Some/Image`, NEEDS))).toBeInstanceOf(
        UserError,
      );
    });

    it("is the environment's: the network", async () => {
      const closed = await failure(readImage(`registry:localhost:${await freePort()}/a`, NEEDS));
      expect(closed).toBeInstanceOf(EnvironmentError);
      expect(closed.message).toContain("nothing listens there");
      const unknown = await failure(readImage("registry:registry.invalid/a", NEEDS));
      expect(unknown).toBeInstanceOf(EnvironmentError);
    });

    it("is the environment's: a registry that is broken or busy, after some tries", async () => {
      for (const status of [500, 429]) {
        await through(
          (_, response) => {
            response.writeHead(status);
            response.end();
            return true;
          },
          async (front) => {
            const error = await failure(readRegistryImage(`${front.host}/a`, NEEDS, { patience: PATIENCE }));
            expect(error).toBeInstanceOf(EnvironmentError);
            expect(front.seen).toHaveLength(3);
          },
        );
      }
    });
  });

  it("is never asked for by plain HTTP from another machine", async () => {
    await through(
      (asked, response) => {
        if (!asked.url?.endsWith(BIG)) return false;
        response.writeHead(307, { location: "http://192.0.2.1/layer" });
        response.end();
        return true;
      },
      async (front) => {
        const error = await failure(
          readRegistryImage(`${front.host}/some/image:1`, NEEDS, { patience: PATIENCE }),
        );
        expect(error).toBeInstanceOf(UserError);
        expect(error.message).toContain("not encrypted");
      },
    );
  });
});

describeWithRegistry("a registry that wants to know who asks", () => {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-layout-"));
  let registry: TestRegistry;
  let name: string;

  beforeAll(async () => {
    const layout = new Layout(join(folder, "layout"));
    layout.index([layout.image(LAYERS)]);
    registry = await TestRegistry.start({ login: true });
    await registry.push(`oci:${layout.path}`, "private/image:1", { login: true });
    name = `registry:${registry.host}/private/image:1`;
  });
  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  const auth = (password = LOGIN.password) => ({
    auth: Buffer.from(`${LOGIN.username}:${password}`).toString("base64"),
  });

  function helper(config: string, lines: string): void {
    const path = join(config, "bin", "docker-credential-testing");
    writeFileSync(path, `#!/bin/sh\n${lines}\n`);
    chmodSync(path, 0o755);
  }

  it("is shown what docker login has kept", async () => {
    for (const key of [registry.host, `https://${registry.host}`, `https://${registry.host}/v1/`]) {
      await withDockerConfig({ auths: { [key]: auth() } }, async () =>
        expectWhole(await readImage(name, NEEDS)),
      );
    }
  });

  it("is shown what a credential helper gives, for one registry or for all", async () => {
    const answer = `echo '{"ServerURL":"x","Username":"${LOGIN.username}","Secret":"${LOGIN.password}"}'`;
    for (const config of [{ credHelpers: { [registry.host]: "testing" } }, { credsStore: "testing" }]) {
      await withDockerConfig(config, async (path) => {
        helper(path, `read host; [ "$host" = ${registry.host} ] || exit 1; ${answer}`);
        expectWhole(await readImage(name, NEEDS));
      });
    }
  });

  it("says what to do when nobody has logged in, or the password is wrong", async () => {
    await withDockerConfig({}, async () => {
      const error = (await failure(readImage(name, NEEDS))) as UserError;
      expect(error).toBeInstanceOf(UserError);
      expect(error.help).toContain(`docker login ${registry.host}`);
    });
    await withDockerConfig({ auths: { [registry.host]: auth("s3cr3t-and-wrong") } }, async () => {
      const error = (await failure(readImage(name, NEEDS))) as UserError;
      expect(error).toBeInstanceOf(UserError);
      expect(error.message).toContain("does not let this user");
      expect(`${error.message} ${error.help} ${error.stack}`).not.toMatch(/s3cr3t|Basic /);
    });
  });

  it("tells a helper that is missing, fails, says nothing useful or knows nothing", async () => {
    const config = { credsStore: "testing" };
    await withDockerConfig({ credsStore: "not-there" }, async () => {
      const error = await failure(readImage(name, NEEDS));
      expect(error).toBeInstanceOf(EnvironmentError);
      expect(error.message).toContain("docker-credential-not-there can't be run: it is not installed");
    });
    for (const [lines, why] of [
      ["echo topsecret; exit 3", "it ended with 3"],
      ["echo topsecret", "something that is no JSON"],
    ] as const) {
      await withDockerConfig(config, async (path) => {
        helper(path, lines);
        const error = await failure(readImage(name, NEEDS));
        expect(error).toBeInstanceOf(EnvironmentError);
        expect(error.message).toContain(why);
        expect(error.message).not.toContain("topsecret");
      });
    }
    await withDockerConfig({ ...config, auths: { [registry.host]: auth() } }, async (path) => {
      helper(path, "echo credentials not found in native keychain; exit 1");
      expectWhole(await readImage(name, NEEDS));
    });
  });

  /** A registry with a token server, as most public ones have it, in front of the real one. */
  async function withTokens(
    check: (front: Front, asked: { readonly tokens: string[] }) => Promise<void>,
    elsewhere?: Front,
  ): Promise<void> {
    const tokens: string[] = [];
    const front = await Front.start(registry.host, (asked, response, self) => {
      const url = new URL(asked.url ?? "", `http://${self.host}`);
      if (url.pathname === "/token") {
        tokens.push(`${asked.method} ${url.searchParams.get("scope")} ${url.searchParams.get("service")}`);
        const basic = `Basic ${auth().auth}`;
        const isKnown = asked.method === "POST" || asked.headers.authorization === basic;
        response.writeHead(isKnown ? 200 : 401);
        response.end(isKnown ? '{"token":"t0k3n"}' : "{}");
        return true;
      }
      if (asked.headers.authorization !== "Bearer t0k3n") {
        const scope = "repository:private/image:pull";
        response.writeHead(401, {
          "www-authenticate": `Bearer realm="http://${self.host}/token",service="test",scope="${scope}"`,
        });
        response.end();
        return true;
      }
      if (elsewhere !== undefined && url.pathname.includes("/blobs/")) {
        response.writeHead(307, { location: `http://${elsewhere.host}${url.pathname}` });
        response.end();
        return true;
      }
      asked.headers.authorization = `Basic ${auth().auth}`;
      return false;
    });
    try {
      await check(front, { tokens });
    } finally {
      await front.stop();
    }
  }

  it("gets a token, once, from the server that the challenge names", async () => {
    await withTokens(async (front, { tokens }) => {
      await withDockerConfig({ auths: { [front.host]: auth() } }, async () => {
        expectWhole(await readImage(`registry:${front.host}/private/image:1`, NEEDS));
      });
      expect(tokens).toEqual(["GET repository:private/image:pull test"]);
    });
  });

  it("gets one for an identity token too", async () => {
    await withTokens(async (front, { tokens }) => {
      await withDockerConfig({ auths: { [front.host]: { identitytoken: "1d3nt1ty" } } }, async () => {
        expectWhole(await readImage(`registry:${front.host}/private/image:1`, NEEDS));
      });
      expect(tokens).toHaveLength(1);
    });
  });

  it("refuses without credentials, and says nothing of tokens", async () => {
    await withTokens(async (front) => {
      await withDockerConfig({}, async () => {
        const error = await failure(readImage(`registry:${front.host}/private/image:1`, NEEDS));
        expect(error).toBeInstanceOf(UserError);
        expect(error.message).toContain("only to who has logged in");
      });
    });
  });

  it("has its layers elsewhere, where nobody is told who asks", async () => {
    const storage = await Front.start(registry.host, (asked) => {
      asked.headers.authorization = `Basic ${auth().auth}`;
      return false;
    });
    const headers = () => storage.seen.map((request) => request.headers);
    try {
      await withTokens(async (front) => {
        await withDockerConfig({ auths: { [front.host]: auth() } }, async () => {
          expectWhole(await readImage(`registry:${front.host}/private/image:1`, NEEDS));
        });
        const asked = front.seen.filter(({ path }) => path.includes("/blobs/"));
        expect(asked.every(({ headers: { authorization } }) => authorization === "Bearer t0k3n")).toBe(true);
      }, storage);
      expect(headers().length).toBeGreaterThan(3);
    } finally {
      await storage.stop();
    }
  });
});
