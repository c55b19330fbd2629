import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { EnvironmentError } from "../../src/core/errors.ts";
import type { ImageModel, ImageNeeds } from "../../src/core/image/model.ts";
import type { Json } from "../../src/core/json.ts";
import { readRegistryImage } from "../../src/edges/registry/image.ts";
import { configOf } from "../support/saved.ts";
import { tar } from "../support/tar.ts";
import { mutateBytes } from "./mutate.ts";
import { mutateJson } from "./mutate-json.ts";
import type { Random } from "./random.ts";

/** What a registry is asked for; `other` is whatever a redirect led to. */
const KINDS = ["manifest", "config", "layer", "token", "other"] as const;
type Kind = (typeof KINDS)[number];

/** An answer, byte for byte what goes over the connection. */
interface RawAnswer {
  readonly head: string;
  /** Base64. */
  readonly body: string;
  /** Bytes of it after which the connection breaks off; `null` for none. */
  readonly cut: number | null;
}

/** Everything that one registry answers: the first time, and from then on. */
type Plan = { readonly [kind in Kind]: readonly [RawAnswer, RawAnswer] };

/** Impatient, so that a registry that says nothing costs no time. Milliseconds. */
const PATIENCE = { idle: 120, document: 250, pause: 1 };

/** Longest that one image may take, in milliseconds, of a busy machine too. */
const LIMIT = 15_000;

const LAYER = tar([
  { name: "usr/bin/train", data: "#!/bin/sh\n", mode: 0o755 },
  { name: "opt/ml/model/x", data: "x".repeat(700) },
]);
const STORED = gzipSync(LAYER);
const CONFIG = configOf([{ unpacked: LAYER }], { config: { Env: ["PATH=/usr/bin"], Labels: { a: "b" } } });
const OCI = "application/vnd.oci.image";

const digestOf = (data: string | Buffer): string =>
  `sha256:${createHash("sha256").update(data).digest("hex")}`;

const MANIFEST: Json = {
  schemaVersion: 2,
  mediaType: `${OCI}.manifest.v1+json`,
  config: { mediaType: `${OCI}.config.v1+json`, digest: digestOf(CONFIG), size: CONFIG.length },
  layers: [{ mediaType: `${OCI}.layer.v1.tar+gzip`, digest: digestOf(STORED), size: STORED.length }],
};
const INDEX: Json = {
  schemaVersion: 2,
  mediaType: `${OCI}.index.v1+json`,
  manifests: [
    {
      mediaType: `${OCI}.manifest.v1+json`,
      digest: digestOf(JSON.stringify(MANIFEST)),
      size: JSON.stringify(MANIFEST).length,
      platform: { os: "linux", architecture: "amd64" },
    },
  ],
};

const STATUSES = [
  200, 200, 200, 206, 204, 301, 302, 307, 308, 400, 401, 401, 403, 404, 416, 429, 500, 503, 100, 999, 0,
];
const HEADERS = [
  'WWW-Authenticate: Bearer realm="http://HOST/token",service="s",scope="repository:a:pull"',
  'WWW-Authenticate: Bearer realm="http://192.0.2.1/token"',
  'WWW-Authenticate: Bearer realm="nonsense", error="x"',
  'WWW-Authenticate: Bearer realm="http://HOST/token?a=%zz",service="\\"x\\"",scope=""',
  "WWW-Authenticate: Basic realm=x, Bearer",
  'WWW-Authenticate: Negotiate abc==, Bearer realm="',
  "WWW-Authenticate: ,,,=,",
  "Location: /v2/other",
  "Location: http://HOST/v2/a/manifests/1",
  "Location: http://192.0.2.1/x",
  "Location: ftp://HOST/x",
  "Location: http://[",
  "Location: //",
  "Location: ",
  "Content-Range: bytes 0-10/20",
  "Content-Range: bytes 7-/x",
  "Retry-After: 0",
  "Retry-After: -5",
  "Retry-After: soon",
  "Content-Encoding: gzip",
  "Transfer-Encoding: chunked",
  "Content-Type: application/vnd.docker.distribution.manifest.v1+json",
  `Content-Type: ${OCI}.index.v1+json; charset=utf-8`,
  "Content-Type: ;;;",
  "Docker-Content-Digest: sha256:x",
  "Set-Cookie: __proto__=1",
  "__proto__: x",
  "X: \u0001",
  `X: ${"a".repeat(20_000)}`,
];

