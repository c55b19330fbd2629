import { baseName, withoutEnd, withoutTrailingSlashes } from "../../paths.ts";
import type { PackageManager } from "../model.ts";

/** A word of an install command as a package's own name: version, release, extras, architecture, suite cut off. */
export function packageName(manager: PackageManager, word: string): string | null {
  switch (manager) {
    case "apt":
    case "dpkg":
      return debianName(word);
    case "yum":
    case "dnf":
    case "rpm":
    case "zypper":
      return rpmName(word);
    case "apk":
    case "pacman":
      return word.replace(/[=<>~@][\s\S]*/, "");
    case "pip":
    case "uv":
    case "poetry":
      return pythonName(word);
    case "conda":
      return condaName(word);
    case "npm":
      return word.replace(/(?<=.)@[\s\S]*/, "");
  }
}

function debianName(word: string): string | null {
  if (/\.deb$/.test(word)) {
    const name = baseName(word)
      .replace(/\.deb$/, "")
      .replace(/_[\s\S]*/, "");
    return /[*?]/.test(name) ? null : name;
  }
  return word.replace(/[=/][\s\S]*/, "").replace(/:(?:any|amd64|i386|arm64|armhf|all|native)$/, "");
}

function rpmName(word: string): string | null {
  if (/\.rpm$/.test(word)) {
    const name = baseName(word).replace(/\.rpm$/, "");
    return /^[*?]/.test(name) ? null : name.replace(/-\d[^-]*-[^-]*$/, "");
  }
  return word
    .replace(/^@/, "")
    .replace(/[:=<>/][\s\S]*/, "")
    .replace(/\.(?:x86_64|noarch|aarch64|i686)$/, "")
    .replace(/-\d{1,9}[.:]\d\S*/, "");
}

const URL =
  /^(?:([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*@\s*)?(?:(?:git|hg|svn|bzr)\+)?[a-z0-9+]+:\/\/(.*)$/;

/** PEP 503 form; of an address the name in front of `@`, the `#egg=` name, or the file's or repository's. */
function pythonName(word: string): string | null {
  const url = URL.exec(word);
  if (url !== null) {
    const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(word)?.[1];
    const last = baseName(withoutTrailingSlashes((url[2] ?? "").replace(/[#?][\s\S]*/, ""))).replace(
      /@[\s\S]*/,
      "",
    );
    const name = url[1] ?? egg ?? distributionName(last.replace(/\.git$/, ""));
    return name === null || name === "" ? null : normalized(name);
  }
  if (/\.(?:whl|tar\.gz|tar\.bz2|tgz|zip)$/.test(word)) {
    const name = distributionName(baseName(word));
    return name === null ? null : normalized(name);
  }
  const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(word)?.[0];
  return name === undefined ? null : normalized(withoutEnd(name, "._-"));
}

/** The name of a wheel or source archive; `null` where a pattern stands for it. */
function distributionName(file: string): string | null {
  const name = file.replace(/\.(?:whl|tar\.gz|tar\.bz2|tgz|zip)$/, "").replace(/-\d[\s\S]*/, "");
  return /[*?[]/.test(name) ? (/^([A-Za-z0-9][\w.-]*?)-?[*?[]/.exec(name)?.[1] ?? null) : name;
}

function normalized(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** `channel::name=version=build`, `name>=1`, `name[version='>=1']`. */
function condaName(word: string): string | null {
  const name = word
    .replace(/^.*::/, "")
    .replace(/[=<>!~\s[][\s\S]*/, "")
    .toLowerCase();
  return name === "" ? null : baseName(name).replace(/\.(?:conda|tar\.bz2)$/, "");
}
