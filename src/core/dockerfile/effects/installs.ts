import type { InstallEffect, PackageManager, ShellCommand, ShellWord } from "../model.ts";
import { commandIndex, prefixNames } from "../shell/prefixes.ts";
import { type InstallRequest, installRequest } from "./install-requests.ts";
import { packageName } from "./package-names.ts";

/** How a manager's install options are read. */
interface Options {
  /** Options that take the next word. */
  readonly values: readonly string[];
  /** Options whose value is a list of packages or a project. */
  readonly lists: readonly string[];
}

const APT: Options = {
  values: ["-t", "--target-release", "-o", "--option", "-c", "--config-file", "-a", "--host-architecture"],
  lists: [],
};
const RPM: Options = {
  values: [
    "-c",
    "-d",
    "-e",
    "-R",
    "-x",
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--repoid",
    "--repofrompath",
    "--exclude",
    "--excludepkgs",
    "--root",
    "--installroot",
    "--releasever",
    "--from",
    "-r",
    "--setopt",
    "--prefix",
    "--relocate",
  ],
  lists: [],
};
const APK: Options = {
  values: ["-t", "--virtual", "-X", "--repository", "-p", "--root", "--repositories-file", "--keys-dir"],
  lists: [],
};
const PACMAN: Options = {
  values: ["-b", "--dbpath", "-r", "--root", "--cachedir", "--config", "--overwrite", "--ignore"],
  lists: [],
};
const PIP: Options = {
  values: [
    "-i",
    "--index-url",
    "--default-index",
    "--index",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "-c",
    "--constraint",
    "--constraints",
    "--build-constraint",
    "--cache-dir",
    "--timeout",
    "--default-timeout",
    "--retries",
    "--trusted-host",
    "--python-version",
    "--python-platform",
    "--platform",
    "--abi",
    "--implementation",
    "--no-binary",
    "--only-binary",
    "--progress-bar",
    "--cert",
    "--client-cert",
    "--proxy",
    "--src",
    "--upgrade-strategy",
    "--log",
    "--global-option",
    "--install-option",
    "--python",
    "-p",
    "--index-strategy",
    "--config-settings",
    "-C",
    "--extra",
    "--group",
    "--only-group",
    "--no-group",
    "--no-build-package",
    "--no-binary-package",
    "--no-install-package",
    "--link-mode",
    "--torch-backend",
    "--package",
    "--refresh-package",
    "--resolution",
    "--prerelease",
    "--root-user-action",
    "--use-feature",
    "--use-deprecated",
    "--keyring-provider",
    "--report",
    "--directory",
    "--project",
  ],
  lists: ["-r", "--requirement", "--requirements", "-e", "--editable"],
};
const POETRY: Options = {
  values: [
    "-E",
    "--extras",
    "-G",
    "--group",
    "--with",
    "--without",
    "--only",
    "--source",
    "--python",
    "--platform",
    "-C",
    "--directory",
    "-P",
    "--project",
    "-p",
    "-L",
    "--lockfile",
  ],
  lists: ["-e", "--editable"],
};
const CONDA: Options = {
  values: [
    "-n",
    "--name",
    "-p",
    "--prefix",
    "-c",
    "--channel",
    "--solver",
    "--experimental-solver",
    "--repodata-fn",
    "--revision",
    "--subdir",
    "--platform",
    "-r",
    "--root-prefix",
    "--clone",
    "--category",
  ],
  lists: ["-f", "--file"],
};
const NPM: Options = {
  values: ["--prefix", "--registry", "-C", "--cache", "--loglevel", "--omit"],
  lists: [],
};

function optionsOf(manager: PackageManager): Options {
  switch (manager) {
    case "apt":
    case "dpkg":
      return APT;
    case "yum":
    case "dnf":
    case "rpm":
    case "zypper":
      return RPM;
    case "apk":
      return APK;
    case "pacman":
      return PACMAN;
    case "pip":
    case "uv":
      return PIP;
    case "poetry":
      return POETRY;
    case "conda":
      return CONDA;
    case "npm":
      return NPM;
  }
}

/** What one word of an install command stands for. */
interface Named {
  readonly word: ShellWord;
  /** `null` when it can't be told, or when `file` names the packages. */
  readonly package: string | null;
  readonly file: string | null;
}

