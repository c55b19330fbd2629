import { closedFolder, mayExecute, runningUser, USER_FILES } from "../image/access.ts";
import { findCommand, pathFolders, resolvePath, walkPath } from "../image/lookup.ts";
import type { FileEntry } from "../image/model.ts";
import { absolutePath } from "../paths.ts";
import type { ImageParts } from "./image-files.ts";
import type { ProgramFiles } from "./program-files.ts";

/** What the engine finds when it is to run `train` in an image. */
export type TrainInImage =
  | { readonly kind: "runs" }
  | { readonly kind: "not-executable"; readonly entry: FileEntry }
  /** Executable, but not by the user of the image. */
  | { readonly kind: "not-permitted"; readonly entry: FileEntry }
  /** In a folder that the user of the image may not enter. */
  | { readonly kind: "closed-folder"; readonly entry: FileEntry; readonly folder: string }
  /** On PATH there is only a link that leads nowhere. */
  | { readonly kind: "dangling"; readonly link: FileEntry }
  /** Not on PATH, but in the working folder or where the samples of SageMaker have it. */
  | { readonly kind: "elsewhere"; readonly entry: FileEntry }
  | { readonly kind: "absent" };

/** Where a `train` is often left without being on PATH. */
const USUAL_PLACE = "/opt/program/train";

/** Looks `train` up as the engine does: on PATH, through links, with the permissions of the user that runs. */
export function trainInImage(image: ImageParts, files: ProgramFiles): TrainInImage {
  const { config } = image;
  if (config.User !== "") for (const path of USER_FILES) files.program(path);
  files.program("train");
  const { executable, notExecutable } = findCommand(image, "train");
  const entry = executable?.entry;
  if (entry !== undefined) return permissionOf(image, entry);
  if (notExecutable !== null) return { kind: "not-executable", entry: notExecutable.entry };
  for (const folder of pathFolders(config)) {
    const path = absolutePath(folder, "train");
    const link = walkPath(image.files, path).steps.at(-1);
    if (link?.type === "symlink" && resolvePath(image.files, path) === null)
      return { kind: "dangling", link };
  }
  for (const path of [absolutePath(config.WorkingDir || "/", "train"), USUAL_PLACE]) {
    files.program(path);
    const found = resolvePath(image.files, path)?.entry;
    if (found?.type === "file" || found?.type === "hardlink") return { kind: "elsewhere", entry: found };
  }
  return { kind: "absent" };
}

function permissionOf(image: ImageParts, entry: FileEntry): TrainInImage {
  const user = runningUser(image);
  if (user === null || user.uid === 0) return { kind: "runs" };
  const folder = closedFolder(image, entry.path, user);
  if (folder !== null) return { kind: "closed-folder", entry, folder: folder.path };
  return entry.type === "file" && !mayExecute(entry, user)
    ? { kind: "not-permitted", entry }
    : { kind: "runs" };
}
