import { parentOf } from "../paths.ts";
import { headText, isMissing, resolvePath } from "./lookup.ts";
import type { FileEntry, ImageModel } from "./model.ts";

/** Who a process of the image runs as. */
export interface RunningUser {
  readonly uid: number;
  readonly gids: readonly number[];
}

const ROOT: RunningUser = { uid: 0, gids: [0] };

/** The files that tell what the names in USER stand for. */
export const USER_FILES = ["/etc/passwd", "/etc/group"] as const;

/** USER as numbers, as the engine reads it; `null` where a name can't be looked up. Root where it is empty. */
export function runningUser(image: Pick<ImageModel, "config" | "files">): RunningUser | null {
  const [name = "", group] = image.config.User.split(":", 2);
  const users = table(image, "/etc/passwd");
  const groups = table(image, "/etc/group");
  if (name === "" && group === undefined) return ROOT;
  const entry = users?.find((fields) => fields[0] === (name === "" ? "root" : name) || fields[2] === name);
  const uid = name === "" ? 0 : (numeric(name) ?? numeric(entry?.[2]));
  if (uid === null) return name === "root" ? ROOT : null;
  // An account that is not listed gets group 0.
  const own = users === null ? (uid === 0 ? 0 : null) : (numeric(entry?.[3]) ?? 0);
  const given =
    group === undefined
      ? own
      : (numeric(group) ?? numeric(groups?.find((fields) => fields[0] === group)?.[2]));
  if (given === null) return null;
  const account = entry?.[0];
  const others =
    group !== undefined || account === undefined
      ? []
      : (groups ?? []).flatMap((fields) => {
          const id = numeric(fields[2]);
          return id !== null && (fields[3] ?? "").split(",").includes(account) ? [id] : [];
        });
  return { uid, gids: [given, ...others] };
}

/** Whether the user may execute a file, or search a folder. Root may where anybody may. */
export function mayExecute({ mode, uid, gid, type }: FileEntry, user: RunningUser): boolean {
  if (user.uid === 0) return type === "directory" || (mode & 0o111) !== 0;
  if (user.uid === uid) return (mode & 0o100) !== 0;
  return (mode & (user.gids.includes(gid) ? 0o010 : 0o001)) !== 0;
}

/** The first folder on the way to a file that the user may not enter; `null` where none is known. */
export function closedFolder(
  image: Pick<ImageModel, "files">,
  path: string,
  user: RunningUser,
): FileEntry | null {
  const folders: string[] = [];
  for (let folder = parentOf(path); folder !== "/"; folder = parentOf(folder)) folders.unshift(folder);
  for (const folder of folders) {
    const entry = resolvePath(image.files, folder)?.entry;
    if (entry?.type === "directory" && !mayExecute(entry, user)) return entry;
  }
  return null;
}

/** The lines of a file of colon-separated fields; none where there is no such file, `null` where it was not read. */
function table(image: Pick<ImageModel, "files">, path: string): string[][] | null {
  if (isMissing(image.files, path)) return [];
  const entry = resolvePath(image.files, path)?.entry;
  if (entry === undefined || entry.size > (entry.head?.length ?? 0)) return null;
  return (headText(entry) ?? "").split("\n").map((line) => line.split(":"));
}

function numeric(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}
