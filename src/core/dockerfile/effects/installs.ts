import { baseName } from "../../paths.ts";
import type { InstallEffect, PackageManager, ShellCommand, ShellWord } from "../model.ts";
import { commandIndex } from "../shell/walk.ts";

/** What an install command is told to install: packages by name, or files that name them. */
interface Request {
  readonly manager: PackageManager;
  /** Words behind the sub-command. */
  readonly words: readonly ShellWord[];
}

/** Options that take the next word, by manager family. */
const VALUE_OPTIONS: Record<"apt" | "rpm" | "apk" | "pip" | "conda" | "other", ReadonlySet<string>> = {
  apt: new Set([
    "-t",
    "--target-release",
    "-o",
    "--option",
    "-c",
    "--config-file",
    "-a",
    "--host-architecture",
  ]),
  rpm: new Set([
    "-c",
    "-d",
    "-R",
    "-x",
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--repofrompath",
    "--exclude",
    "--root",
    "--installroot",
    "--releasever",
    "--from",
    "-r",
    "--setopt",
  ]),
  apk: new Set([
    "-t",
    "--virtual",
    "-X",
    "--repository",
    "-p",
    "--root",
    "--repositories-file",
    "--keys-dir",
  ]),
  pip: new Set([
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "-c",
    "--constraint",
    "--cache-dir",
    "--timeout",
    "--retries",
    "--trusted-host",
    "--python-version",
    "--platform",
    "--abi",
    "--implementation",
    "--no-binary",
    "--only-binary",
    "--progress-bar",
    "--cert",
    "--proxy",
    "--src",
    "--upgrade-strategy",
    "--log",
    "--global-option",
    "--install-option",
    "--python",
    "--index-strategy",
    "--config-settings",
    "-C",
  ]),
  conda: new Set([
    "-n",
    "--name",
    "-p",
    "--prefix",
    "-c",
    "--channel",
    "--solver",
    "--repodata-fn",
    "--revision",
  ]),
  other: new Set(),
};

/** The installs of one command, one effect a package or file. */
export function installsOf(command: ShellCommand): InstallEffect[] {
  const request = requestOf(command.argv.slice(commandIndex(command.argv)));
  if (request === null) return [];
  const noRecommends = request.words.some(
    (word) =>
      word.value === "--no-install-recommends" || /Install-Recommends=(?:0|false|no)/i.test(word.value ?? ""),
  );
  const base = {
    kind: "install" as const,
    manager: request.manager,
    instruction: command.instruction,
    stage: command.stage,
    conditional: command.conditional,
    noRecommends,
  };
  return targets(request).map(({ word, file }) => {
    const name = file === null && word.value !== null ? packageName(request.manager, word.value) : null;
    return { ...base, range: word.range, package: name, specifier: word.value, file };
  });
}

function requestOf(argv: readonly ShellWord[]): Request | null {
  const values = argv.map((word) => word.value ?? "");
  const name = baseName(values[0] ?? "");
  const sub = (from: number): number =>
    values.findIndex((value, index) => index >= from && !value.startsWith("-"));
  const after = (manager: PackageManager, from: number, verbs: readonly string[]): Request | null => {
    const verb = values.findIndex((value, index) => index >= from && verbs.includes(value));
    return verb === -1 ? null : { manager, words: argv.slice(verb + 1) };
  };
  if (/^(?:apt|apt-get|aptitude|apt-fast|nala)$/.test(name)) return after("apt", 1, ["install", "reinstall"]);
  if (name === "dpkg" && values.some((value) => value === "-i" || value === "--install")) {
    return { manager: "dpkg", words: argv.slice(1) };
  }
  if (/^(?:yum|dnf|dnf5|microdnf|tdnf)$/.test(name)) {
    const manager = name === "yum" ? "yum" : "dnf";
    return after(manager, 1, ["install", "localinstall", "reinstall", "groupinstall"]);
  }
  if (name === "rpm" && values.some((value) => /^-[a-zA-Z]*[iU]/.test(value) || value === "--install")) {
    return values.some((value) => /^-q|^--import|^-e/.test(value))
      ? null
      : { manager: "rpm", words: argv.slice(1) };
  }
  if (name === "zypper") return after("zypper", 1, ["install", "in"]);
  if (name === "apk") return after("apk", 1, ["add"]);
  if (/^pip(?:\d(?:\.\d+)?)?$/.test(name) || name === "pipx") return after("pip", 1, ["install"]);
  if (/^python(?:\d(?:\.\d+)?)?$/.test(name)) {
    const module = values.indexOf("-m");
    return values[module + 1] === "pip" && module !== -1 ? after("pip", module + 2, ["install"]) : null;
  }
  if (name === "uv") {
    if (values[sub(1)] === "pip") return after("uv", sub(1) + 1, ["install", "sync"]);
    return after("uv", 1, ["add", "sync"]);
  }
  if (name === "poetry") return after("poetry", 1, ["install", "add"]);
  if (/^(?:conda|mamba|micromamba)$/.test(name)) return after("conda", 1, ["install", "create", "update"]);
  if (name === "npm" || name === "yarn" || name === "pnpm")
    return after("npm", 1, ["install", "i", "add", "ci"]);
  return null;
}

