import { absolutePath } from "../paths.ts";
import type { FileEntry, FileType, ImageConfig, ImageModel } from "./model.ts";

/** A file of a composed image: its text, or what is not a plain text file. */
export type ComposedFile =
  | string
  | {
      readonly text?: string;
      readonly mode?: number;
      readonly owner?: number;
      readonly link?: string;
      readonly size?: number;
      readonly type?: FileType;
    };

/** Makes an image model by hand, for the examples of rules and for tests. */
export function composeImage(parts: {
  readonly config?: Partial<ImageConfig>;
  readonly files?: { readonly [path: string]: ComposedFile };
  /** Files that one layer ships and a later one deletes. */
  readonly hidden?: { readonly [path: string]: ComposedFile };
  readonly architecture?: string;
  readonly source?: string;
  readonly manifest?: ImageModel["manifest"];
  readonly index?: ImageModel["index"];
  readonly layers?: ImageModel["layers"];
}): ImageModel {
  const files = Object.entries(parts.files ?? {}).map(([path, file]) => entryOf(path, file));
  const hidden = Object.entries(parts.hidden ?? {}).map(([path, file]) => entryOf(path, file));
  return {
    kind: "image",
    name: "example:latest",
    source: parts.source ?? "docker",
    id: `sha256:${"0".repeat(64)}`,
    manifest: parts.manifest ?? null,
    index: parts.index ?? null,
    layers: parts.layers ?? [],
    base: null,
    platform: { os: "linux", architecture: parts.architecture ?? "amd64", variant: null },
    config: {
      Entrypoint: null,
      Cmd: null,
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      WorkingDir: "",
      User: "",
      Volumes: [],
      ExposedPorts: [],
      Labels: {},
      StopSignal: null,
      Shell: null,
      Healthcheck: null,
      ...parts.config,
    },
    history: [],
    depth: parts.hidden === undefined ? "files" : "layers",
    files: {
      visible: new Map(files.map((entry) => [entry.path, entry])),
      hidden,
      asked: [{ kind: "tree", path: "/" }],
    },
  };
}

function entryOf(path: string, file: ComposedFile): FileEntry {
  const details = typeof file === "string" ? { text: file } : file;
  const head =
    details.text === undefined ? null : Uint8Array.from(details.text, (char) => char.charCodeAt(0));
  return {
    path: absolutePath("/", path),
    type: details.type ?? (details.link === undefined ? "file" : "symlink"),
    size: details.size ?? head?.length ?? 0,
    mode: details.mode ?? 0o755,
    uid: details.owner ?? 0,
    gid: details.owner ?? 0,
    linkTarget: details.link ?? null,
    layer: null,
    head,
  };
}
