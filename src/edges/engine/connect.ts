import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { EngineClient, EngineClientOptions } from "./dockerode-types.ts";

/** Which engine's API answers; Podman speaks Docker's on its own socket. */
export type EngineKind = "docker" | "podman";

/** A reachable engine. */
export interface Engine {
  readonly kind: EngineKind;
  readonly version: string;
  readonly apiVersion: string;
  /** GOARCH spelling, e.g. `amd64`. */
  readonly architecture: string;
  /** Where it answers, e.g. `unix:///var/run/docker.sock`. */
  readonly address: string;
  readonly client: EngineClient;
}

export interface EngineOptions {
  /** Only this kind; any by default, Docker first. */
  readonly engine?: EngineKind;
  /** In place of DOCKER_HOST, contexts and the usual sockets. */
  readonly host?: string;
}

/** How long an engine may take to answer the first question, in milliseconds. */
const PING_TIMEOUT = 10_000;

const START_ONE =
  "Start one (`systemctl start docker`, Docker Desktop, or `systemctl --user start podman.socket`), or set DOCKER_HOST.";

/**
 * Finds an engine: the address given, else DOCKER_HOST, the current Docker context, the usual sockets of
 * Docker and then of Podman. An address that was named is never replaced by another one.
 *
 * @throws EnvironmentError when none answers.
 */
export async function connectEngine(options: EngineOptions = {}): Promise<Engine> {
  const named =
    options.host ?? (options.engine === "podman" ? undefined : process.env.DOCKER_HOST) ?? contextHost();
  if (named !== undefined && named !== "") return connect(named, options.engine);
  const reasons: string[] = [];
  for (const socket of usualSockets(options.engine)) {
    if (!existsSync(socket)) continue;
    try {
      return await connect(`unix://${socket}`, options.engine);
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      reasons.push(error.message);
    }
  }
  const wanted = options.engine === "podman" ? "Podman" : "Docker or Podman";
  throw new EnvironmentError(reasons[0] ?? `No ${wanted} engine was found.`, { help: START_ONE });
}

async function connect(address: string, wanted: EngineKind | undefined): Promise<Engine> {
  const { default: Docker } = await import("dockerode");
  const client = new Docker({ ...dockerOptions(address), timeout: PING_TIMEOUT });
  let version: Awaited<ReturnType<EngineClient["version"]>>;
  try {
    version = await client.version();
  } catch (error) {
    throw new EnvironmentError(`No engine answers at ${address}: ${reasonOf(error)}.`, {
      help: START_ONE,
      cause: error,
    });
  }
  const components = (version as { Components?: { Name?: string }[] }).Components ?? [];
  const kind: EngineKind = components.some((part) => /podman/i.test(part.Name ?? "")) ? "podman" : "docker";
  if (wanted !== undefined && wanted !== kind) {
    throw new EnvironmentError(`The engine at ${address} is ${kind}, not ${wanted}.`, { help: START_ONE });
  }
  return {
    kind,
    version: version.Version,
    apiVersion: version.ApiVersion,
    architecture: version.Arch,
    address,
    client: new Docker(dockerOptions(address)),
  };
}

function dockerOptions(address: string): EngineClientOptions {
  const socket = /^(?:unix:\/\/|npipe:\/\/)(.+)$/.exec(address)?.[1];
  if (socket !== undefined) return { socketPath: socket };
  const url = /^(tcp|http|https|ssh):\/\//.test(address) ? new URL(address) : null;
  if (url === null) {
    throw new UserError(`"${address}" is not an address of an engine.`, {
      help: "DOCKER_HOST takes unix:///path, tcp://host:port or ssh://user@host.",
    });
  }
  if (url.protocol === "ssh:") {
    return {
      protocol: "ssh",
      host: url.hostname,
      port: url.port || 22,
      username: url.username,
    } as EngineClientOptions;
  }
  const secure = url.protocol === "https:" || (process.env.DOCKER_TLS_VERIFY ?? "") !== "";
  const port = Number(url.port) || (secure ? 2376 : 2375);
  if (!secure) return { protocol: "http", host: url.hostname, port };
  const folder = process.env.DOCKER_CERT_PATH ?? join(homedir(), ".docker");
  return {
    protocol: "https",
    host: url.hostname,
    port,
    ca: readCertificate(join(folder, "ca.pem")),
    cert: readCertificate(join(folder, "cert.pem")),
    key: readCertificate(join(folder, "key.pem")),
  };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new EnvironmentError(`The engine's TLS file ${path} can't be read.`, {
      help: "Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.",
      cause: error,
    });
  }
}

/** The endpoint of the Docker context that is in force; `undefined` for the default one. */
function contextHost(): string | undefined {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const name =
    process.env.DOCKER_CONTEXT ??
    readJson<{ currentContext?: string }>(join(folder, "config.json"))?.currentContext;
  if (name === undefined || name === "" || name === "default") return undefined;
  const hash = createHash("sha256").update(name).digest("hex");
  const meta = readJson<{ Endpoints?: { docker?: { Host?: string } } }>(
    join(folder, "contexts", "meta", hash, "meta.json"),
  );
  const host = meta?.Endpoints?.docker?.Host;
  if (host === undefined) {
    throw new EnvironmentError(`The Docker context "${name}" has no endpoint.`, {
      help: "See `docker context ls`.",
    });
  }
  return host;
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

function usualSockets(engine: EngineKind | undefined): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const docker = [
    "/var/run/docker.sock",
    ...(runtime === undefined ? [] : [join(runtime, "docker.sock")]),
    join(homedir(), ".docker", "run", "docker.sock"),
  ];
  const podman = [
    ...(runtime === undefined ? [] : [join(runtime, "podman", "podman.sock")]),
    "/run/podman/podman.sock",
  ];
  if (engine === "docker") return docker;
  if (engine === "podman") return podman;
  return [...docker, ...podman];
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === "EACCES") return "permission denied; add your user to the docker group";
  if (code === "ECONNREFUSED" || code === "ENOENT") return "nothing listens there";
  return error instanceof Error ? error.message : String(error);
}
