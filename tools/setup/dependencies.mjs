import { readFileSync } from "node:fs";
import { mustRun, say } from "./command.mjs";

/** Installs the dependencies with `npm ci` unless what is installed matches the lock file already. */
export async function ensureDependencies() {
  if (matches()) return;
  say("Installing dependencies (npm ci)");
  await mustRun("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]);
}

/** Compares names and versions; npm leaves a copy of what it installed in node_modules. */
function matches() {
  try {
    const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
    const installed = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")).packages;
    return Object.entries(wanted).every(
      ([path, details]) =>
        path === "" || details.optional === true || installed[path]?.version === details.version,
    );
  } catch {
    return false;
  }
}
