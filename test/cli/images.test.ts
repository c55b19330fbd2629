import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { configOf, type HandmadeLayer, Layout, savedMembers, writeSaved } from "../support/saved.ts";
import { headerBlock, tar } from "../support/tar.ts";
import { useCli } from "./support/bundle.ts";

const cli = useCli();

/** Without an engine, and without what a login has left. */
const ALONE = { DOCKER_HOST: "unix:///nonexistent.sock", DOCKER_CONFIG: "/nonexistent" };

const LAYERS: HandmadeLayer[] = [
  [
    { name: "usr/bin/train", data: "#!/bin/sh\n", mode: 0o755 },
    { name: "opt/ml/input/data/x.csv", data: "1,2\n" },
  ],
  [{ name: "opt/ml/input/data/.wh.x.csv" }],
].map((members) => ({ unpacked: tar(members) }));

const CONFIG = configOf(LAYERS, {
  history: [
    { created_by: "COPY . / # buildkit" },
    { created_by: "RUN /bin/sh -c rm /opt/ml/input/data/x.csv # buildkit" },
  ],
});

beforeAll(() => {
  writeSaved(join(cli.work, "image.tar"), savedMembers(LAYERS, CONFIG));
  const layout = new Layout(join(cli.work, "layout"));
  const packed = LAYERS.map(({ unpacked }) => ({
    unpacked,
    stored: gzipSync(unpacked),
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  }));
  const platform = { os: "unknown", architecture: "unknown" };
  layout.index([
    layout.image(packed, CONFIG, { platform: { os: "linux", architecture: "amd64" } }),
    layout.image([], configOf([]), { platform }),
  ]);
});

interface Shown {
  readonly subjects: readonly { readonly source: string }[];
  readonly findings: readonly {
    readonly ruleId: string;
    readonly location: object;
    readonly evidence: object;
  }[];
  readonly problems: readonly { readonly kind: string; readonly message: string }[];
}

async function judged(...args: string[]): Promise<Shown & { readonly code: number | null }> {
  const { code, stdout } = await cli.run([...args, "--format", "json"], { env: ALONE });
  return { code, ...(JSON.parse(stdout) as Shown) };
}

describe("a saved image, without an engine", () => {
  test.each([
    ["image.tar", "docker-archive"],
    ["docker-archive:image.tar", "docker-archive"],
    ["layout", "oci-dir"],
  ])("%s is judged, and the report says that it is %s", async (name, source) => {
    const { code, subjects, findings } = await judged("image", name, "--fail-on", "never");
    expect(code).toBe(0);
    expect(subjects.map((subject) => subject.source)).toEqual([source]);
    const hidden = findings.find(({ ruleId }) => ruleId === "TL404");
    expect(hidden?.location).toMatchObject({
      kind: "image-file",
      path: "/opt/ml/input/data/x.csv",
      instruction: "COPY . / # buildkit",
    });
    expect(findings.some(({ ruleId }) => ruleId === "TL403")).toBe(source === "oci-dir");
  });

  test("names the line of the Dockerfile in a check", async () => {
    await cli.write("Dockerfile", "FROM scratch\nCOPY . /\nRUN rm /opt/ml/input/data/x.csv\n");
    const { findings } = await judged("check", "--dockerfile", "Dockerfile", "--image", "image.tar");
    const hidden = findings.find(({ ruleId }) => ruleId === "TL404");
    expect(hidden).toMatchObject({ related: [{ location: { path: "Dockerfile", start: { line: 2 } } }] });
  });
});

describe("an image that can't be read", () => {
  test.each([
    ["that is cut short", (whole: Buffer) => whole.subarray(0, 3000), /cut short|not a complete image/],
    [
      "that is something else",
      () => Buffer.from("hello, I am no tar archive at all".repeat(40)),
      /not a readable tar archive/,
    ],
    [
      "of a bomb",
      () =>
        Buffer.concat([
          gzipSync(headerBlock({ name: "x" }, 2 ** 30)),
          ...Array.from({ length: 16 }, () => gzipSync(Buffer.alloc(2 ** 26))),
        ]),
      /the limit decompression-ratio/,
    ],
  ] as const)("%s is exit code 2, with what is wrong and no stack", async (_, change, why) => {
    const whole = tar(savedMembers(LAYERS, CONFIG));
    writeFileSync(join(cli.work, "broken.tar"), change(whole));
    const { code, problems } = await judged("image", "docker-archive:broken.tar");
    expect(code).toBe(2);
    expect(problems.map(({ kind }) => kind)).toEqual(["input"]);
    expect(problems[0]?.message).toMatch(why);
    const { stdout, stderr } = await cli.run(["image", "docker-archive:broken.tar"], { env: ALONE });
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
  });

  test("because nobody answers is exit code 3", async () => {
    for (const name of ["some/image:1", "registry:localhost:1/some/image"]) {
      const { code, problems } = await judged("image", name);
      expect(code).toBe(3);
      expect(problems.map(({ kind }) => kind)).toEqual(["environment"]);
    }
  });

  test("because a registry says nothing is exit code 3, as soon as the user says", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const { code, stdout } = await cli.run(["image", `registry:127.0.0.1:${port}/some/image`], {
      env: { ...ALONE, TRAINLINT_REGISTRY_TIMEOUT: "0.5" },
    });
    silent.close();
    expect(code).toBe(3);
    expect(stdout).toContain(`The registry 127.0.0.1:${port} can't be reached: `);
  });

  test("does not lose the others", async () => {
    const { code, subjects, findings } = await judged("image", "nope.tar", "image.tar");
    expect(code).toBe(2);
    expect(subjects).toHaveLength(1);
    expect(findings.length).toBeGreaterThan(0);
  });
});
