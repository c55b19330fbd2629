import { dirname, join } from "node:path";
import { kindOf } from "./kind.ts";

/** The path of the nearest file with one of `names`, from `folder` upwards; `null` when there is none. */
export async function findUpwards(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const path = join(folder, name);
    if ((await kindOf(path)) === "file") return path;
  }
  const parent = dirname(folder);
  return parent === folder ? null : await findUpwards(parent, names);
}
