import type { Location } from "../core/finding.ts";
import { withoutTrailingSlashes } from "../core/paths.ts";
import type { ImageSource } from "./report.ts";

/** Where a finding is, for people: `Dockerfile:3:1`, `my-image:/opt/ml/x`, `run of my-image at sigterm`. */
export function placeText(location: Location): string {
  switch (location.kind) {
    case "text":
    case "job":
      return `${location.path}:${location.start.line}:${location.start.column}`;
    case "image-config":
      return `${location.image} ${location.pointer}`;
    case "image-file":
      return `${location.image}:${location.path}`;
    case "run":
      return `run of ${location.image}${momentText(location)}`;
  }
}

function momentText(location: Location & { kind: "run" }): string {
  const parts: string[] = [];
  if (location.event !== undefined) parts.push(`at ${location.event}`);
  if (location.stream !== undefined) {
    parts.push(location.line === undefined ? location.stream : `${location.stream} line ${location.line}`);
  }
  if (location.time !== undefined) parts.push(`${location.time.toFixed(1)} s`);
  return parts.length === 0 ? "" : ` ${parts.join(", ")}`;
}

/** The path and the 1-based place that line-based formats can point at; `null` where a finding has no file. */
export interface FilePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
}

/**
 * Where formats that know only files and lines put a finding: in its text; else on the line of the Dockerfile
 * that the image was built from; else at line 1 of `<image name without tag>/<path>`, which is no file of the
 * project but the same string for every build of the image.
 */
export function filePlace(location: Location, imageSource: ImageSource | null): FilePlace {
  if (location.kind === "text" || location.kind === "job") {
    const { start, end } = location;
    return {
      path: location.path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  }
  if (imageSource !== null) {
    return wholeLine(imageSource.path, knownLine(location, imageSource) ?? imageSource.line);
  }
  const inside = location.kind === "image-file" ? location.path.replace(/^\/+/, "") : "config.json";
  return wholeLine(`${shortImageName(location.image)}/${inside}`, 1);
}

/** The line of the Dockerfile that set the value or placed the file; `null` where none is known. */
export function knownLine(location: Location, { lines, files }: ImageSource): number | null {
  switch (location.kind) {
    case "image-config":
      return lines[location.pointer] ?? null;
    case "image-file":
      return files[location.path] ?? null;
    default:
      return null;
  }
}

function wholeLine(path: string, line: number): FilePlace {
  return { path, line, column: 1, endLine: line, endColumn: 1 };
}

/** The image's name without source prefix, registry, tag and digest: stable from build to build. */
export function shortImageName(image: string): string {
  const withoutSource = image.replace(/^(docker|podman|docker-archive|oci-dir|oci-archive|registry):/, "");
  const withoutDigest = withoutSource.replace(/@[A-Za-z0-9_+.-]+:[0-9a-fA-F]+$/, "");
  const last = withoutTrailingSlashes(withoutDigest).split("/").at(-1) ?? "";
  const name = last.replace(/:[^:]*$/, "");
  return name === "" || /^[0-9a-f]{12,64}$/.test(name) ? "image" : name;
}
