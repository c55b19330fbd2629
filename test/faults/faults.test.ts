import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildBundle } from "../cli/support/bundle.ts";
import {
  buildImage,
  busyboxBase,
  describeWithEngine,
  docker,
  removeImage,
} from "../engine/support/images.ts";
import { describeWithRegistry, TestRegistry } from "../engine/support/registry.ts";
import { Random } from "../fuzz/random.ts";
import { noise } from "../support/noise.ts";
import { Layout } from "../support/saved.ts";
import { tar } from "../support/tar.ts";
import { fullDisk } from "./disk-faults.ts";
import { runProgram, startProgram } from "./program.ts";
import { brokenRegistry, inspect, type RegistrySetup, resultOf } from "./registry-faults.ts";
import { brokenEngine, killedRun, leftovers, runArguments, type SmokeSetup } from "./smoke-faults.ts";

/** `npm run faults -- --rounds N --seed N` sets these. Half of the rounds disturb a smoke run, half a registry. */
const ROUNDS = Number(process.env.TRAINLINT_FAULT_ROUNDS ?? 20);
const SEED = Number(process.env.TRAINLINT_FAULT_SEED ?? 1);

/** Longest that one round may take, in milliseconds. */
const ROUND_LIMIT = 200_000;

const folder = mkdtempSync(join(tmpdir(), "trainlint-faults-"));
let bundle = "";

beforeAll(async () => {
  bundle = await buildBundle(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describeWithEngine("a smoke run that is disturbed at a random moment", () => {
  let setup: SmokeSetup;

  beforeAll(async () => {
    const image = await buildImage({
      tag: "trainlint-test/faults:1",
      dockerfile: `FROM ${await busyboxBase()}
ENTRYPOINT ["/bin/sh", "-c", "trap 'sleep 1; exit 0' TERM; while true; do sleep 0.1; done"]
`,
    });
    const socket = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");
    setup = { bundle, image, docker, socket };
  });
  afterAll(async () => await removeImage("trainlint-test/faults:1"));

  test("what a killed run leaves is seen, and gone after `clean`", { timeout: ROUND_LIMIT }, async () => {
    const run = startProgram(bundle, runArguments(setup));
    await containerOf(setup);
    run.kill("SIGKILL");
    await run.ended;
    expect(await leftovers(docker)).not.toEqual([]);
    await runProgram(bundle, ["clean"]);
    expect(await leftovers(docker)).toEqual([]);
  });

  const rounds = Array.from({ length: Math.floor(ROUNDS / 2) }, (_, index) => SEED + index);
  test.each(rounds)(
    "leaves nothing, and ends as it should: seed %i",
    { timeout: ROUND_LIMIT },
    async (seed) => {
      const random = new Random(seed);
      const round = random.pick([killedRun, brokenEngine]);
      expect(await round(setup, random)).toEqual([]);
    },
  );
});

/** Waits until a container of the image is there. */
async function containerOf({ image }: SmokeSetup): Promise<void> {
  const filters = JSON.stringify({ ancestor: [image] });
  while ((await docker.listContainers({ filters })).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describeWithRegistry("a registry that breaks, lies or never ends", () => {
  let setup: RegistrySetup;

  beforeAll(async () => {
    const layout = new Layout(join(folder, "layout"));
    const layers = [
      [{ name: "usr/bin/train", data: "#!/bin/sh\necho\n", mode: 0o755 }],
      [{ name: "opt/ml/model/old", data: noise(300_000) }],
      [{ name: "opt/app/data", data: noise(200_000) }],
    ].map((members) => {
      const unpacked = tar(members);
      const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
      return { unpacked, stored: gzipSync(unpacked), mediaType };
    });
    layout.index([layout.image(layers)]);
    const registry = await TestRegistry.start();
    await registry.push(`oci:${layout.path}`, "faults:1");
    const { code, output } = await runProgram(bundle, inspect(registry.host, "faults:1"));
    expect(code).toBe(0);
    setup = { bundle, registry, image: "faults:1", undisturbed: resultOf(output, registry.host) };
  });
  afterAll(async () => await setup?.registry.stop());

  const rounds = Array.from({ length: Math.ceil(ROUNDS / 2) }, (_, index) => SEED + index);
  test.each(rounds)("is told as what it is: seed %i", { timeout: ROUND_LIMIT }, async (seed) => {
    expect(await brokenRegistry(setup, new Random(seed))).toEqual([]);
  });
});

describe.runIf(process.getuid?.() === 0 && process.platform === "linux")("a full disk", () => {
  test("is told, and leaves no half of a report", async () => {
    const dockerfile = join(folder, "Dockerfile");
    // Enough findings for a report of more than a page of memory.
    const copies = Array.from({ length: 50 }, (_, index) => `COPY a /opt/ml/input/${index}\n`);
    writeFileSync(dockerfile, `FROM scratch\n${copies.join("")}ENTRYPOINT ["/a"]\n`);
    expect(await fullDisk(bundle, dockerfile)).toEqual([]);
  });
});