/** Options with which nothing is installed: it is only shown, or downloaded. */
const ONLY_SHOWS =
  /^--(?:simulate|dry-run|just-print|recon|no-act|print-uris|download-only|downloadonly|assumeno|help)$/;

/** The installs of one command, one effect a package or list. */
export function installsOf(command: ShellCommand): InstallEffect[] {
  const at = commandIndex(command.argv);
  const request = installRequest(command.argv.slice(at));
  if (request === null || request.words.some((word) => ONLY_SHOWS.test(word.value ?? ""))) return [];
  const noRecommends = request.words.some((word) =>
    /^--no-install-recommends$|^--no-recommends$|^-R$|Install-Recommends=["']?(?:0|false|no|off)/i.test(
      word.value ?? "",
    ),
  );
  const named = namedIn(request);
  const throughXargs = prefixNames(command.argv).includes("xargs");
  if (throughXargs) named.push({ word: { ...request.verb, value: null }, package: null, file: null });
  if (named.length === 0 && request.defaultFile !== null) {
    named.push({ word: request.verb, package: null, file: request.defaultFile });
  }
  const { instruction, stage, conditional } = command;
  return named.map(({ word, package: name, file }) => ({
    kind: "install",
    manager: request.manager,
    instruction,
    stage,
    range: word.range,
    conditional,
    package: name,
    specifier: word.value,
    written: word.raw,
    file,
    noRecommends,
  }));
}

/** The words that name packages or lists; options and their values left out. */
function namedIn(request: InstallRequest): Named[] {
  const { manager, words } = request;
  const options = optionsOf(manager);
  const result: Named[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const value = word.value;
    if (value === null) {
      result.push({ word, package: null, file: null });
      continue;
    }
    if (!value.startsWith("-") || value === "-") {
      const named = operand(manager, word, value);
      if (named !== null) result.push(named);
      continue;
    }
    const list = listIn(options, value);
    if (list === "next") {
      at += 1;
      const next = words[at];
      if (next !== undefined) result.push(listed(manager, next, next.value));
    } else if (list !== null) result.push(listed(manager, word, list));
    else if (options.values.includes(value)) at += 1;
  }
  return result;
}

/** `-r file`, `-rfile`, `--file=env.yml`: the file; `next` when it is the next word; `null` for another option. */
function listIn(options: Options, option: string): string | null {
  for (const name of options.lists) {
    if (option === name) return "next";
    if (option.startsWith(`${name}=`)) return option.slice(name.length + 1);
    if (name.length === 2 && option.startsWith(name) && !option.startsWith("--")) return option.slice(2);
  }
  return null;
}

/** The value of `-r`, `-e` or `--file`: an address names a package, anything else is a list or project. */
function listed(manager: PackageManager, word: ShellWord, value: string | null): Named {
  if (value === null) return { word, package: null, file: null };
  const isPackage = value.includes("://") && !/\.(?:txt|ya?ml|toml)(?:$|[?#])/.test(value);
  return isPackage
    ? { word: { ...word, value }, package: packageName(manager, value), file: null }
    : { word: { ...word, value }, package: null, file: withoutExtras(value) };
}

function operand(manager: PackageManager, word: ShellWord, value: string): Named | null {
  if (value === "") return null;
  switch (manager) {
    case "apt":
      if (/[^+]-$/.test(value)) return null;
      return { word, package: packageName(manager, value), file: null };
    case "pip":
    case "uv":
    case "poetry": {
      const isPath = /^(?:\.{0,2}\/|\.$|\.\[|\.\.$)|\/$/.test(value) && !value.includes("://");
      const isArchive = /\.(?:whl|tar\.gz|zip)$/.test(value);
      if (isPath && !isArchive) return { word, package: null, file: withoutExtras(value) };
      const name = packageName(manager, value);
      return { word, package: name, file: name === null ? value : null };
    }
    case "conda":
      if (/\.(?:ya?ml|lock)$/.test(value)) return { word, package: null, file: value };
      return { word, package: packageName(manager, value), file: null };
    default:
      return { word, package: packageName(manager, value), file: null };
  }
}

/** `.[train]` is the project in `.`. */
function withoutExtras(path: string): string {
  return path.endsWith("]") && path.includes("[") ? path.slice(0, path.lastIndexOf("[")) : path;
}
