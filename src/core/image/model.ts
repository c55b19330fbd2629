import type { Healthcheck } from "../dockerfile/model.ts";
import type { JobModel } from "../job/model.ts";

/** The part of an OCI image configuration that trainlint reads; names as in the specification. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly User: string;
  readonly Volumes: readonly string[];
  readonly ExposedPorts: readonly string[];
  readonly Labels: { readonly [name: string]: string };
  readonly StopSignal: string | null;
  readonly Shell: readonly string[] | null;
  readonly Healthcheck: Healthcheck | null;
}

export interface Platform {
  readonly os: string;
  /** GOARCH spelling, e.g. `amd64`. */
  readonly architecture: string;
  readonly variant: string | null;
}

/** One entry of the image's history; `layer` is the digest of the layer it made, `null` for an empty one. */
export interface HistoryEntry {
  readonly createdBy: string;
  readonly layer: string | null;
}

export type FileType =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character-device"
  | "block-device"
  | "fifo"
  | "socket";

/** One path of the image as one layer has it. */
export interface FileEntry {
  /** Absolute, normalized, no trailing slash. */
  readonly path: string;
  readonly type: FileType;
  /** Bytes. */
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Symbolic link: as stored. Hard link: the absolute path of the other name. */
  readonly linkTarget: string | null;
  /** Digest of the layer; `null` where the source can't tell (an engine's flattened view). */
  readonly layer: string | null;
  /** The first bytes, where a rule asked for them (`FileQuery.head`). */
  readonly head: Uint8Array | null;
}

/**
 * What a rule wants to see of the file system.
 * `path`: one path, links followed on the way and at the end, each link seen. `tree`: a folder and all below it.
 */
export type FileQuery =
  | { readonly kind: "path"; readonly path: string; readonly head?: number }
  | { readonly kind: "tree"; readonly path: string; readonly head?: number };

/** How much of an image must be read; the deepest of the enabled rules wins. */
export type ImageDepth = "config" | "files" | "layers";

/**
 * What a rule needs of an image. `queries` may depend on the configuration (PATH, Entrypoint, ...) and, where a
 * training-job request is judged with the image, on what it starts.
 */
export interface ImageNeeds {
  readonly depth: ImageDepth;
  readonly queries?: (config: ImageConfig, job?: JobModel) => readonly FileQuery[];
  /**
   * What to look at next, now that these files are read: the interpreter that a script names, the loader of a
   * program. Asked again until it adds nothing, `MAX_ROUNDS` times at most.
   */
  readonly followUps?: (config: ImageConfig, files: FileIndex, job?: JobModel) => readonly FileQuery[];
}

/** The files that were read. Outside of what was asked for, a missing entry means nothing. */
export interface FileIndex {
  /** The visible entry of each path. */
  readonly visible: ReadonlyMap<string, FileEntry>;
  /** Entries that are shipped but hidden by a later layer, newest first; only known at depth `layers`. */
  readonly hidden: readonly FileEntry[];
  /** What was asked for: only there does "no entry" mean "not in the image". */
  readonly asked: readonly FileQuery[];
}

/** One layer. */
export interface LayerModel {
  /** Digest of the unpacked layer, as the configuration lists it: the same from every source. */
  readonly digest: string;
  /** Digest, media type and bytes as they are stored, where the source has a manifest. */
  readonly stored: {
    readonly digest: string;
    readonly mediaType: string;
    readonly size: number | null;
  } | null;
}

/** The image that this one is built on, as far as it is known. */
export interface ImageBase {
  readonly name: string;
  /** How many of the image's layers, oldest first, are the base's. */
  readonly layers: number;
  /** How many of the image's history entries, oldest first, are the base's. */
  readonly entries: number;
}

/** A list of images under one name, for several platforms or with notes about them. */
export interface ImageIndex {
  readonly mediaType: string;
  /** Those of its images, `os/architecture[/variant]`. */
  readonly platforms: readonly string[];
  /** How many of its entries are notes about an image: provenance, a bill of materials. */
  readonly attestations: number;
}

/** A built image, as far as the enabled rules needed it. */
export interface ImageModel {
  readonly kind: "image";
  /** As the user wrote it, without the source prefix. */
  readonly name: string;
  /** Which source served it, e.g. `docker`, `podman`, `docker-archive`. */
  readonly source: string;
  /** Digest of the configuration (the image id), `sha256:...`. */
  readonly id: string;
  /** Manifest digest and media type, where the source has a manifest. */
  readonly manifest: { readonly digest: string; readonly mediaType: string } | null;
  /** The index that the name leads to, where it leads to one instead of to a manifest. */
  readonly index: ImageIndex | null;
  /** Oldest first. */
  readonly layers: readonly LayerModel[];
  /** `null` where nobody said what it is built on, and it can't be told. */
  readonly base: ImageBase | null;
  readonly platform: Platform;
  readonly config: ImageConfig;
  readonly history: readonly HistoryEntry[];
  readonly depth: ImageDepth;
  readonly files: FileIndex;
}
