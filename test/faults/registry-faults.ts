import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Front, type TestRegistry } from "../engine/support/registry.ts";
import type { Random } from "../fuzz/random.ts";
import { runProgram } from "./program.ts";
import type { Complaints } from "./smoke-faults.ts";

/** What a round needs: the bundle, a real registry, and the name of an image in it. */
export interface RegistrySetup {
  readonly bundle: string;
  readonly registry: TestRegistry;
  readonly image: string;
  /** What the bundle prints of the image when nothing is in its way. */
  readonly undisturbed: string;
}

/** A fault in front of the registry: answers in its place, or says `false` and lets it answer. */
interface Fault {
  readonly name: string;
  readonly answer: (asked: IncomingMessage, response: ServerResponse) => boolean;
  /** Exit codes that are right; with 0 the result must be the undisturbed one. */
  readonly codes: readonly number[];
  /** What the output must name, where the code is not 0. */
  readonly cause: RegExp;
}

/** Seconds after which a silent registry is given up. */
const PATIENCE = "1";

/** One image read through a registry that cuts, corrupts, drips, falls silent, or never ends. */
export async function brokenRegistry(setup: RegistrySetup, random: Random): Promise<Complaints> {
  const fault = random.pick([cutOnce, cutAlways, corrupted, slow, silent, endless])(setup, random);
  const front = await Front.start(setup.registry.host, fault.answer);
  try {
    const env = { TRAINLINT_REGISTRY_TIMEOUT: PATIENCE };
    const ended = await runProgram(setup.bundle, inspect(front.host, setup.image), { env });
    const { code, output, temporaryFiles } = ended;
    const complaints = temporaryFiles.map((name) => `left in TMPDIR: ${name}`);
    if (!fault.codes.includes(code ?? -1)) complaints.push(`exit code ${code}: ${output}`);
    else if (code !== 0 && !fault.cause.test(output)) complaints.push(`no cause: ${output}`);
    else if (code === 0 && resultOf(output, front.host) !== setup.undisturbed)
      complaints.push(`not the undisturbed result: ${output}`);
    return complaints.map((text) => `${fault.name}: ${text}`);
  } finally {
    await front.stop();
  }
}

/** The arguments of the bundle that read the image from this host, layers too. */
export function inspect(host: string, image: string): string[] {
  return ["image", `registry:${host}/${image}`, "--layers", "--format", "json", "--fail-on", "never"];
}

/** What was printed, with nothing in it of where the image came from. */
export function resultOf(output: string, host: string): string {
  return output.replaceAll(host, "HOST").replace(/"fingerprint": "\w+"/g, "");
}

/** Whether it is a blob that is asked for, and the bytes that it has. */
function blobOf({ registry }: RegistrySetup, asked: IncomingMessage): Buffer | null {
  const digest = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(asked.url ?? "")?.[1];
  return digest === undefined ? null : readFileSync(registry.fileOf(digest));
}

/** Sends a part of a blob as a registry that knows ranges does, and breaks off. */
function sendAndCut(whole: Buffer, asked: IncomingMessage, response: ServerResponse, bytes: number): void {
  const from = Number(/bytes=(\d+)-/.exec(asked.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from === 0 ? 200 : 206, {
    "content-length": whole.length - from,
    "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}`,
  });
  response.flushHeaders();
  response.write(whole.subarray(from, from + bytes), () => response.destroy());
}

/** Cuts connections to blobs one to three times; a layer goes on from there, a configuration does not. */
function cutOnce(setup: RegistrySetup, random: Random): Fault {
  let left = 1 + random.below(3);
  return {
    name: "cut once",
    answer(asked, response) {
      const whole = blobOf(setup, asked);
      if (whole === null || left === 0) return false;
      left -= 1;
      sendAndCut(whole, asked, response, random.below(whole.length));
      return true;
    },
    codes: [0, 3],
    cause: /The registry .* can't be reached/,
  };
}

/** Cuts every connection at once. */
function cutAlways(_: RegistrySetup, random: Random): Fault {
  const after = random.below(3);
  let count = 0;
  return {
    name: "cut always",
    answer(asked) {
      count += 1;
      if (count <= after) return false;
      asked.socket.destroy();
      return true;
    },
    codes: [3],
    cause: /The registry .* can't be reached/,
  };
}

/** Changes one bit of every blob. */
function corrupted(setup: RegistrySetup, random: Random): Fault {
  return {
    name: "corrupted",
    answer(asked, response) {
      const whole = blobOf(setup, asked);
      if (whole === null) return false;
      const at = random.below(whole.length);
      whole[at] = (whole[at] ?? 0) ^ (1 << random.below(8));
      response.end(whole);
      return true;
    },
    codes: [2],
    cause: /has the digest|not the layer|can't be unpacked/,
  };
}

/** Sends blobs a little at a time. */
function slow(setup: RegistrySetup, random: Random): Fault {
  const step = 2000 + random.below(20_000);
  return {
    name: "slow",
    answer(asked, response) {
      const whole = blobOf(setup, asked);
      if (whole === null) return false;
      let at = 0;
      const timer = setInterval(() => {
        response.write(whole.subarray(at, at + step));
        at += step;
        if (at < whole.length) return;
        clearInterval(timer);
        response.end();
      }, 10);
      response.on("close", () => clearInterval(timer));
      return true;
    },
    codes: [0],
    cause: /(?!)/,
  };
}

/** Says nothing more: to one kind of question at all, or in the middle of a blob. */
function silent(setup: RegistrySetup, random: Random): Fault {
  const kind = random.pick(["/v2/", "/manifests/", "/blobs/"]);
  const inMiddle = random.below(2) === 0;
  return {
    name: `silent ${kind}`,
    answer(asked, response) {
      const whole = blobOf(setup, asked);
      if (!asked.url?.includes(kind)) return false;
      if (inMiddle && whole !== null) {
        response.writeHead(200, { "content-length": whole.length });
        response.write(whole.subarray(0, random.below(whole.length)));
      }
      return true;
    },
    codes: [3],
    cause: /The registry .* can't be reached/,
  };
}

/** Never ends one kind of answer. */
function endless(_: RegistrySetup, random: Random): Fault {
  const kind = random.pick(["/manifests/", "/blobs/"]);
  return {
    name: `endless ${kind}`,
    answer(asked, response) {
      if (!asked.url?.includes(kind)) return false;
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
      return true;
    },
    codes: [2],
    cause: /limit json-size|more of the layer/,
  };
}
