import type { InstallEffect, ShellCommand } from "../dockerfile/model.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import { baseName } from "../paths.ts";

/** Libraries that a plain deletion of the driver must hit. */
const PROBES = ["libcuda.so.1", "libnvidia-ml.so.1"];

/** Whether a later command of the build plainly takes the package, or the driver's libraries, out again. */
export function removedLater(commands: readonly ShellCommand[], install: InstallEffect): boolean {
  const at = commands.findIndex((command) =>
    command.argv.some(
      (word) =>
        word.range.start.line === install.range.start.line &&
        word.range.start.column === install.range.start.column,
    ),
  );
  const later = commands.slice(at + 1).filter((command) => !command.conditional);
  const name = install.package;
  return (
    (name !== null && later.some((command) => removesPackage(command, name))) ||
    PROBES.every((probe) => later.some((command) => deletesFile(command, probe)))
  );
}

function removesPackage(command: ShellCommand, name: string): boolean {
  const words = command.argv.slice(commandIndex(command.argv)).map((word) => word.value ?? "");
  if (!/^(?:apt|apt-get|aptitude|dpkg|yum|dnf|microdnf|zypper|rpm)$/.test(baseName(words[0] ?? "")))
    return false;
  if (!words.some((word) => /^(?:purge|remove|erase|autoremove|-r|-P|-e|--purge|--erase)$/.test(word)))
    return false;
  return words.slice(1).some((word) => matches(word.replace(/^\^|\$$/g, "").replaceAll(".*", "*"), name));
}

function deletesFile(command: ShellCommand, name: string): boolean {
  const words = command.argv.slice(commandIndex(command.argv)).map((word) => word.value ?? "");
  if (baseName(words[0] ?? "") !== "rm") return false;
  return words
    .slice(1)
    .some((word) => /^\/(?:usr\/)?(?:local\/)?lib/.test(word) && matches(baseName(word), name));
}

/** A name or a pattern with stars. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  if (parts.length > 6) return false;
  const body = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${body}$`).test(name);
}
