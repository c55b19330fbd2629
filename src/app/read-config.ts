import { dirname, resolve } from "node:path";
import type { RuleCatalog } from "../core/config/catalog.ts";
import { type ConfigFile, EMPTY_FILE, inherit } from "../core/config/file.ts";
import { CONFIG_NAMES, type Config, configOf, DEFAULT_CONFIG } from "../core/config.ts";
import { UserError } from "../core/errors.ts";
import { findUpwards, isFile, readTextFile, shortPath } from "../edges/files.ts";
import type { JudgeRequest } from "./request.ts";

/** The configuration file for `folder`: the one that `--config` names, else the nearest upwards, else defaults. */
export async function readConfig(
  request: JudgeRequest,
  catalog: RuleCatalog,
  folder: string,
): Promise<Config> {
  const path = await configPath(request, folder);
  if (path === null) return DEFAULT_CONFIG;
  return configOf(await readConfigFile(path, [], request.cwd, catalog), shortPath(path, request.cwd));
}

async function configPath({ config, cwd }: JudgeRequest, folder: string): Promise<string | null> {
  if (config === false) return null;
  return config === null ? await findUpwards(folder, CONFIG_NAMES) : resolve(cwd, config);
}

/** A file over those that it extends. `chain` is the way here, outermost first: no file may extend itself. */
async function readConfigFile(
  path: string,
  chain: readonly string[],
  cwd: string,
  catalog: RuleCatalog,
): Promise<ConfigFile> {
  const shown = shortPath(path, cwd);
  const way = [...chain, path];
  if (chain.includes(path)) {
    const circle = way.slice(way.indexOf(path)).map((step) => shortPath(step, cwd));
    throw new UserError(`The configuration extends itself: ${circle.join(" → ")}.`, {
      place: { path: shortPath(chain.at(-1) ?? path, cwd) },
    });
  }
  // Most runs have no configuration, and need no YAML.
  const { parseConfigFile } = await import("../core/config/parse.ts");
  const own = parseConfigFile(await readTextFile(path, shown), shown, catalog);
  let base = EMPTY_FILE;
  for (const word of own.extends) {
    if (!(await isFile(resolve(dirname(path), word)))) {
      throw new UserError(`There is no file ${word}, which this configuration extends.`, {
        place: { path: shown },
      });
    }
    base = inherit(base, await readConfigFile(resolve(dirname(path), word), way, cwd, catalog));
  }
  return inherit(base, own);
}
