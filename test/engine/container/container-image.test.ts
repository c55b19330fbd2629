import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildImage, describeWithEngine, docker, pythonBase, removeImage } from "../support/images.ts";

const BASE = "trainlint-test/node:local";
const IMAGE = "trainlint-test/trainlint:local";
const folder = mkdtempSync(join(tmpdir(), "trainlint-container-"));
const work = join(folder, "work");

const BAD = "FROM python:3.12\nENTRYPOINT python /opt/program/train.py\n";

describeWithEngine("the container image of trainlint", () => {
  beforeAll(async () => {
    // A base with Node, made of what is here: no registry is asked.
    const files = { node: readFileSync(process.execPath) };
    const dockerfile = `FROM ${await pythonBase()}\nCOPY node /usr/local/bin/node\n`;
    await buildImage({ tag: BASE, dockerfile, files });
    const dist = join(folder, "dist");
    await promisify(execFile)(process.execPath, ["tools/bundle.mjs", join(dist, "trainlint.mjs")]);
    await buildImage({
      tag: IMAGE,
      dockerfile: readFileSync("Dockerfile", "utf8").replace(/^ARG BASE=.*$/m, `ARG BASE=${BASE}`),
      files: {
        LICENSE: readFileSync("LICENSE"),
        "dist/THIRD-PARTY-NOTICES.txt": readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt")),
        "dist/trainlint.mjs": readFileSync(join(dist, "trainlint.mjs")),
      },
    });
    mkdirSync(work);
    writeFileSync(join(work, "Dockerfile"), BAD);
    for (const path of [folder, work]) chmodSync(path, 0o755);
  });
  afterAll(async () => {
    for (const tag of [IMAGE, BASE]) await removeImage(tag);
    rmSync(folder, { recursive: true, force: true });
  });

  /** `docker run --rm --read-only` of the image; without a network unless a socket is given. */
  async function run(
    command: readonly string[],
    binds: readonly string[] = [],
  ): Promise<{ code: number; output: string }> {
    const container = await docker.createContainer({
      Image: IMAGE,
      Cmd: [...command],
      HostConfig: {
        Binds: [`${work}:/work:ro`, ...binds.map((path) => `${path}:${path}`)],
        GroupAdd: binds.map((path) => String(statSync(path).gid)),
        ReadonlyRootfs: true,
        NetworkMode: "none",
        CapDrop: ["ALL"],
      },
    });
    try {
      await container.start();
      const { StatusCode } = await container.wait();
      const logs = (await container.logs({ stdout: true, stderr: true })) as unknown as Buffer;
      return { code: StatusCode, output: withoutHeaders(logs) };
    } finally {
      await container.remove({ force: true });
    }
  }

  test("lints what is mounted, as nobody in particular, on a file system that can't be written", async () => {
    const { code, output } = await run(["lint"]);
    expect(output).toContain("Dockerfile:2:1 error: ENTRYPOINT is in shell form");
    expect(code).toBe(1);
    const { Config } = await docker.getImage(IMAGE).inspect();
    expect(Config.User).toBe("65532:65532");
  });

  test("has the command on PATH, for CI systems that start a shell", async () => {
    expect(await run(["--version"])).toMatchObject({ code: 0 });
    const container = await docker.createContainer({
      Image: IMAGE,
      Entrypoint: ["/bin/sh", "-c"],
      Cmd: ["command -v trainlint && test ! -w /opt/trainlint/trainlint.mjs"],
    });
    await container.start();
    expect((await container.wait()).StatusCode).toBe(0);
    await container.remove();
  });

  test("reads images of the engine whose socket it is given", async () => {
    const socket = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");
    const command = ["image", `docker:${IMAGE}`, "--role", "training", "--format", "json"];
    const { output } = await run(command, [socket]);
    const report = JSON.parse(output);
    expect(report.problems).toEqual([]);
    expect(report.subjects).toEqual([{ kind: "image", name: IMAGE, source: "docker" }]);
  });
});

test("trainlint finds nothing in its own Dockerfile", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", "src/cli.ts", "lint", "Dockerfile", "--fail-on", "info", "--quiet"],
    { encoding: "utf8" },
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

/** The engine's log frames without their eight bytes of header. */
function withoutHeaders(logs: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at + 8 <= logs.length; ) {
    const length = logs.readUInt32BE(at + 4);
    parts.push(logs.toString("utf8", at + 8, at + 8 + length));
    at += 8 + length;
  }
  return parts.join("");
}
