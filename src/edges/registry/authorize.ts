import { EnvironmentError, UserError } from "../../core/errors.ts";
import { challengesOf } from "../../core/image/challenge.ts";
import type { RegistryReference } from "../../core/image/reference.ts";
import { type Credentials, credentialsFor } from "./credentials.ts";
import { type Patience, send, textOf } from "./http.ts";

/**
 * The `Authorization` header that answers a challenge; `null` when there is nothing to answer with.
 *
 * @throws UserError when the registry refuses the credentials, EnvironmentError when its token server fails.
 */
export async function authorizationFor(
  header: string,
  reference: RegistryReference,
  patience: Patience,
  signal?: AbortSignal,
): Promise<string | null> {
  const challenges = challengesOf(header);
  const credentials = await credentialsFor(reference.credentialsKey);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    const token = await tokenOf(bearer.parameters, credentials, reference, patience, signal);
    return `Bearer ${token}`;
  }
  const isBasic = challenges.some(({ scheme }) => scheme === "basic");
  return isBasic && credentials?.kind === "password" ? basic(credentials) : null;
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Source: the distribution project's "Token Authentication Specification" and its OAuth2 form. */
async function tokenOf(
  parameters: ReadonlyMap<string, string>,
  credentials: Credentials | null,
  reference: RegistryReference,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { host, repository } = reference;
  const realm = realmOf(parameters.get("realm"), host);
  const query = new URLSearchParams();
  const service = parameters.get("service");
  if (service !== undefined) query.set("service", service);
  query.set("scope", parameters.get("scope") ?? `repository:${repository}:pull`);
  const given = signal === undefined ? {} : { signal };
  const answer =
    credentials?.kind === "identity"
      ? await send({ url: realm, ...given, ...refresh(query, credentials.token) }, patience)
      : await send({ url: withQuery(realm, query), ...given, ...password(credentials) }, patience);
  if (answer.status === 401 || answer.status === 403) {
    answer.body.destroy();
    throw refused(reference, credentials !== null);
  }
  if (answer.status !== 200) {
    answer.body.destroy();
    throw new EnvironmentError(`The token server ${realm.host} of ${host} answers with ${answer.status}.`);
  }
  const text = await textOf(answer, patience);
  try {
    const { token, access_token } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const found = token ?? access_token;
    if (typeof found === "string" && /^[\x21-\x7e]+$/.test(found)) return found;
  } catch {
    // Told below, without the text: it may hold a token.
  }
  throw new EnvironmentError(`The token server ${realm.host} of ${host} gives no token.`);
}

function realmOf(realm: string | undefined, host: string): URL {
  try {
    return new URL(realm ?? "");
  } catch {
    throw new EnvironmentError(`The registry ${host} asks for a token and does not say where to get it.`);
  }
}

function withQuery(realm: URL, query: URLSearchParams): URL {
  const url = new URL(realm);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}

function password(credentials: Credentials | null): { headers?: { Authorization: string } } {
  return credentials?.kind === "password" ? { headers: { Authorization: basic(credentials) } } : {};
}

function refresh(query: URLSearchParams, token: string) {
  const body = new URLSearchParams(query);
  body.set("grant_type", "refresh_token");
  body.set("refresh_token", token);
  body.set("client_id", "trainlint");
  return {
    method: "POST" as const,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  };
}

/** The error for a registry that lets nobody, or not this user, see the repository. */
export function refused({ host, repository }: RegistryReference, hasCredentials: boolean): UserError {
  const isEcr = /\.dkr\.ecr\.[\w-]+\.amazonaws\.com/.test(host);
  const login = isEcr
    ? `Log in: aws ecr get-login-password | docker login --username AWS --password-stdin ${host}. Or let docker-credential-ecr-login do it (credHelpers).`
    : `Log in: docker login ${host}.`;
  return new UserError(
    hasCredentials
      ? `The registry ${host} does not let this user read ${repository}.`
      : `The registry ${host} shows ${repository} only to who has logged in, and there are no credentials for it.`,
    {
      help: hasCredentials
        ? `${login} Or check the name: some registries say the same of what is not there.`
        : login,
    },
  );
}
