import { baseName } from "../../paths.ts";
import type { PackageManager, ShellWord } from "../model.ts";

/** What an install command is told to install, before its options are taken apart. */
export interface InstallRequest {
  readonly manager: PackageManager;
  /** The word that says it: the verb, or the command itself. */
  readonly verb: ShellWord;
  /** The words behind the verb. */
  readonly words: readonly ShellWord[];
  /** The list or project that is read when no word names anything, e.g. poetry's. */
  readonly defaultFile: string | null;
}

interface Tool {
  readonly manager: PackageManager;
  /** The verbs that install; more than one word where the tool has sub-commands. */
  readonly verbs: readonly string[];
  readonly defaultFile?: string;
  /** Options in front of the verb that take the next word. */
  readonly before?: readonly string[];
}

const APT: Tool = {
  manager: "apt",
  verbs: ["install", "reinstall"],
  before: ["-o", "--option", "-t", "--target-release", "-c", "--config-file"],
};
const DNF: Tool = {
  manager: "dnf",
  verbs: [
    "install",
    "in",
    "localinstall",
    "reinstall",
    "groupinstall",
    "module install",
    "group install",
    "swap",
  ],
  before: [
    "-c",
    "-d",
    "-e",
    "-R",
    "-x",
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--setopt",
    "--releasever",
    "--installroot",
  ],
};
const PIP: Tool = {
  manager: "pip",
  verbs: ["install"],
  before: ["--python", "--proxy", "--cache-dir", "--log", "--timeout"],
};
const CONDA: Tool = {
  manager: "conda",
  verbs: ["install", "create", "update", "upgrade", "env create", "env update"],
  before: ["-r", "--root-prefix", "--log-level"],
};
const NPM: Tool = {
  manager: "npm",
  verbs: ["install", "i", "add", "ci", "global add"],
  defaultFile: "package.json",
};

const TOOLS: ReadonlyMap<string, readonly Tool[]> = new Map<string, readonly Tool[]>([
  ["apt", [APT]],
  ["apt-get", [APT]],
  ["aptitude", [APT]],
  ["apt-fast", [APT]],
  ["nala", [APT]],
  ["gdebi", [{ manager: "dpkg", verbs: [""] }]],
  ["yum", [{ ...DNF, manager: "yum" }]],
  ["dnf", [DNF]],
  ["dnf5", [DNF]],
  ["microdnf", [DNF]],
  ["tdnf", [DNF]],
  [
    "zypper",
    [{ manager: "zypper", verbs: ["install", "in"], before: ["--root", "-R", "--plus-repo", "-p", "-C"] }],
  ],
  ["apk", [{ manager: "apk", verbs: ["add"], before: ["-X", "--repository", "-p", "--root"] }]],
  ["pipx", [{ ...PIP, verbs: ["install", "inject"] }]],
  ["pipenv", [{ manager: "pip", verbs: ["install", "sync"], defaultFile: "Pipfile" }]],
  ["easy_install", [{ manager: "pip", verbs: [""] }]],
  [
    "uv",
    [
      {
        manager: "uv",
        verbs: ["pip install", "pip sync", "tool install"],
        before: ["--directory", "--project", "--cache-dir"],
      },
      {
        manager: "uv",
        verbs: ["add", "sync"],
        defaultFile: "pyproject.toml",
        before: ["--directory", "--project"],
      },
    ],
  ],
  [
    "poetry",
    [
      {
        manager: "poetry",
        verbs: ["install", "add", "sync"],
        defaultFile: "pyproject.toml",
        before: ["-C", "-P"],
      },
    ],
  ],
  [
    "pdm",
    [{ manager: "poetry", verbs: ["install", "add", "sync"], defaultFile: "pyproject.toml", before: ["-p"] }],
  ],
  ["conda", [CONDA]],
  ["mamba", [CONDA]],
  ["micromamba", [CONDA]],
  ["npm", [NPM]],
  ["yarn", [NPM]],
  ["pnpm", [NPM]],
]);

const PIP_NAME = /^pip(?:\d(?:\.\d+)?)?$/;
const PYTHON_NAME = /^(?:python|pypy)(?:\d(?:\.\d+)?)?$/;

/** The install that a command asks for; `null` for any other command. `argv` begins with the command proper. */
export function installRequest(argv: readonly ShellWord[]): InstallRequest | null {
  const command = argv[0];
  if (command === undefined) return null;
  const name = baseName(command.value ?? "");
  const values = argv.map((word) => word.value ?? "");
  if (PYTHON_NAME.test(name)) return pythonRequest(argv, values);
  if (name === "dpkg") {
    const installs = values.some((value) => /^-[a-zA-Z]*i$|^--install$|^--unpack$/.test(value));
    return installs ? { manager: "dpkg", verb: command, words: argv.slice(1), defaultFile: null } : null;
  }
  if (name === "rpm") {
    const installs = values.some(
      (value) => /^-[a-zA-Z]*[iUF]/.test(value) || /^--(?:install|upgrade)$/.test(value),
    );
    const asks = values.some((value) => /^-[a-zA-Z]*q|^--(?:import|query|erase)|^-e/.test(value));
    return installs && !asks
      ? { manager: "rpm", verb: command, words: argv.slice(1), defaultFile: null }
      : null;
  }
  if (/^(?:pacman|yay|paru)$/.test(name)) {
    const installs = values.some((value) => /^-S[yuw]*$|^--sync$/.test(value));
    return installs ? { manager: "pacman", verb: command, words: argv.slice(1), defaultFile: null } : null;
  }
  const tools = PIP_NAME.test(name) ? [PIP] : (TOOLS.get(name) ?? []);
  for (const tool of tools) {
    const request = requestTo(tool, argv, values);
    if (request !== null) return request;
  }
  return null;
}

function pythonRequest(argv: readonly ShellWord[], values: readonly string[]): InstallRequest | null {
  const module = values.indexOf("-m");
  if (module !== -1 && values[module + 1] === "pip")
    return requestTo(PIP, argv.slice(module + 1), values.slice(module + 1));
  const script = values.findIndex((value) => /(?:^|\/)setup\.py$/.test(value));
  const verb = argv[script + 1];
  if (script === -1 || verb === undefined || !/^(?:install|develop)$/.test(verb.value ?? "")) return null;
  return { manager: "pip", verb, words: [], defaultFile: values[script] ?? null };
}

function requestTo(tool: Tool, argv: readonly ShellWord[], values: readonly string[]): InstallRequest | null {
  const at = operandAfter(values, 0, tool.before ?? []);
  for (const verb of tool.verbs) {
    const [first = "", second] = verb.split(" ");
    const defaultFile = tool.defaultFile ?? null;
    if (verb === "")
      return { manager: tool.manager, verb: argv[0] as ShellWord, words: argv.slice(1), defaultFile };
    if (at === -1 || values[at] !== first) continue;
    const end = second === undefined ? at : operandAfter(values, at, []);
    const word = argv[end];
    if (end === -1 || word === undefined || (second !== undefined && values[end] !== second)) continue;
    const environment = tool.manager === "conda" && first === "env";
    return {
      manager: tool.manager,
      verb: word,
      words: argv.slice(end + 1),
      defaultFile: environment ? "environment.yml" : defaultFile,
    };
  }
  return null;
}

/** The next word behind `from` that is neither an option nor the value of one in `valued`. */
function operandAfter(values: readonly string[], from: number, valued: readonly string[]): number {
  for (let at = from + 1; at < values.length; at += 1) {
    const value = values[at] ?? "";
    if (!value.startsWith("-")) return at;
    if (valued.includes(value)) at += 1;
  }
  return -1;
}
