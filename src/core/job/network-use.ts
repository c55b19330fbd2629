import { installsOf } from "../dockerfile/effects/installs.ts";
import type { InstallEffect, ShellCommand } from "../dockerfile/model.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import { baseName } from "../paths.ts";

/** What a command wants of the network: `install` can do without where everything is there already. */
export type NetworkUse = "install" | "fetch";

/** Options with which an installer stays off the network. */
const OFFLINE = /^(?:--no-index|--offline|--no-download|--use-local)$/;

/** Addresses in the container itself or beside it. */
const NEAR = /^\w+:\/\/(?:localhost|127\.|\[::1\]|169\.254\.|0\.0\.0\.0)/;

/** How a command uses the network; `null` where it does not, or nobody can tell. */
export function networkUse(command: ShellCommand): NetworkUse | null {
  const words = command.argv.slice(commandIndex(command.argv)).map(({ value }) => value ?? "");
  const [program = "", ...args] = words;
  switch (baseName(program)) {
    case "curl":
    case "wget":
      return args.some((word) => /^(?:https?|ftp):\/\/./.test(word) && !NEAR.test(word)) ? "fetch" : null;
    case "git":
      return /^(?:clone|pull|fetch)$/.test(args.find((word) => !word.startsWith("-")) ?? "") &&
        args.some((word) => /^(?:https?|ssh|git):\/\/|^git@/.test(word))
        ? "fetch"
        : null;
    case "aws":
      return args.some((word) => word.startsWith("s3://")) ? "fetch" : null;
    case "apt":
    case "apt-get":
      if (args.find((word) => !word.startsWith("-")) === "update") return "fetch";
      break;
  }
  if (words.some((word) => OFFLINE.test(word))) return null;
  return installsOf(command).some(comesFromAfar) ? "install" : null;
}

/** A package by its name, a list of such, or an address; not a file or a project of the container. */
function comesFromAfar({ specifier, file, package: name }: InstallEffect): boolean {
  if (file !== null) return /\.(?:txt|in|ya?ml)$/.test(file);
  if (specifier !== null && /^[./~]|\.(?:whl|deb|rpm|apk|tar\.gz|zip)$/.test(specifier)) return false;
  return name !== null || /^(?:\w+\+)?\w+:\/\//.test(specifier ?? "");
}
