import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transcriptOf } from "../../src/core/run/transcript.ts";
import { configOf, digestOf, Layout, savedMembers } from "../support/saved.ts";
import { tar } from "../support/tar.ts";
import { type Ran, useCli } from "./support/bundle.ts";

const cli = useCli();

/** What objects have without having been given it. */
const NAMES = ["__proto__", "constructor", "toString"];

/** A name of the same length that none has, so that the columns are the same. */
const ordinaryFor = (key: string): string => "ordinary_word".slice(0, key.length);

const DOCKERFILE = "FROM debian:12\nCOPY a /opt/ml/x\nENTRYPOINT tini\n";
const LAYER = { unpacked: tar([{ name: "opt/ml/x", data: "x" }]) };
const CONFIG = { Entrypoint: ["/sbin/tini"], Env: ["PATH=/bin"] };

/** Inputs with a key in every place where a stranger names one. JSON, since an object of JavaScript can't have all of them. */
const WITH_KEY: readonly {
  readonly name: string;
  readonly files: (key: string) => { readonly [path: string]: string | Buffer };
  readonly args: readonly string[];
}[] = [
  {
    name: "a configuration, as a key of its own",
    files: (key) => ({ Dockerfile: DOCKERFILE, "c.yaml": `${key}: {a: 1}\n` }),
    args: ["lint", "Dockerfile", "--config", "c.yaml"],
  },
  {
    name: "a configuration, as a rule",
    files: (key) => ({ Dockerfile: DOCKERFILE, "c.yaml": `rules: {${key}: off}\n` }),
    args: ["lint", "Dockerfile", "--config", "c.yaml"],
  },
  {
    name: "a configuration, as a build argument",
    files: (key) => ({ Dockerfile: DOCKERFILE, "c.json": `{"build-args": {"${key}": "x"}}` }),
    args: ["lint", "--print-config", "--config", "c.json"],
  },
  {
    name: "a configuration, as a channel",
    files: (key) => ({ Dockerfile: DOCKERFILE, "c.json": `{"channels": {"${key}": "x"}}` }),
    args: ["lint", "--print-config", "--config", "c.json"],
  },
  {
    name: "a Dockerfile",
    files: (key) => ({
      Dockerfile: `FROM scratch\nARG ${key}=a\nENV x=\${${key}:-b} ${key}=c\nLABEL ${key}=d\nRUN ${key}=e; echo $${key}; ${key} f\nVOLUME ${key}\nENTRYPOINT ["/${key}"]\n`,
    }),
    args: ["show", "Dockerfile"],
  },
  ...["job.json", "job.yaml"].map((file) => ({
    name: `a request (${file})`,
    files: (key: string) => ({
      [file]: `{"TrainingJobName": "x", "${key}": {"a": 1}, "Environment": {"${key}": "v"}, "HyperParameters": {"${key}": "v"},
        "AlgorithmSpecification": {"${key}": 1}, "InputDataConfig": [{"ChannelName": "${key}"}], "Tags": [{"Key": "${key}", "Value": "x"}]}`,
    }),
    args: ["job", file],
  })),
  {
    name: "a request as options of the AWS CLI",
    files: (key) => ({
      "job.sh": `aws sagemaker create-training-job --environment ${key}=v --hyper-parameters '{"${key}": "v"}' --algorithm-specification ${key}=1\n`,
    }),
    args: ["job", "job.sh"],
  },
  {
    name: "an image's configuration and its labels",
    files: (key) => ({
      "image.tar": savedWith(
        JSON.stringify({ ...CONFIG, Labels: { KEY: "x" }, Volumes: { KEY: {} }, KEY: { a: 1 } }).replaceAll(
          "KEY",
          key,
        ),
      ),
    }),
    args: ["show", "docker-archive:image.tar"],
  },
  {
    name: "an image's architecture, and a platform",
    files: (key) => ({
      Dockerfile: `FROM --platform=linux/${key} debian:12\nENTRYPOINT ["/a"]\n`,
      "image.tar": savedProgram(key),
    }),
    args: ["check", "--dockerfile", "Dockerfile", "--image", "docker-archive:image.tar"],
  },
  {
    name: "a manifest, an index and their annotations",
    files: () => ({}),
    args: ["image", "layout"],
  },
  {
    name: "a transcript",
    files: (key) => ({
      "t.json": JSON.stringify({
        ...transcriptOf({ exit: { code: 1, oomKilled: false } }),
        KEY: 1,
        limits: { KEY: 1 },
      })
        .replaceAll("KEY", key)
        .replace('"tail":[]', `"tail":["a"],"${key}":1`),
    }),
    args: ["judge", "t.json"],
  },
  {
    name: "a baseline",
    files: (key) => ({
      Dockerfile: DOCKERFILE,
      "b.json": `{"version": 1, "${key}": 1, "findings": [{"ruleId": "${key}", "fingerprint": "${key}", "kind": "${key}", "path": "${key}", "message": "x", "${key}": 1}]}`,
    }),
    args: ["lint", "Dockerfile", "--baseline", "b.json"],
  },
];

