import { dirname, join } from "node:path";
import { readTextFileIfThere } from "./read.ts";

/** The nearest file with one of `names`, from `folder` upwards; `null` when there is none. */
export async function findUpwards(
  folder: string,
  names: readonly string[],
): Promise<{ readonly path: string; readonly text: string } | null> {
  for (const name of names) {
    const path = join(folder, name);
    const text = await readTextFileIfThere(path);
    if (text !== null) return { path, text };
  }
  const parent = dirname(folder);
  return parent === folder ? null : await findUpwards(parent, names);
}
