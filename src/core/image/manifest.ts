import { UserError } from "../errors.ts";
import { imageConfigOf, type RawImageConfig } from "./config.ts";
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

/** The parts of a configuration blob. */
export interface ConfigBlob {
  readonly config: ImageConfig;
  readonly platform: Platform;
  readonly history: readonly HistoryEntry[];
}

type Fields = { readonly [name: string]: unknown };

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_LAYERS = 1000;

/** The value of a JSON text; `what` names it in the error. */
export function parseImageJson(text: string, what: string): Fields {
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

/**
 * The one image of an index: attestations are left out, then the platform asked for, else this one when it is
 * among several.
 *
 * @throws UserError when none fits or the choice is open.
 */
export function chooseManifest(
  manifests: readonly Descriptor[],
  wanted: string | undefined,
  what: string,
): Descriptor {
  const images = manifests.filter((item) => item.annotations["vnd.docker.reference.type"] === undefined);
  const fitting =
    wanted === undefined
      ? images
      : images.filter((item) => item.platform === null || platformFits(item.platform, wanted));
  const [first, ...others] = fitting;
  const names = images.map((item) => (item.platform === null ? item.digest : platformName(item.platform)));
  if (first === undefined) {
    throw new UserError(`${what} has no image${wanted === undefined ? "" : ` for ${wanted}`}.`, {
      help: names.length === 0 ? "Save the image again." : `It has: ${names.join(", ")}.`,
    });
  }
  if (others.some((item) => item.digest !== first.digest)) {
    throw new UserError(`${what} has several images: ${names.join(", ")}.`, {
      help: "Name one with --platform, or save a single image.",
    });
  }
  return first;
}

/** Reads the configuration blob; `layers` are the digests that the history's entries are matched with. */
export function configBlob(document: Fields, layers: readonly string[], what: string): ConfigBlob {
  const history = Array.isArray(document.history) ? document.history : [];
  let layer = 0;
  return {
    config: imageConfigOf(checkedConfig(document.config, what)),
    platform: {
      os: text(document.os) ?? "linux",
      architecture: text(document.architecture) ?? "",
      variant: text(document.variant),
    },
    history: history.map((item: unknown) => {
      const entry = fieldsOf(item, what);
      const made = entry.empty_layer === true ? null : (layers[layer++] ?? null);
      return { createdBy: text(entry.created_by) ?? "", layer: made };
    }),
  };
}

/** `os/architecture[/variant]`. */
export function platformName({ os, architecture, variant }: Platform): string {
  return `${os}/${architecture}${variant === null ? "" : `/${variant}`}`;
}

function platformFits(platform: Platform, wanted: string): boolean {
  const [os, architecture, variant] = wanted.split("/");
  return (
    platform.os === os &&
    platform.architecture === architecture &&
    (variant === undefined || platform.variant === variant)
  );
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
  if (list.length > MAX_LAYERS) throw damaged(`${what} lists more than ${MAX_LAYERS} parts`);
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
