import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe } from "vitest";

const execute = promisify(execFile);

/** The programs of Debian's packages docker-registry and skopeo. */
const REGISTRY = "/usr/bin/docker-registry";
const SKOPEO = "/usr/bin/skopeo";

const available = existsSync(REGISTRY) && existsSync(SKOPEO);
if (!available && process.env.CI === "true") throw new Error("These tests need docker-registry and skopeo.");

/** Like `describe`, skipped where there is no registry to start; with CI=true that is a failure. */
export const describeWithRegistry = describe.skipIf(!available);

/** The user that a registry with `login` knows. */
export const LOGIN = { username: "somebody", password: "secret" };

/** `LOGIN` as htpasswd keeps it. */
const HTPASSWD = "somebody:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

/** A real registry on this machine, with its data in a folder that goes with it. */
export class TestRegistry {
  readonly folder = mkdtempSync(join(tmpdir(), "trainlint-registry-"));
  readonly host: string;
  private readonly program: ChildProcess;

  private constructor(port: number, login: boolean) {
    this.host = `localhost:${port}`;
    const config = join(this.folder, "config.yml");
    const auth = login ? `auth: {htpasswd: {realm: test, path: ${join(this.folder, "htpasswd")}}}\n` : "";
    writeFileSync(join(this.folder, "htpasswd"), HTPASSWD);
    writeFileSync(
      config,
      `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${this.folder}}}\nhttp: {addr: ":${port}"}\n${auth}`,
    );
    this.program = spawn(REGISTRY, ["serve", config], { stdio: "ignore" });
  }

  static async start(options: { readonly login?: boolean } = {}): Promise<TestRegistry> {
    const registry = new TestRegistry(await freePort(), options.login === true);
    for (let tries = 0; tries < 200; tries += 1) {
      const status = await fetch(`http://${registry.host}/v2/`).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200 || status === 401) return registry;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await registry.stop();
    throw new Error("docker-registry does not start");
  }

  /** Pushes an image, e.g. `oci:DIR`; with `all`, an index with all it lists. */
  async push(
    source: string,
    name: string,
    options: { readonly all?: boolean; readonly login?: boolean } = {},
  ): Promise<void> {
    const { username, password } = LOGIN;
    await execute(SKOPEO, [
      "copy",
      "--insecure-policy",
      "--dest-tls-verify=false",
      ...(options.all === true ? ["--all"] : []),
      ...(options.login === true ? ["--dest-creds", `${username}:${password}`] : []),
      source,
      `docker://${this.host}/${name}`,
    ]);
  }

  /** Where it keeps a blob. */
  fileOf(digest: string): string {
    const hex = digest.slice("sha256:".length);
    return join(this.folder, "docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.program.once("exit", resolve));
    this.program.kill();
    if (this.program.exitCode === null) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server in front of a registry: what it does not answer itself it passes on. */
export class Front {
  /** Requests in the order they came. */
  readonly seen: { readonly path: string; readonly headers: IncomingMessage["headers"] }[] = [];
  host = "";
  private readonly server: Server;

  private constructor(
    answer: (asked: IncomingMessage, response: ServerResponse, front: Front) => boolean,
    behind: string,
  ) {
    this.server = createServer((asked, response) => {
      this.seen.push({ path: asked.url ?? "", headers: asked.headers });
      if (answer(asked, response, this)) return;
      const headers = { ...asked.headers, host: behind };
      const passed = request(
        `http://${behind}${asked.url}`,
        { method: asked.method ?? "GET", headers },
        (found) => {
          response.writeHead(found.statusCode ?? 500, found.headers);
          found.pipe(response);
        },
      );
      asked.pipe(passed);
    });
  }

  /** `answer` says whether it has answered. */
  static async start(
    behind: string,
    answer: (asked: IncomingMessage, response: ServerResponse, front: Front) => boolean,
  ): Promise<Front> {
    const front = new Front(answer, behind);
    await new Promise<void>((resolve) => front.server.listen(0, "localhost", resolve));
    front.host = `localhost:${(front.server.address() as AddressInfo).port}`;
    return front;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Sets DOCKER_CONFIG to a folder with this config.json while `work` is done. */
export async function withDockerConfig<T>(config: object, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-docker-config-"));
  const { DOCKER_CONFIG, PATH } = process.env;
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  process.env.DOCKER_CONFIG = folder;
  process.env.PATH = `${join(folder, "bin")}:${PATH}`;
  try {
    return await work(folder);
  } finally {
    process.env.PATH = PATH;
    if (DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = DOCKER_CONFIG;
    rmSync(folder, { recursive: true });
  }
}
