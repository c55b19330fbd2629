import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { mustRun } from "../setup/command.mjs";

const IMPORT = /(from\s+|import\()"(\.[^"]*)\.ts"/g;

/**
 * Writes the declarations that can be reached from `entry` (a path below `src`) into the folder `target`, with the
 * folders of `src`. Answers how many files that are: what the library exports decides it, not what it is made of.
 */
export async function declarations(root, entry, target) {
  const folder = await mkdtemp(join(tmpdir(), "trainlint-types-"));
  try {
    const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", folder];
    const tsc = join(root, "node_modules", ".bin", "tsc");
    await mustRun(tsc, ["-p", join(root, "tsconfig.library.json"), ...options]);
    const seen = new Set();
    await copy(join(folder, entry.replace(/^src\//, "").replace(/\.ts$/, ".d.ts")), folder, target, seen);
    return seen.size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies a declaration file and what it imports; its imports get the extension that they have for users. */
async function copy(path, from, to, seen) {
  if (seen.has(path)) return;
  seen.add(path);
  const text = await readFile(path, "utf8");
  const imported = [...text.matchAll(IMPORT)].map(([, , name]) => join(dirname(path), `${name}.d.ts`));
  const out = join(to, relative(from, path));
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, text.replaceAll(IMPORT, '$1"$2.js"'));
  for (const next of imported) await copy(next, from, to, seen);
}
