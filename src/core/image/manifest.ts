import { jsonIsDeeper } from "../depth.ts";
import { UserError } from "../errors.ts";
import { imageConfigOf, type RawImageConfig } from "./config.ts";
import { LIMITS, LimitError } from "./limits.ts";
import type { HistoryEntry, ImageConfig, Platform } from "./model.ts";

/** A descriptor of the OCI image specification, as far as trainlint reads it. */
export interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number | null;
  readonly platform: Platform | null;
  readonly annotations: { readonly [name: string]: unknown };
}

/** One image: its configuration and its layers, oldest first. */
export interface ImageManifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** One image of what `docker save` writes, by the names of its parts in the archive. */
export interface SavedImage {
  readonly config: string;
  /** Oldest first. */
  readonly layers: readonly string[];
  readonly tags: readonly string[];
}

/** The parts of a configuration blob. */
export interface ConfigBlob {
  /** Digests of the unpacked layers, oldest first. */
  readonly diffIds: readonly string[];
  readonly config: ImageConfig;
  readonly platform: Platform;
  readonly history: readonly HistoryEntry[];
}

type Fields = { readonly [name: string]: unknown };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** SageMaker's instance types run this, so it is what is meant where nothing else is said. */
const USUAL_PLATFORM = "linux/amd64";

const REFERENCE_NAMES = ["org.opencontainers.image.ref.name", "io.containerd.image.name"];

