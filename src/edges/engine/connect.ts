import { existsSync } from "node:fs";
import { Agent } from "node:https";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { type EngineAddress, namedAddress, usualSockets } from "./address.ts";
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

/** How long an engine may take to answer the first question, in milliseconds; ssh must connect first. */
const PING_TIMEOUT = 10_000;
const SSH_PING_TIMEOUT = 45_000;

/** The newest version of the API that trainlint was tried with; an older engine is spoken to in its own. */
const NEWEST_API = "1.44";

const START_ONE =
  "Start one (`systemctl start docker`, Docker Desktop, or `systemctl --user start podman.socket`), or set DOCKER_HOST.";

/**
 * Finds an engine: the address given, else DOCKER_HOST, the current Docker context, the usual sockets of
 * Docker and then of Podman. An address that was named is never replaced by another one.
 *
 * @throws EnvironmentError when none answers.
 */
export async function connectEngine(options: EngineOptions = {}): Promise<Engine> {
  for await (const engine of reachableEngines(options)) return engine;
  throw new EnvironmentError(`No ${wantedName(options.engine)} engine was found.`, { help: START_ONE });
}

/**
 * All engines in the order in which a name is asked of them, found one at a time.
 *
 * @throws EnvironmentError when the one that was named does not answer, or when none does.
 */
export async function* reachableEngines(options: EngineOptions = {}): AsyncGenerator<Engine> {
  const named = options.host !== undefined ? { url: options.host, tls: null } : namedFor(options.engine);
  if (named !== null) {
    yield await connect(named, options.engine);
    return;
  }
  let failure: EnvironmentError | null = null;
  let found = 0;
  for (const socket of usualSockets(options.engine)) {
    if (!existsSync(socket)) continue;
    try {
      yield await connect({ url: `unix://${socket}`, tls: null }, options.engine);
      found += 1;
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      failure ??= error;
    }
  }
  if (found === 0 && failure !== null) throw failure;
}

/** Who asks for Podman by name means Docker's address only where that is Podman's too, and nothing else is there. */
function namedFor(wanted: EngineKind | undefined): EngineAddress | null {
  if (wanted !== "podman") return namedAddress();
  const host = process.env.CONTAINER_HOST;
  if (host) return { url: host, tls: null };
  return usualSockets("podman").some((socket) => existsSync(socket)) ? null : namedAddress();
}

async function connect(address: EngineAddress, wanted: EngineKind | undefined): Promise<Engine> {
  const { default: Docker } = await import("dockerode");
  const options = await clientOptions(address);
  const isSsh = address.url.startsWith("ssh:");
  const first = new Docker({ ...options, timeout: isSsh ? SSH_PING_TIMEOUT : PING_TIMEOUT });
  let version: Awaited<ReturnType<EngineClient["version"]>>;
  try {
    version = await first.version();
  } catch (error) {
    throw new EnvironmentError(`No engine answers at ${address.url}: ${reasonOf(error)}.`, {
      help: START_ONE,
      cause: error,
    });
  }
  const components = (version as { Components?: { Name?: string }[] }).Components ?? [];
  const kind: EngineKind = components.some((part) => /podman/i.test(part.Name ?? "")) ? "podman" : "docker";
  if (wanted !== undefined && wanted !== kind) {
    throw new EnvironmentError(`The engine at ${address.url} is ${kind}, not ${wanted}.`, {
      help: START_ONE,
    });
  }
  const apiVersion = older(version.ApiVersion, NEWEST_API);
  return {
    kind,
    version: version.Version,
    apiVersion,
    architecture: version.Arch,
    address: address.url,
    client: new Docker({ ...options, version: `v${apiVersion}` }),
  };
}

/** The older of two versions of the API, `1.41` and the like. */
function older(a: string, b: string): string {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA < majorB || (majorA === majorB && minorA <= minorB) ? a : b;
}

/** dockerode takes from the environment what it is not told, so it is told everything. */
const NOTHING_FROM_ENVIRONMENT = {
  host: undefined,
  port: undefined,
  socketPath: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
};

async function clientOptions({ url: address, tls }: EngineAddress): Promise<EngineClientOptions> {
  const options = { ...NOTHING_FROM_ENVIRONMENT, protocol: "http", ...(await optionsFor(address, tls)) };
  return options as EngineClientOptions;
}

async function optionsFor(address: string, tls: EngineAddress["tls"]): Promise<object> {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (socket !== undefined) return { socketPath: socket };
  const url = /^(tcp|https?|ssh):\/\/[^/]/.test(address) && URL.canParse(address) ? new URL(address) : null;
  if (url === null) {
    throw new UserError(`"${address}" is not an address of an engine.`, {
      help: "DOCKER_HOST takes unix:///path, tcp://host:port or ssh://user@host.",
    });
  }
  if (url.protocol === "ssh:") {
    const { sshAgent } = await import("./ssh.ts");
    return { host: "docker", port: 80, agent: sshAgent(url) };
  }
  const host = url.hostname;
  if (tls === null) return { host, port: Number(url.port) || 2375 };
  const { verify, ...certificates } = tls;
  const agent = new Agent({ ...certificates, rejectUnauthorized: verify, keepAlive: true });
  return { protocol: "https", host, port: Number(url.port) || 2376, agent };
}

function wantedName(engine: EngineKind | undefined): string {
  if (engine === undefined) return "Docker or Podman";
  return engine === "podman" ? "Podman" : "Docker";
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === "EACCES") return "permission denied; add your user to the docker group";
  if (code === "ECONNREFUSED" || code === "ENOENT") return "nothing listens there";
  if (code === "ECONNRESET") return "it broke off, or did not answer in time";
  return error instanceof Error ? error.message : String(error);
}
