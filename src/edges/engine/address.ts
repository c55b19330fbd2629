import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { EnvironmentError } from "../../core/errors.ts";
import { configText, type Fields, fieldsOf, jsonFields, textAt } from "../docker-config.ts";

/** Where an engine answers, and how it is spoken to there. */
export interface EngineAddress {
  /** `unix://`, `npipe://`, `tcp://`, `http://`, `https://` or `ssh://`. */
  readonly url: string;
  /** How the connection is encrypted; `null` for one that is not. */
  readonly tls: EngineTls | null;
}

/** Certificates as texts; what is missing is not used. */
export interface EngineTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whether the engine must show a certificate that the authority has signed. */
  readonly verify: boolean;
}

/**
 * The address that the user named, as docker's own client finds it: DOCKER_HOST with DOCKER_TLS_VERIFY and
 * DOCKER_CERT_PATH; else the context that DOCKER_CONTEXT or the configuration names. `null` when none is.
 *
 * @throws EnvironmentError for a context or a certificate that is not there.
 */
export function namedAddress(): EngineAddress | null {
  const host = process.env.DOCKER_HOST;
  return host ? { url: host, tls: tlsOfEnvironment(host) } : contextAddress();
}

function tlsOfEnvironment(host: string): EngineTls | null {
  if (!/^(?:tcp|https?):/.test(host)) return null;
  const { DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH } = process.env;
  const verify = Boolean(DOCKER_TLS_VERIFY);
  if (!verify && !DOCKER_TLS && !host.startsWith("https:")) return null;
  const folder = DOCKER_CERT_PATH || dockerFolder();
  return { ...certificates(folder, verify), verify: verify || !DOCKER_TLS };
}

/** `required`: who wants to be verified has certificates. */
function certificates(folder: string, required: boolean): Omit<EngineTls, "verify"> {
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch (error) {
      if (!required) return undefined;
      throw new EnvironmentError(`The engine's TLS file ${join(folder, name)} can't be read.`, {
        help: "Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.",
        cause: error,
      });
    }
  };
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map(read);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The endpoint of the Docker context that is in force; `null` for the default one. */
function contextAddress(): EngineAddress | null {
  const name =
    process.env.DOCKER_CONTEXT || textAt(readJson(join(dockerFolder(), "config.json")), "currentContext");
  if (name === null || name === "default") return null;
  // Contexts are kept in folders called by the digest of their name.
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(dockerFolder(), "contexts");
  const meta = readJson(join(contexts, "meta", id, "meta.json"));
  const endpoint = fieldsOf(fieldsOf(meta?.Endpoints)?.docker);
  const host = textAt(endpoint, "Host");
  if (host === null) {
    throw new EnvironmentError(`The Docker context "${name}" has no endpoint.`, {
      help: "See `docker context ls`; DOCKER_CONTEXT or `docker context use` chooses another.",
    });
  }
  const tls = certificates(join(contexts, "tls", id, "docker"), false);
  const isEncrypted = Object.keys(tls).length > 0 || host.startsWith("https:");
  return {
    url: host,
    tls: isEncrypted ? { ...tls, verify: endpoint?.SkipTLSVerify !== true } : null,
  };
}

function dockerFolder(): string {
  return process.env.DOCKER_CONFIG || join(homedir(), ".docker");
}

function readJson(path: string): Fields | null {
  const text = configText(path);
  return text === null ? null : jsonFields(text);
}

/** The sockets where engines listen when nobody says otherwise: Docker's, then Podman's. */
export function usualSockets(engine: "docker" | "podman" | undefined): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const inRuntime = (...parts: string[]): string[] => (runtime ? [join(runtime, ...parts)] : []);
  const docker = [
    "/var/run/docker.sock",
    ...inRuntime("docker.sock"),
    join(homedir(), ".docker", "run", "docker.sock"),
  ];
  const podman = [...inRuntime("podman", "podman.sock"), "/run/podman/podman.sock"];
  if (engine === undefined) return [...docker, ...podman];
  return engine === "docker" ? docker : podman;
}
