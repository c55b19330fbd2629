import { splitReference } from "../dockerfile/bases.ts";
import { survivingPlaces } from "../dockerfile/effects/surviving.ts";
import type { DockerfileModel, PlaceEffect } from "../dockerfile/model.ts";
import { pathFoldersOf } from "../dockerfile/path-folders.ts";
import { openCommand } from "../dockerfile/unseen.ts";
import { absolutePath, baseName, isWithin, parentOf } from "../paths.ts";
import { dockerfileFiles } from "./dockerfile-files.ts";
import { plannedStart } from "./launch-words.ts";
import { lookUp, type NamedFile, namedFiles } from "./named-files.ts";

/** Why a file that the ENTRYPOINT of a Dockerfile names will not be found. */
export type Misplaced =
  /** `$NAME` in exec form, which nobody expands. */
  | { readonly kind: "variable"; readonly named: NamedFile }
  /** It is looked for at `path`, and placed at `placed`. */
  | {
      readonly kind: "other-place";
      readonly named: NamedFile;
      readonly path: string;
      readonly placed: string;
    }
  /** It is placed at `placed`, in a folder that PATH does not have. */
  | { readonly kind: "not-on-path"; readonly named: NamedFile; readonly placed: string }
  /** `python` where packages bring only `python3`. */
  | { readonly kind: "not-installed"; readonly named: NamedFile };

/** The first file that an ENTRYPOINT names and that will not be there; `null` where none is known. */
export function misplaced(dockerfile: DockerfileModel): Misplaced | null {
  const start = plannedStart(dockerfile);
  const { instruction } = dockerfile.config.entrypoint;
  if (start === null || instruction === null) return null;
  const files = dockerfileFiles(dockerfile);
  for (const named of namedFiles(start.argv)) {
    if (start.byEngine && /\$(?:\w|\{)/.test(named.value)) return { kind: "variable", named };
    if (lookUp(named, files) || !isWholeKnown(dockerfile)) continue;
    const found = notFound(dockerfile, named);
    if (found !== null) return found;
  }
  return null;
}

function notFound(dockerfile: DockerfileModel, named: NamedFile): Misplaced | null {
  const { value, as } = named;
  const { workingDir } = dockerfile.config;
  const isPath = as === "script" || value.includes("/");
  if (!isPath) {
    const folders = pathFoldersOf(dockerfile);
    const places = placesOf(dockerfile, value).filter((path) => !folders.includes(parentOf(path)));
    const placed = places[0];
    const reached = folders.some((folder) => mayBePlaced(dockerfile, absolutePath(folder, value)));
    if (placed !== undefined && !reached) return { kind: "not-on-path", named, placed };
    return isWithoutPython(dockerfile, named) ? { kind: "not-installed", named } : null;
  }
  if (!value.startsWith("/") && !workingDir.known) return null;
  const path = absolutePath(workingDir.known ? workingDir.value : "/", value);
  const placed = placesOf(dockerfile, baseName(value))[0];
  return placed === undefined || mayBePlaced(dockerfile, path)
    ? null
    : { kind: "other-place", named, path, placed };
}

/** Whether everything that the build brings can be told: the base is known, and nothing unseen runs. */
function isWholeKnown(dockerfile: DockerfileModel): boolean {
  const { base } = dockerfile;
  const kind = base.kind === "image" ? base.known?.kind : base.kind;
  const isKnown = kind === "scratch" || kind === "plain" || kind === "cuda";
  return isKnown && openCommand(dockerfile) === null;
}

/** Where files of this name are copied to. */
function placesOf(dockerfile: DockerfileModel, name: string): string[] {
  const { context } = dockerfile;
  return survivingPlaces(dockerfile.effects).flatMap((place) => {
    if (place.conditional || (place.by !== "COPY" && place.by !== "ADD")) return [];
    if (place.extent === "file") return baseName(place.path) === name ? [place.path] : [];
    const source = place.sources[0];
    if (place.extent !== "below" || place.from !== null || context === null || source === undefined)
      return [];
    if (/[*?[]|:\/\//.test(source)) return [];
    const inContext = absolutePath("/", `${source}/${name}`).slice(1);
    return context.file(inContext) === null ? [] : [absolutePath(place.path, name)];
  });
}

/** Whether some effect may put a file at `path`; what the build context shows is known. */
function mayBePlaced(dockerfile: DockerfileModel, path: string): boolean {
  return dockerfile.effects.some((effect) => {
    if (effect.kind === "link") return isWithin(path, effect.path);
    if (effect.kind !== "place") return false;
    if (effect.extent === "file") return effect.path === path;
    return isWithin(path, effect.path) && !isSeen(dockerfile, effect);
  });
}

/** Whether the context shows what a COPY brings; the file was looked for there already. */
function isSeen({ context }: DockerfileModel, effect: PlaceEffect): boolean {
  const copied = effect.from === null && (effect.by === "COPY" || effect.by === "ADD");
  const source = effect.sources[0] ?? "";
  return copied && context !== null && !/[*?[]|:\/\/|\.(?:tar|tgz|tbz2?|txz)(?:\.\w+)?$/.test(source);
}

/** Releases in which no package but those named for it brings `python`. */
const WITHOUT_PYTHON: readonly (readonly [RegExp, RegExp])[] = [
  [/^ubuntu$/, /^(?:2[02468]\.|focal|jammy|noble|latest|$)/],
  [/^debian$/, /^(?:1[1-9]|bullseye|bookworm|trixie|stable|latest|$)/],
  [/^(?:nvcr\.io\/)?nvidia\/cuda$/, /ubuntu2[02468]\.04/],
];

/** `python` on Debian or Ubuntu, where only packages are installed and none of them is for it. */
function isWithoutPython(dockerfile: DockerfileModel, { value }: NamedFile): boolean {
  const { base } = dockerfile;
  if (value !== "python" || base.kind !== "image") return false;
  const { repository, tag } = splitReference(base.reference);
  if (!WITHOUT_PYTHON.some(([name, tags]) => name.test(repository) && tags.test(tag))) return false;
  if (pathFoldersOf(dockerfile).some((folder) => mayBePlaced(dockerfile, absolutePath(folder, "python")))) {
    return false;
  }
  return dockerfile.effects.every(
    (effect) =>
      effect.kind !== "install" ||
      effect.manager === "pip" ||
      (effect.manager === "apt" &&
        effect.package !== null &&
        !/^python(?:$|2|-|:)|conda|pypy|\*/.test(effect.package)),
  );
}
