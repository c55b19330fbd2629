import type { ShellCommand, ShellWord } from "../dockerfile/model.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import { baseName } from "../paths.ts";
import type { Range } from "../text.ts";
import { isCudaInstaller, isDriverInstaller } from "./files.ts";

/** A command that runs an installer of the driver. */
export interface DriverInstaller {
  readonly name: string;
  readonly range: Range;
  /** False where the installer asks or decides by its release: the CUDA installer without a choice of parts. */
  readonly certain: boolean;
}

/** Commands that only handle an installer as a file. */
const FILE_COMMANDS =
  /^(?:wget|curl|rm|chmod|chown|cp|mv|ls|echo|printf|aws|gsutil|tar|md5sum|sha256sum|test|\[)$/;

/** NVIDIA's driver installer, the CUDA installer with the driver, or Ubuntu's `ubuntu-drivers install`. */
export function driverInstaller(command: ShellCommand): DriverInstaller | null {
  const words = command.argv.slice(commandIndex(command.argv));
  const program = baseName(textOf(words[0]));
  if (FILE_COMMANDS.test(program)) return null;
  if (program === "ubuntu-drivers") return ubuntuDrivers(words);
  for (const word of words) {
    const name = baseName(textOf(word));
    if (isDriverInstaller(name)) {
      return has(words, /^(?:-x|-A|-h|--(?:extract-only|list|check|info|help|advanced-options))$/)
        ? null
        : { name, range: word.range, certain: true };
    }
    if (isCudaInstaller(name)) return cudaInstaller(words, name, word.range);
  }
  return null;
}

function ubuntuDrivers(words: readonly ShellWord[]): DriverInstaller | null {
  const verb = words.find((word, index) => index > 0 && !textOf(word).startsWith("-"));
  if (verb === undefined || !/^(?:install|autoinstall)$/.test(textOf(verb))) return null;
  return { name: "ubuntu-drivers", range: verb.range, certain: true };
}

/** Old releases write the options with one dash. */
function cudaInstaller(words: readonly ShellWord[], name: string, range: Range): DriverInstaller | null {
  if (has(words, /^--?(?:extract(?:=.*)?|help|uninstall)$/)) return null;
  if (has(words, /^--?driver$/)) return { name, range, certain: true };
  const choosesOthers = has(words, /^--?(?:toolkit|samples|documentation|defaultroot|toolkitpath(?:=.*)?)$/);
  return !choosesOthers && has(words, /^--?silent$/) ? { name, range, certain: false } : null;
}

function has(words: readonly ShellWord[], option: RegExp): boolean {
  return words.some((word) => option.test(textOf(word)));
}

/** The word, or what is written where a variable in it is not known. */
function textOf(word: ShellWord | undefined): string {
  return word?.value ?? word?.raw.replace(/["']/g, "") ?? "";
}