function savedWith(config: string): Buffer {
  const whole = configOf([LAYER]).replace('"config":{}', `"config":${config}`);
  return tar(savedMembers([LAYER], whole));
}

/** An image of this architecture that starts a program for amd64. */
function savedProgram(architecture: string): Buffer {
  const elf = Buffer.alloc(64);
  elf.write("\x7fELF\x02\x01\x01", "latin1");
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(62, 18);
  const layer = { unpacked: tar([{ name: "usr/bin/train", data: elf, mode: 0o755 }]) };
  return tar(
    savedMembers([layer], configOf([layer], { architecture, config: { Entrypoint: ["/usr/bin/train"] } })),
  );
}

/** An OCI layout whose documents have this key, with digests that are right for them. */
function writeLayout(path: string, key: string): void {
  const layout = new Layout(path);
  const [config, layer] = [layout.put(configOf([LAYER]), {}), layout.put(LAYER.unpacked, {})];
  const documents = JSON.stringify({
    schemaVersion: 2,
    config: { ...config, mediaType: "application/vnd.oci.image.config.v1+json", annotations: { KEY: "x" } },
    layers: [{ ...layer, mediaType: "application/vnd.oci.image.layer.v1.tar", KEY: 1 }],
    annotations: { KEY: "x" },
    KEY: { a: 1 },
  }).replaceAll("KEY", key);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    mediaType,
    digest: digestOf(documents),
    size: documents.length,
    annotations: { KEY: "x" },
  };
  layout.put(documents, {});
  const index = JSON.stringify({ schemaVersion: 2, manifests: [manifest], KEY: 1 }).replaceAll("KEY", key);
  writeFileSync(join(path, "index.json"), index);
}

async function runIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return await cli.run([...args, "--format", "json"], { folder, env });
}