/** A plan of one registry: mostly what a real one answers, with some of it changed. */
export function registryPlan(random: Random): string {
  const bodies: { readonly [kind in Kind]: Buffer } = {
    manifest: Buffer.from(JSON.stringify(random.below(3) === 0 ? INDEX : MANIFEST)),
    config: Buffer.from(CONFIG),
    layer: STORED,
    token: Buffer.from('{"token":"abc"}'),
    other: Buffer.from(JSON.stringify(MANIFEST)),
  };
  const plan = Object.fromEntries(
    KINDS.map((kind) => {
      const answer = (): RawAnswer => rawAnswer(kind, bodies[kind], random);
      return [kind, [answer(), answer()]];
    }),
  );
  return JSON.stringify(plan);
}

function rawAnswer(kind: Kind, whole: Buffer, random: Random): RawAnswer {
  const isOdd = random.below(3) === 0;
  const body = isOdd && random.below(2) === 0 ? changedBody(kind, whole, random) : whole;
  const status = isOdd ? random.pick(STATUSES) : 200;
  const lengths = [body.length, body.length, body.length + 7, Math.max(0, body.length - 7), -1, 1e15];
  const length = isOdd ? random.pick(lengths) : body.length;
  const extra = isOdd ? Array.from({ length: random.below(3) }, () => random.pick(HEADERS)) : [];
  const type = kind === "manifest" || kind === "other" ? [`Content-Type: ${OCI}.manifest.v1+json`] : [];
  const lines = [`HTTP/1.1 ${status} x`, ...extra, ...type, `Content-Length: ${length}`, "Connection: close"];
  const head = `${lines.join("\r\n")}\r\n\r\n`;
  return {
    head: isOdd && random.below(12) === 0 ? mutateBytes(Buffer.from(head), random).toString("latin1") : head,
    body: body.toString("base64"),
    cut: isOdd && random.below(4) === 0 ? random.below(body.length + 1) : null,
  };
}

function changedBody(kind: Kind, whole: Buffer, random: Random): Buffer {
  if (kind === "layer" || random.below(4) === 0) return mutateBytes(whole, random);
  return Buffer.from(JSON.stringify(mutateJson(JSON.parse(whole.toString()) as Json, random)));
}

/**
 * Reads an image from a registry on this machine that answers by the plan; `null` where it can't be read for a
 * reason of the environment's. Throws whatever else the client throws, and when it does not come to an end.
 */
export async function readByPlan(text: string, needs: readonly ImageNeeds[]): Promise<ImageModel | null> {
  const plan = JSON.parse(text) as Plan;
  const open = new Set<Socket>();
  const server = createServer((socket) => serve(socket, plan, counts, portOf(server), open));
  const counts = new Map<Kind, number>();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${LIMIT} ms`)), LIMIT);
  });
  try {
    const read = readRegistryImage(`localhost:${portOf(server)}/a:1`, needs, { patience: PATIENCE });
    return await Promise.race([read, late]);
  } catch (error) {
    if (error instanceof EnvironmentError) return null;
    throw error;
  } finally {
    clearTimeout(timer);
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function serve(socket: Socket, plan: Plan, counts: Map<Kind, number>, port: number, open: Set<Socket>): void {
  open.add(socket);
  socket.on("close", () => open.delete(socket));
  socket.on("error", () => {});
  let asked = "";
  socket.on("data", (bytes) => {
    // The first byte of a TLS handshake: this registry speaks plain HTTP.
    if (asked === "" && bytes[0] === 0x16) {
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      return;
    }
    asked += bytes.toString("latin1");
    if (!asked.includes("\r\n\r\n")) return;
    const kind = kindOf(asked.split(" ")[1] ?? "");
    asked = "";
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const { head, body, cut } = plan[kind][Math.min(count, 1)] as RawAnswer;
    const whole = Buffer.from(body, "base64");
    const sent = Buffer.concat([
      Buffer.from(head.replaceAll("HOST", `localhost:${port}`), "latin1"),
      cut === null ? whole : whole.subarray(0, cut),
    ]);
    if (cut === null) socket.end(sent);
    else socket.write(sent, () => socket.destroy());
  });
}

function kindOf(path: string): Kind {
  if (path.startsWith("/token")) return "token";
  if (path.includes("/manifests/")) return "manifest";
  if (path.endsWith(digestOf(STORED))) return "layer";
  return path.includes("/blobs/") ? "config" : "other";
}
