import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../setup/command.mjs";

const FOLDER = ".cache/node-24";

/** The path of a Node 24, fetched once as the npm package `node`; `null` when it can't be had. */
export async function fetchNode24() {
  const binary = join(FOLDER, "node_modules", "node", "bin", "node");
  if (!existsSync(binary)) {
    mkdirSync(FOLDER, { recursive: true });
    const args = ["install", "--prefix", FOLDER, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", [...args, "node@24"], { quiet: true });
  }
  return existsSync(binary) && (await run(binary, ["--version"], { quiet: true })) === 0 ? binary : null;
}
