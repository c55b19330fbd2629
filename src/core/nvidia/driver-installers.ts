import type { Effect, ShellCommand, ShellWord } from "../dockerfile/model.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import { absolutePath, baseName, withoutQuery } from "../paths.ts";
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

/** Paths at which an installer was saved under another name, with the name it had. */
export type RenamedInstallers = ReadonlyMap<string, string>;

/** The installers that a build saves under names of its own, e.g. `curl -o driver.run URL`. */
export function renamedInstallers(effects: readonly Effect[]): RenamedInstallers {
  const renamed = new Map<string, string>();
  for (const effect of effects) {
    if (effect.kind !== "place") continue;
    const name = effect.sources
      .map((source) => baseName(withoutQuery(source)))
      .find((source) => isDriverInstaller(source) || isCudaInstaller(source));
    if (name !== undefined) renamed.set(effect.path, name);
  }
  return renamed;
}

/** NVIDIA's driver installer, the CUDA installer with the driver, or Ubuntu's `ubuntu-drivers install`. */
export function driverInstaller(command: ShellCommand, renamed: RenamedInstallers): DriverInstaller | null {
  const words = command.argv.slice(commandIndex(command.argv));
  const program = baseName(textOf(words[0]));
  if (FILE_COMMANDS.test(program)) return null;
  if (program === "ubuntu-drivers") return ubuntuDrivers(words);
  for (const word of words) {
    const saved = renamed.size === 0 ? undefined : renamed.get(pathOf(word, command));
    const name = saved ?? baseName(textOf(word));
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

function pathOf(word: ShellWord, command: ShellCommand): string {
  const text = word.value ?? "";
  if (text.startsWith("/")) return absolutePath("/", text);
  return command.workingDir.known ? absolutePath(command.workingDir.value, text) : text;
}

/** The word, or what is written where a variable in it is not known. */
function textOf(word: ShellWord | undefined): string {
  return word?.value ?? word?.raw.replace(/["']/g, "") ?? "";
}
