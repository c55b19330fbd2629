import type { DockerfileModel } from "../dockerfile/model.ts";
import { inText, type Location, type Related } from "../finding.ts";
import type { ImageModel } from "../image/model.ts";
import type { Range } from "../text.ts";
import type { ProgramFile } from "./program-files.ts";
import type { CommandWord } from "./wrappers.ts";

/** Something in a file that the command line leads to. */
export interface InFile {
  /** The word of the command line that leads there. */
  readonly word: CommandWord;
  /** `null` where the command line itself says it. */
  readonly file: ProgramFile | null;
  /** Where in the file; `null` for the file as a whole. */
  readonly range: Range | null;
  /** One sentence on what stands there, for the related place. */
  readonly note: string;
}

/**
 * Where to report it for a Dockerfile: in its here-document, where it stands in one; else the word of the
 * ENTRYPOINT, or what places the file where there is no ENTRYPOINT. A script of the context is a related place.
 */
export function placeInDockerfile(
  dockerfile: DockerfileModel,
  { word, file, range, note }: InFile,
): { at: Location; related?: Related[] } {
  const origin = file?.origin;
  if (origin?.kind === "dockerfile" && range !== null) return { at: inText(dockerfile.path, range) };
  const placed = origin === undefined || origin.kind === "image" ? undefined : origin.placed;
  const { instruction } = dockerfile.config.entrypoint;
  const own = instruction?.keyword === "ENTRYPOINT" ? instruction.range : undefined;
  const at = inText(dockerfile.path, word.range ?? own ?? placed ?? dockerfile.target.from.range);
  if (origin?.kind !== "context" || range === null) return { at };
  return { at, related: [{ location: inText(origin.path, range), message: note }] };
}

/** Where to report it for an image: the file, or the ENTRYPOINT. */
export function placeInImage(image: ImageModel, file: ProgramFile | null): Location {
  if (file?.origin.kind !== "image") {
    return { kind: "image-config", image: image.name, pointer: "/config/Entrypoint" };
  }
  const { layer, path } = file.origin.entry;
  return { kind: "image-file", image: image.name, layer, path, instruction: null };
}
