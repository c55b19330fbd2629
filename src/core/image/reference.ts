import { UserError } from "../errors.ts";

/** The name of an image in a registry, every part said. */
export interface RegistryReference {
  /** Host, with its port where one is named, e.g. `registry-1.docker.io` or `localhost:5000`. */
  readonly host: string;
  /** The name that credentials are kept under: that of the host but for Docker Hub. */
  readonly credentialsKey: string;
  /** E.g. `library/ubuntu`. */
  readonly repository: string;
  /** `null` where only a digest is named. */
  readonly tag: string | null;
  /** `sha256:...`; wins over the tag. */
  readonly digest: string | null;
}

const DOCKER_HUB = "docker.io";

/** One part of a repository's name. Source: the grammar of distribution/reference. */
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`);
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads `[HOST[:PORT]/]NAME[:TAG][@DIGEST]` as docker does: without a host it is Docker Hub's, without a tag and
 * a digest it is `latest`.
 *
 * @throws UserError when it is no such name.
 */
export function registryReference(text: string): RegistryReference {
  const at = text.indexOf("@");
  const digest = at === -1 ? null : text.slice(at + 1);
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon === -1 ? null : named.slice(colon + 1);
  const path = colon === -1 ? named : named.slice(0, colon);
  const { host, repository } = withHost(path);
  const isValid =
    HOST.test(host) &&
    REPOSITORY.test(repository) &&
    repository.length <= 255 &&
    (tag === null || TAG.test(tag)) &&
    (digest === null || DIGEST.test(digest));
  if (!isValid) {
    throw new UserError(`"${text}" is not the name of an image in a registry.`, {
      help: "It is registry:[HOST[:PORT]/]NAME[:TAG][@sha256:DIGEST], the name in lower case.",
    });
  }
  const isHub = host === DOCKER_HUB || host === `index.${DOCKER_HUB}`;
  return {
    host: isHub ? `registry-1.${DOCKER_HUB}` : host,
    credentialsKey: isHub ? `https://index.${DOCKER_HUB}/v1/` : host,
    repository: isHub && !repository.includes("/") ? `library/${repository}` : repository,
    tag: tag ?? (digest === null ? "latest" : null),
    digest,
  };
}

/** The first part is a host when it looks like none of the parts of a name. */
function withHost(path: string): { host: string; repository: string } {
  const slash = path.indexOf("/");
  const first = path.slice(0, slash);
  const isHost = slash > 0 && (/[.:[]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  return isHost ? { host: first, repository: path.slice(slash + 1) } : { host: DOCKER_HUB, repository: path };
}

/** Whether this host is the machine itself: the only one that is spoken to without encryption. */
export function isLoopback(host: string): boolean {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return name === "localhost" || /^127(?:\.\d{1,3}){3}$/.test(name) || name === "::1";
}