/** The value of a JSON text; `what` names it in the error. */
export function parseImageJson(text: string, what: string): Fields {
  const depth = LIMITS["json-depth"].value;
  if (jsonIsDeeper(text, depth)) {
    throw new LimitError("json-depth", `${what} nests values more than ${depth} levels deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(`${what} is not valid JSON`, error);
  }
  return fieldsOf(value, what);
}

/** The descriptors of an index, or `null` when the document is no index. */
export function indexManifests(document: Fields, what: string): readonly Descriptor[] | null {
  if (!Array.isArray(document.manifests)) return null;
  return bounded(document.manifests, what).map((item) => descriptor(item, what));
}

/** An image manifest, OCI or Docker schema 2. */
export function imageManifest(document: Fields, what: string): ImageManifest {
  if (!Array.isArray(document.layers)) throw damaged(`${what} is neither an image manifest nor an index`);
  return {
    config: descriptor(document.config, what),
    layers: bounded(document.layers, what).map((item) => descriptor(item, what)),
  };
}

/** The images that manifest.json lists. */
export function savedImages(text: string, what: string): readonly SavedImage[] {
  const list = parseImageJson(`{"images":${text}}`, what).images;
  if (!Array.isArray(list)) throw damaged(`${what} is not a list of images`);
  return bounded(list, what).map((item) => {
    const image = fieldsOf(item, what);
    if (typeof image.Config !== "string") throw damaged(`${what} names no configuration`);
    return { config: image.Config, layers: words(image.Layers, what), tags: words(image.RepoTags, what) };
  });
}

/** Whether this is no image but a note about one: where it comes from, or what is in it. */
export function isAttestation(item: Descriptor): boolean {
  if (item.annotations["vnd.docker.reference.type"] !== undefined) return true;
  return item.platform?.os === "unknown" && item.platform.architecture === "unknown";
}

/** Whether an index calls one of its images by this name: a tag, or a whole reference with that tag. */
export function isCalled(item: Descriptor, name: string): boolean {
  return REFERENCE_NAMES.some((key) => {
    const called = item.annotations[key];
    return called === name || (typeof called === "string" && called.endsWith(`:${name}`));
  });
}

/**
 * The one image of an index: attestations are left out, then the platform asked for, else linux/amd64 when there
 * are several.
 *
 * @throws UserError when none fits or the choice is open.
 */
export function chooseManifest(
  manifests: readonly Descriptor[],
  wanted: string | undefined,
  what: string,
): Descriptor {
  const images = manifests.filter((item) => !isAttestation(item));
  const names = images.map((item) => (item.platform === null ? item.digest : platformName(item.platform)));
  let fitting = images.filter((item) => wanted === undefined || fits(item, wanted));
  if (wanted === undefined && differ(fitting)) {
    const usual = images.filter((item) => item.platform !== null && fits(item, USUAL_PLATFORM));
    if (usual.length > 0) fitting = usual;
  }
  const [first] = fitting;
  if (first === undefined) {
    throw new UserError(`${what} has no image${wanted === undefined ? "" : ` for ${wanted}`}.`, {
      help: names.length === 0 ? "Save the image again." : `It has: ${names.join(", ")}.`,
    });
  }
  if (differ(fitting)) {
    throw new UserError(`${what} has several images: ${names.join(", ")}.`, {
      help: "Name one: by --platform, or by a colon and its tag behind the path.",
    });
  }
  return first;
}

function differ(images: readonly Descriptor[]): boolean {
  return images.some((item) => item.digest !== images[0]?.digest);
}

function fits(item: Descriptor, wanted: string): boolean {
  return item.platform === null || platformFits(item.platform, wanted);
}

/** Reads the configuration blob of an image. */
export function configBlob(document: Fields, what: string): ConfigBlob {
  const diffIds = words(fieldsOf(document.rootfs ?? {}, what).diff_ids, what);
  const wrong = bounded(diffIds, what).find((digest) => !DIGEST.test(String(digest)));
  if (wrong !== undefined) throw damaged(`${what} lists a layer without a sha256 digest`);
  const history = Array.isArray(document.history) ? document.history : [];
  let layer = 0;
  return {
    diffIds,
    config: imageConfigOf(checkedConfig(document.config, what)),
    platform: {
      os: text(document.os) ?? "linux",
      architecture: text(document.architecture) ?? "",
      variant: text(document.variant),
    },
    history: history.map((item: unknown) => {
      const entry = fieldsOf(item, what);
      const made = entry.empty_layer === true ? null : (diffIds[layer++] ?? null);
      return { createdBy: text(entry.created_by) ?? "", layer: made };
    }),
  };
}

/** `os/architecture[/variant]`. */
export function platformName({ os, architecture, variant }: Platform): string {
  return `${os}/${architecture}${variant === null ? "" : `/${variant}`}`;
}

/** Whether an image for this platform is one for `wanted`, `os/architecture[/variant]`. */
export function platformFits(platform: Platform, wanted: string): boolean {
  const [os, architecture, variant] = wanted.split("/");
  if (platform.os !== os || platform.architecture !== architecture) return false;
  // There is only this one of it, and it is left out more often than not.
  const usual = architecture === "arm64" ? "v8" : null;
  return variant === undefined || (platform.variant ?? usual) === variant;
}

function checkedConfig(value: unknown, what: string): RawImageConfig {
  const config = fieldsOf(value ?? {}, what);
  for (const name of ["Entrypoint", "Cmd", "Env", "Shell"]) {
    const list = config[name] ?? [];
    if (typeof list === "string" && (name === "Entrypoint" || name === "Cmd")) continue;
    if (!Array.isArray(list) || list.some((item) => typeof item !== "string")) {
      throw damaged(`${what} has a ${name} that is not a list of strings`);
    }
  }
  for (const name of ["User", "WorkingDir", "StopSignal"]) {
    if (typeof (config[name] ?? "") !== "string") throw damaged(`${what} has a ${name} that is not a string`);
  }
  for (const name of ["Volumes", "ExposedPorts", "Labels", "Healthcheck"]) {
    fieldsOf(config[name] ?? {}, `${name} in ${what}`);
  }
  return config as RawImageConfig;
}

function descriptor(value: unknown, what: string): Descriptor {
  const fields = fieldsOf(value, what);
  const digest = text(fields.digest) ?? "";
  if (!DIGEST.test(digest)) throw damaged(`${what} has a descriptor without a sha256 digest`);
  const platform = fields.platform === undefined ? null : fieldsOf(fields.platform, what);
  return {
    digest,
    mediaType: text(fields.mediaType) ?? "",
    size: typeof fields.size === "number" ? fields.size : null,
    platform:
      platform === null
        ? null
        : {
            os: text(platform.os) ?? "",
            architecture: text(platform.architecture) ?? "",
            variant: text(platform.variant),
          },
    annotations: fieldsOf(fields.annotations ?? {}, what),
  };
}

function bounded(list: readonly unknown[], what: string): readonly unknown[] {
  if (list.length > LIMITS.parts.value) throw new LimitError("parts", `${what} lists ${list.length} parts`);
  return list;
}

/** A list of strings; nothing at all is an empty one. */
function words(value: unknown, what: string): readonly string[] {
  const list: unknown = value ?? [];
  if (!Array.isArray(list) || list.some((item) => typeof item !== "string")) {
    throw damaged(`${what} has something else where a list of names belongs`);
  }
  return list;
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw damaged(`${what} is not a JSON object`);
  }
  return value as Fields;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function damaged(message: string, cause?: unknown): UserError {
  return new UserError(`${message}.`, { help: "The image is damaged; save it again.", cause });
}