function familyOf(manager: PackageManager): keyof typeof VALUE_OPTIONS {
  if (manager === "apt" || manager === "dpkg") return "apt";
  if (manager === "yum" || manager === "dnf" || manager === "rpm" || manager === "zypper") return "rpm";
  if (manager === "pip" || manager === "uv") return "pip";
  if (manager === "apk" || manager === "conda") return manager;
  return "other";
}

/** The words that name packages or files; options and their values left out. */
function targets(request: Request): { word: ShellWord; file: string | null }[] {
  const family = familyOf(request.manager);
  const result: { word: ShellWord; file: string | null }[] = [];
  const { words } = request;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const value = word.value;
    if (value?.startsWith("-") === true) {
      const list = listOption(family, value);
      if (list === null) {
        if (VALUE_OPTIONS[family].has(value)) at += 1;
      } else if (list !== "") result.push({ word, file: list });
      else {
        at += 1;
        const next = words[at];
        if (next !== undefined) result.push({ word: next, file: next.value ?? "?" });
      }
    } else result.push({ word, file: value === null ? null : localProject(family, value) });
  }
  if (result.length === 0 && (request.manager === "poetry" || request.manager === "uv")) {
    const word = words[0];
    if (word !== undefined) result.push({ word, file: "pyproject.toml" });
  }
  return result;
}

/** `-r file`, `-e .`, `--file=env.yml`: the file; "" when it is the next word; `null` for another option. */
function listOption(family: string, option: string): string | null {
  const names =
    family === "pip"
      ? ["-r", "--requirement", "-e", "--editable"]
      : family === "conda"
        ? ["-f", "--file"]
        : [];
  for (const name of names) {
    if (option === name) return "";
    if (option.startsWith(`${name}=`)) return option.slice(name.length + 1);
    if (name.length === 2 && option.startsWith(name) && !option.startsWith("--")) return option.slice(2);
  }
  return null;
}

/** A path or URL whose package name can't be told from the word. */
function localProject(family: string, value: string): string | null {
  if (family === "pip") return /^(?:\.|\/)|\/$/.test(value) && !value.includes("://") ? value : null;
  return null;
}

/** The package's own name: version, release, extras, architecture and suite are cut off. */
function packageName(manager: PackageManager, word: string): string | null {
  switch (familyOf(manager)) {
    case "apt":
      if (/\.deb$/.test(word)) return debName(baseName(word));
      return word
        .replace(/[=/].*$/, "")
        .replace(/[+-]$/, "")
        .replace(/:(?:any|amd64|i386|arm64|all|native)$/, "");
    case "rpm":
      if (/^@/.test(word)) return word.slice(1).replace(/[:/].*$/, "");
      if (/\.rpm$/.test(word))
        return baseName(word)
          .replace(/\.rpm$/, "")
          .replace(/-\d[^-]*-[^-]*$/, "");
      return word
        .replace(/[:=<>].*$/, "")
        .replace(/\.(?:x86_64|noarch|aarch64|i686)$/, "")
        .replace(/-\d+[.:]\d\S*$/, "");
    case "apk":
      return word.replace(/[=<>~@].*$/, "");
    case "pip":
      return pipName(word);
    case "conda":
      return word
        .replace(/^.*::/, "")
        .replace(/[=<>!~\s[].*$/, "")
        .toLowerCase();
    default:
      return word.replace(/(.)@.*$/, "$1");
  }
}

function debName(file: string): string {
  return file.replace(/\.deb$/, "").replace(/_.*$/, "");
}

/** PEP 503 form; of a URL the `#egg=` name or the repository's name. */
function pipName(word: string): string | null {
  const url =
    /^(?:([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*@\s*)?(?:git\+|hg\+|svn\+)?(?:https?|ssh|git|file|s3):\/\/(.*)$/.exec(
      word,
    );
  if (url !== null) {
    const egg = /#(?:.*&)?egg=([A-Za-z0-9._-]+)/.exec(word)?.[1];
    const path = (url[2] ?? "").replace(/[#?@].*$/, "").replace(/\/$/, "");
    return normalize(
      url[1] ??
        egg ??
        baseName(path)
          .replace(/\.git$/, "")
          .replace(/-\d.*$/, ""),
    );
  }
  if (/\.whl$|\.tar\.gz$|\.zip$/.test(word)) return normalize(baseName(word).replace(/-\d.*$/, ""));
  const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(word)?.[0];
  return name === undefined ? null : normalize(name);
}

function normalize(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}
