import { type IncomingMessage, request } from "node:http";
import { request as requestSecurely } from "node:https";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { LIMITS, LimitError } from "../../core/image/limits.ts";
import { isLoopback } from "../../core/image/reference.ts";
import { agentFor } from "./proxy.ts";

/** How long things may take, in milliseconds. */
export interface Patience {
  /** Without a single byte. */
  readonly idle: number;
  /** For a whole document, however slowly it drips. */
  readonly document: number;
  /** Between two tries. */
  readonly pause: number;
}

/** How long a registry may be silent, in seconds; slow ones may need more: TRAINLINT_REGISTRY_TIMEOUT. */
const SILENT_SECONDS = Number(process.env.TRAINLINT_REGISTRY_TIMEOUT) || 30;

export const PATIENCE: Patience = {
  idle: SILENT_SECONDS * 1000,
  document: SILENT_SECONDS * 2000,
  pause: 1000,
};

/** A request; only what registries need. */
export interface Request {
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** An answer whose body is still to come. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: IncomingMessage;
  /** Where it came from in the end. */
  readonly url: URL;
}

const MAX_REDIRECTS = 5;

/**
 * Sends a request and follows redirects. What authorizes the request is for the host that it was made for: on the
 * way to another one (as registries do for layers) it is left out.
 *
 * @throws EnvironmentError when no answer comes, UserError for an address that may not be asked.
 */
export async function send(request: Request, patience: Patience): Promise<Answer> {
  let { url } = request;
  let headers = request.headers ?? {};
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const body = await sendOnce({ ...request, url, headers }, patience);
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      return { status, headers: body.headers, body, url };
    }
    body.destroy();
    const target = targetOf(location, url);
    if (target.origin !== url.origin) headers = withoutAuthorization(headers);
    url = target;
  }
  throw new EnvironmentError(`${request.url.host} redirects without an end.`);
}

function targetOf(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch {
    throw new EnvironmentError(`${from.host} redirects to something that is no address.`);
  }
}

function withoutAuthorization(headers: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"),
  );
}

/** @throws UserError for plain HTTP to another machine: credentials and images would be open to everybody. */
function checkScheme(url: URL): void {
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.host))) return;
  throw new UserError(
    `${url.host} is to be asked by ${url.protocol.replace(":", "")}, which is not encrypted.`,
    {
      help: "trainlint speaks plain HTTP with the machine itself only; give the registry a certificate.",
    },
  );
}

async function sendOnce(asked: Request, patience: Patience): Promise<IncomingMessage> {
  const { url, signal } = asked;
  checkScheme(url);
  const open = url.protocol === "https:" ? requestSecurely : request;
  const agent = agentFor(url);
  return new Promise((resolve, reject) => {
    const options = {
      method: asked.method ?? "GET",
      headers: { "User-Agent": "trainlint", ...asked.headers },
      ...(signal === undefined ? {} : { signal }),
      ...(agent === null ? {} : { agent }),
    };
    const sent = open(url, options, resolve);
    sent.setTimeout(patience.idle, () =>
      sent.destroy(new Error(`nothing came for ${patience.idle / 1000} s`)),
    );
    sent.on("error", (error) => reject(signal?.aborted === true ? error : unreachable(url, error)));
    sent.end(asked.body);
  });
}

/** The whole text of an answer, bounded in size and time. */
export async function textOf({ body, url }: Answer, patience: Patience): Promise<string> {
  const late = setTimeout(() => body.destroy(new Error("the answer takes too long")), patience.document);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      parts.push(part);
      size += part.length;
      if (size > LIMITS["json-size"].value) {
        throw new LimitError("json-size", `${url.host} answers with more than ${size} bytes`);
      }
    }
  } catch (error) {
    throw error instanceof UserError ? error : unreachable(url, error);
  } finally {
    clearTimeout(late);
    body.destroy();
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** What the failure of a connection is for the user; nothing of the request is in it. */
export function unreachable(url: URL, error: unknown): EnvironmentError {
  return new EnvironmentError(`The registry ${url.host} can't be reached: ${reasonOf(error)}.`, {
    help: "Check the name, the network and its proxy (HTTPS_PROXY), or save the image and give the file.",
    cause: error,
  });
}

const REASONS: { readonly [code: string]: string } = {
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name can't be looked up now",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was broken off",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no network",
  ETIMEDOUT: "it does not answer",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed (NODE_EXTRA_CA_CERTS adds an authority)",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is by an unknown authority (NODE_EXTRA_CA_CERTS adds one)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is by an unknown authority (NODE_EXTRA_CA_CERTS adds one)",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function reasonOf(error: unknown): string {
  const { code, errors } = error as { code?: string; errors?: readonly { code?: string }[] };
  const known = REASONS[code ?? ""] ?? REASONS[errors?.[0]?.code ?? ""];
  return known ?? (error instanceof Error && error.message !== "" ? error.message : String(code ?? error));
}
