import { survivingPlaces } from "../dockerfile/effects/surviving.ts";
import { writtenText } from "../dockerfile/effects/written-text.ts";
import type { DockerfileModel, Instruction, PlaceEffect, ShellCommand } from "../dockerfile/model.ts";
import { pathEntries } from "../dockerfile/path-list.ts";
import type { Location } from "../finding.ts";
import { environmentOf, filesUnder, headText } from "../image/lookup.ts";
import type { FileQuery, ImageConfig, ImageModel } from "../image/model.ts";
import { absolutePath, isWithin } from "../paths.ts";
import { type Range, rangeAt } from "../text.ts";

export const LIBRARY_PATH = "LD_LIBRARY_PATH";

const LINKER_CONFIG = "/etc/ld.so.conf";
const LINKER_FOLDER = "/etc/ld.so.conf.d";

/** A folder in which programs look for shared libraries when they start. */
export interface LibraryFolder {
  readonly path: string;
  /** `variable`: LD_LIBRARY_PATH, searched first. `linker`: ld.so.conf, searched last. */
  readonly by: "variable" | "linker";
  /** Where it is said: a stretch of the Dockerfile, or a file of the image; `null` for a base image. */
  readonly range: Range | null;
  readonly instruction: Instruction | null;
  readonly file: string | null;
}

/** The folders that a Dockerfile adds to the search for libraries. */
export function libraryFolders(dockerfile: DockerfileModel): LibraryFolder[] {
  const byVariable = pathEntries(dockerfile, LIBRARY_PATH).map(
    ({ path, at }): LibraryFolder => ({
      path,
      by: "variable",
      range: at?.range ?? null,
      instruction: at?.instruction ?? null,
      file: null,
    }),
  );
  return [...byVariable, ...configuredFolders(dockerfile)];
}

function configuredFolders(dockerfile: DockerfileModel): LibraryFolder[] {
  const places = survivingPlaces(dockerfile.effects).filter(({ path }) => isLinkerConfig(path));
  const written = places.flatMap((place): LibraryFolder[] =>
    linesOf(place.content?.text ?? "").map((line) => ({
      path: line,
      by: "linker",
      range: writtenAt(dockerfile, place, line),
      instruction: place.instruction,
      file: place.path,
    })),
  );
  const kept = new Set(places.map(({ path }) => path));
  return [...written, ...dockerfile.commands.flatMap((command) => appendedFolders(command, kept))];
}

/** `echo FOLDER >> /etc/ld.so.conf.d/x.conf` */
function appendedFolders(command: ShellCommand, kept: ReadonlySet<string>): LibraryFolder[] {
  const target = command.redirects.find(({ operator }) => operator === ">>")?.target?.value ?? null;
  if (target === null || !isLinkerConfig(target) || !kept.has(absolutePath("/", target))) return [];
  const lines = linesOf(writtenText(command)?.text ?? "");
  return lines.map((line) => ({
    path: line,
    by: "linker",
    range: command.argv.find((word) => word.value?.includes(line) === true)?.range ?? command.range,
    instruction: command.instruction,
    file: target,
  }));
}

function isLinkerConfig(path: string): boolean {
  return path === LINKER_CONFIG || (isWithin(path, LINKER_FOLDER) && path.endsWith(".conf"));
}

/** The word of a command that writes the line, the line of a here-document, else what places the file. */
function writtenAt(dockerfile: DockerfileModel, place: PlaceEffect, line: string): Range {
  if (place.by === "COPY" || place.by === "ADD" || place.content === null) return place.range;
  const own = dockerfile.commands.filter(({ instruction }) => instruction === place.instruction);
  const word = own.flatMap(({ argv }) => argv).find(({ value }) => value?.includes(line) === true);
  const start = place.content.text.indexOf(line);
  return word?.range ?? rangeAt(place.content, start, start + line.length);
}

/** The folders that the text of a linker configuration names. */
function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => (line.trim().startsWith("/") ? [line.trim()] : []));
}

/** What must be read of an image to know its library folders, and what is in those that `wanted` names. */
export function libraryQueries(config: ImageConfig, wanted: (path: string) => boolean): FileQuery[] {
  const folders = variableFolders(config).filter((path) => wanted(path));
  return [
    { kind: "path", path: LINKER_CONFIG, head: 16_384 },
    { kind: "tree", path: LINKER_FOLDER, head: 16_384 },
    ...folders.map((path) => ({ kind: "tree" as const, path })),
  ];
}

/** The folders in which the programs of an image look for libraries. */
export function imageLibraryFolders(image: ImageModel): LibraryFolder[] {
  const byVariable = variableFolders(image.config).map(
    (path): LibraryFolder => ({ path, by: "variable", range: null, instruction: null, file: null }),
  );
  const configs = [image.files.visible.get(LINKER_CONFIG), ...filesUnder(image.files, LINKER_FOLDER)];
  const byLinker = configs.flatMap((entry): LibraryFolder[] => {
    if (entry === undefined || entry.type !== "file" || !isLinkerConfig(entry.path)) return [];
    return linesOf(headText(entry) ?? "").map((line) => ({
      path: line,
      by: "linker",
      range: null,
      instruction: null,
      file: entry.path,
    }));
  });
  return [...byVariable, ...byLinker];
}

/** Where an image says that a folder is searched. */
export function folderPlace(image: ImageModel, folder: LibraryFolder): Location {
  if (folder.file === null) return { kind: "image-config", image: image.name, pointer: "/config/Env" };
  const layer = image.files.visible.get(folder.file)?.layer ?? null;
  return { kind: "image-file", image: image.name, layer, path: folder.file, instruction: null };
}

function variableFolders(config: ImageConfig): string[] {
  const value = environmentOf(config).get(LIBRARY_PATH) ?? "";
  return value.split(":").flatMap((path) => (path.startsWith("/") ? [absolutePath("/", path)] : []));
}
