import { setTimeout } from "node:timers/promises";
import { EnvironmentError, UserError } from "../../core/errors.ts";
import { isLoopback, type RegistryReference } from "../../core/image/reference.ts";
import { authorizationFor, refused } from "./authorize.ts";
import { type Answer, type Patience, send, textOf } from "./http.ts";

/** The manifests that trainlint reads. */
const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** How often a registry that is busy or broken is asked again. */
const MAX_TRIES = 3;

/** The longest that a registry may ask to wait, in milliseconds. */
const LONGEST_PAUSE = 10_000;

/** A repository of a registry: the distribution API, as far as reading goes. */
export class Registry {
  readonly reference: RegistryReference;
  readonly patience: Patience;
  private readonly signal: AbortSignal | undefined;
  private authorization: string | null = null;
  private scheme: "https" | "http" | null = null;

  constructor(reference: RegistryReference, patience: Patience, signal?: AbortSignal) {
    this.reference = reference;
    this.patience = patience;
    this.signal = signal;
  }

  /** A manifest or index by tag or digest, with its media type. */
  async manifest(name: string): Promise<{ readonly text: string; readonly mediaType: string }> {
    const answer = await this.get(`manifests/${name}`, { Accept: MANIFEST_TYPES });
    const mediaType = (answer.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
    if (/docker\.distribution\.manifest\.v1\b/.test(mediaType)) {
      answer.body.destroy();
      throw new UserError(`${this.reference.repository} is stored in a format of 2015 (schema 1).`, {
        help: "Pull it and push it again with a newer docker.",
      });
    }
    return { text: await textOf(answer, this.patience), mediaType };
  }

  /** A small blob, such as a configuration. */
  async document(digest: string): Promise<string> {
    return textOf(await this.get(`blobs/${digest}`, {}), this.patience);
  }

  /** A blob from this byte on; the answer's status is 206 where the registry can do that, else 200. */
  async blob(digest: string, from: number): Promise<Answer> {
    return this.get(`blobs/${digest}`, from === 0 ? {} : { Range: `bytes=${from}-` });
  }

  private async get(path: string, headers: { readonly [name: string]: string }): Promise<Answer> {
    let wasRefused = false;
    for (let tries = 1; ; ) {
      const answer = await this.sendTo(path, headers);
      const { status } = answer;
      if (status === 200 || status === 206) return answer;
      answer.body.destroy();
      if (status === 401 && !wasRefused) {
        wasRefused = true;
        await this.authorize(answer);
      } else if ((status === 429 || status >= 500) && tries < MAX_TRIES) {
        tries += 1;
        await setTimeout(
          this.pauseOf(answer),
          undefined,
          this.signal === undefined ? {} : { signal: this.signal },
        );
      } else throw this.failure(status, path);
    }
  }

  private async authorize(answer: Answer): Promise<void> {
    const challenge = answer.headers["www-authenticate"];
    // A layer's own host, behind a redirect, is not the registry: it gets no credentials.
    if (challenge === undefined || answer.url.host !== this.reference.host) throw this.failure(401, "");
    const found = await authorizationFor(challenge, this.reference, this.patience, this.signal);
    if (found === null) throw refused(this.reference, false);
    this.authorization = found;
  }

  private async sendTo(path: string, headers: { readonly [name: string]: string }): Promise<Answer> {
    const { host, repository } = this.reference;
    const authorized = this.authorization === null ? {} : { Authorization: this.authorization };
    const request = (scheme: string): Promise<Answer> =>
      send(
        {
          url: new URL(`${scheme}://${host}/v2/${repository}/${path}`),
          headers: { ...headers, ...authorized },
          ...(this.signal === undefined ? {} : { signal: this.signal }),
        },
        this.patience,
      );
    if (this.scheme !== null) return request(this.scheme);
    // A registry on this machine mostly speaks plain HTTP; whether it does is seen when it can't do better.
    const answer = await request("https").catch((error: unknown) => {
      if (!isLoopback(host) || !isNotTls(error)) throw error;
      return null;
    });
    this.scheme = answer === null ? "http" : "https";
    return answer ?? request(this.scheme);
  }

  private pauseOf({ headers }: Answer): number {
    const seconds = Number(headers["retry-after"]);
    return Number.isFinite(seconds) && seconds >= 0
      ? Math.min(seconds * 1000, LONGEST_PAUSE)
      : this.patience.pause;
  }

  private failure(status: number, path: string): Error {
    const { host, repository, tag, digest } = this.reference;
    if (status === 401 || status === 403) return refused(this.reference, this.authorization !== null);
    if (status === 404) {
      const name = `${repository}${digest === null ? `:${tag}` : `@${digest}`}`;
      const isManifest = path.startsWith("manifests/");
      return new UserError(
        isManifest
          ? `The registry ${host} has no image ${name}.`
          : `The registry ${host} lacks a part of ${name}.`,
        { help: isManifest ? "Check the name and the tag, or push it first." : "Push the image again." },
      );
    }
    const reason = status === 429 ? "too many requests; try later, or log in" : `status ${status}`;
    return new EnvironmentError(`The registry ${host} does not give ${repository}: ${reason}.`);
  }
}

/** Whether the other end answered in something else than TLS. */
function isNotTls(error: unknown): boolean {
  const code = ((error as Error).cause as { code?: string } | undefined)?.code ?? "";
  return code === "EPROTO" || code.startsWith("ERR_SSL");
}
