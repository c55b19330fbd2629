import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../setup/command.mjs";

/**
 * A program from an npm package of a fixed version, kept in a folder of `.cache`: for clients too large to be
 * a dependency of everybody who works on trainlint. `program` is its path inside of that folder.
 */
export function npmClient({ title, name, version, program }) {
  const folder = join(".cache", `${name.replace(/^@[^/]+\//, "")}-${version}`);
  const path = join(folder, "node_modules", program);
  return {
    title,
    find: () => (existsSync(path) ? path : null),
    async install() {
      mkdirSync(folder, { recursive: true });
      const args = [
        "install",
        "--prefix",
        folder,
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
      ];
      await run("npm", [...args, "--loglevel=error", `${name}@${version}`], { quiet: true });
      if (!existsSync(path)) return `the npm package ${name}@${version} could not be installed`;
      chmodSync(path, 0o755);
      return null;
    },
  };
}