describe("a key that every object has by itself is one like any other", () => {
  test.each(WITH_KEY)("in $name", async ({ name, files, args }) => {
    const run = async (key: string): Promise<object> => {
      const folder = `${name.replace(/\W+/g, "-")}/${key}`;
      mkdirSync(join(cli.work, folder), { recursive: true });
      for (const [path, content] of Object.entries(files(key)))
        writeFileSync(join(cli.work, folder, path), content);
      if (args.includes("layout")) writeLayout(join(cli.work, folder, "layout"), key);
      const { code, stdout, stderr } = await runIn(folder, args);
      const all = `${stdout}${stderr}`.replace(new RegExp(key, "gi"), "KEY");
      return { code, all: all.replace(/(sha256:|"fingerprint": ")[0-9a-f]+/g, "$1") };
    };
    for (const key of NAMES) expect(await run(key), key).toEqual(await run(ordinaryFor(key)));
  });

  let registry: Server;
  let host = "";
  beforeAll(async () => {
    registry = createServer((asked, response) => {
      response.setHeader("content-type", "application/vnd.oci.image.index.v1+json");
      response.end(
        `{"schemaVersion": 2, "${/\/([^/]+)\/manifests/.exec(asked.url ?? "")?.[1]}": 1, "manifests": []}`,
      );
    });
    await new Promise<void>((resolve) => registry.listen(0, "localhost", resolve));
    host = `localhost:${(registry.address() as AddressInfo).port}`;
  });
  afterAll(() => registry.close());

  test("in a registry's index, and in Docker's configuration", async () => {
    const configs = [
      '{"auths": {"KEY": {"auth": "eA=="}}, "credHelpers": {"KEY": "x"}, "KEY": {"auths": {}}}',
      '{"__proto__": {"credsStore": "polluted"}, "auths": {"__proto__": {"auth": 1}}}',
      `{"auths": {"HOST": {"auth": 5}}}`,
      `{"auths": {"HOST": []}, "credHelpers": [], "credsStore": 5, "currentContext": 5}`,
      `{"auths": 7, "credHelpers": null}`,
    ];
    for (const [index, config] of configs.entries()) {
      await cli.write(
        `docker-${index}/config.json`,
        config.replaceAll("KEY", "constructor").replaceAll("HOST", host),
      );
      const env = { DOCKER_CONFIG: join(cli.work, `docker-${index}`) };
      const { code, stdout } = await runIn("", ["image", `registry:${host}/proto:1`], env);
      expect(stdout, config).toContain("has no image");
      expect(code).toBe(2);
      const engine = await runIn("", ["image", "docker:x"], { ...env, DOCKER_HOST: "" });
      expect([2, 3]).toContain(engine.code);
    }
  });
});

const DEEP = "[".repeat(100_000) + "]".repeat(100_000);
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefghi"]
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]\n`)
  .join("")}`;
const TRANSCRIPT = JSON.stringify(transcriptOf());

/** What is too deep or too large, the command that reads it, and the words that name the file and the limit. */
const BEYOND: readonly (readonly [
  file: string,
  content: string | Buffer,
  args: readonly string[],
  told: RegExp,
])[] = [
  ["c.yaml", `rules: ${DEEP}\n`, ["lint", "Dockerfile", "--config", "c.yaml"], /more than 400 levels deep/],
  [
    "block.yaml",
    `rules:\n${"- ".repeat(50_000)}x\n`,
    ["lint", "Dockerfile", "--config", "block.yaml"],
    /more than 400 levels/,
  ],
  ["c.json", `{"rules": ${DEEP}}`, ["lint", "Dockerfile", "--config", "c.json"], /more than 400 levels deep/],
  [
    "large.yaml",
    `exclude: [${"a, ".repeat(400_000)}]\n`,
    ["lint", "Dockerfile", "--config", "large.yaml"],
    /larger than 1048576 characters/,
  ],
  ["bomb.yaml", `${BOMB}exclude: *i\n`, ["lint", "Dockerfile", "--config", "bomb.yaml"], /bomb\.yaml/],
  ["job.json", `{"TrainingJobName": ${DEEP}}`, ["job", "job.json"], /more than 400 levels deep/],
  ["job.yaml", `TrainingJobName: ${DEEP}\n`, ["job", "job.yaml"], /more than 400 levels deep/],
  ["bomb-job.yaml", `TrainingJobName: x\n${BOMB}`, ["job", "bomb-job.yaml"], /there are too many values/],
  [
    "large-job.yaml",
    `TrainingJobName: x\n${"# comment\n".repeat(200_000)}`,
    ["job", "large-job.yaml"],
    /larger than 1048576 characters/,
  ],
  [
    "large-job.json",
    `{"TrainingJobName": "${"x".repeat(5_000_000)}"}`,
    ["job", "large-job.json"],
    /larger than 4194304 characters/,
  ],
  [
    "t.json",
    TRANSCRIPT.replace('"limits":{}', `"limits":{"a":${DEEP}}`),
    ["judge", "t.json"],
    /more than 64 levels deep/,
  ],
  [
    "b.json",
    `{"version": 1, "findings": ${DEEP}}`,
    ["lint", "Dockerfile", "--baseline", "b.json"],
    /b\.json/,
  ],
  ["large", Buffer.alloc(11_000_000, " "), ["lint", "large"], /larger than 10 MiB/],
];

describe("what is beyond all measure is refused, with the file and the limit", () => {
  test.each(BEYOND)("%s", async (file, content, args, told) => {
    await cli.write("Dockerfile", DOCKERFILE);
    writeFileSync(join(cli.work, file), content);
    const { code, stdout } = await runIn("", args);
    expect(stdout).toMatch(told);
    expect(stdout).toContain(file);
    expect(stdout).not.toContain(cli.work);
    expect(code).toBe(2);
  });

  test("labels of an image", async () => {
    writeFileSync(join(cli.work, "deep.tar"), savedWith(`{"Labels": {"a": ${DEEP}}}`));
    for (const args of [
      ["image", "docker-archive:deep.tar"],
      ["show", "docker-archive:deep.tar"],
    ]) {
      const { code, stdout, stderr } = await runIn("", args);
      expect(stdout + stderr).toMatch(/deep\.tar.*limit json-depth/s);
      expect(code).toBe(2);
    }
  });

  test("standard input without an end", async () => {
    const { code, stdout } = await cli.run(["lint", "-", "--format", "json"], {
      input: " ".repeat(11_000_000),
    });
    expect(stdout).toMatch(/<stdin>|larger than 10 MiB/);
    expect(code).toBe(2);
  });
});
