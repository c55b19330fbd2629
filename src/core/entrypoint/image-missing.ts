import { isMissing, pathFolders, resolvePath } from "../image/lookup.ts";
import { absolutePath, isWithin } from "../paths.ts";
import { OPT_ML } from "../sagemaker.ts";
import type { ImageParts } from "./image-files.ts";
import { imageLaunch } from "./launch-words.ts";
import { lookUp, type NamedFile, namedFiles } from "./named-files.ts";
import type { ProgramFiles } from "./program-files.ts";

/** A file that an image's ENTRYPOINT names and that is not in the image. */
export interface MissingFile {
  readonly kind: "missing" | "folder";
  readonly named: NamedFile;
  /** Where it is looked for. */
  readonly places: readonly string[];
}

/** The first file that the ENTRYPOINT of an image names and that is not there; `null` where there is none. */
export function missingFile(image: ImageParts, files: ProgramFiles): MissingFile | null {
  for (const named of namedFiles(imageLaunch(image.config))) {
    const places = placesOf(image, named);
    // What lies under /opt/ml may come with the job.
    if (lookUp(named, files) || places.some((path) => isWithin(path, OPT_ML))) continue;
    if (places.every((path) => isMissing(image.files, path))) return { kind: "missing", named, places };
    const folder = places.find((path) => resolvePath(image.files, path)?.entry.type === "directory");
    // Python runs a folder with a __main__.py in it.
    const isFolder = folder !== undefined && (named.as === "program" || named.by.endsWith("sh"));
    if (isFolder) return { kind: "folder", named, places: [folder] };
  }
  return null;
}

function placesOf({ config }: ImageParts, { value, as, by }: NamedFile): string[] {
  const here = absolutePath(config.WorkingDir || "/", value);
  if (value.includes("/")) return [here];
  const onPath = pathFolders(config).map((folder) => absolutePath(folder, value));
  if (as === "program") return onPath;
  return /sh$/.test(by) ? [here, ...onPath] : [here];
}
