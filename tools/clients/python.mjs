import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../setup/command.mjs";
import { installMissing } from "../setup/packages.mjs";

/** One virtual environment for all Python clients. */
const FOLDER = ".cache/python-clients";
const PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];

/** A program of a package from PyPI, of a fixed version. */
export function pythonClient({ title, name, version, program }) {
  const path = join(FOLDER, "bin", program);
  return {
    title,
    find: () => (existsSync(path) ? path : null),
    async install() {
      const obstacle = await ensureEnvironment();
      if (obstacle !== null) return obstacle;
      const installed = await run(python(), [...PIP, `${name}==${version}`], { quiet: true });
      return installed === 0 ? null : `the Python package ${name} ${version} could not be installed`;
    },
  };
}

/** The interpreter of the environment. */
function python() {
  return join(FOLDER, "bin", "python3");
}

async function ensureEnvironment() {
  if (existsSync(python())) return null;
  const obstacle = await installMissing(["python3"]);
  if (obstacle !== null) return obstacle;
  const make = () => run("python3", ["-m", "venv", FOLDER], { quiet: true });
  if ((await make()) === 0) return null;
  // Debian's own Python comes without what makes environments.
  const missing = await installMissing(["python3-venv"]);
  if (missing !== null) return missing;
  return (await make()) === 0 ? null : "Python could not make a virtual environment";
}
