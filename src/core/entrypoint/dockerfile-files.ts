import { Glob } from "../dockerfile/glob.ts";
import type {
  BuildContext,
  ChangeModeEffect,
  ContextFile,
  DockerfileModel,
  PlaceEffect,
  ShellCommand,
  Step,
} from "../dockerfile/model.ts";
import { commandIndex, prefixNames } from "../dockerfile/shell/prefixes.ts";
import { wholeText } from "../dockerfile/shell/source.ts";
import { absolutePath, baseName, isWithin, withoutTrailingSlashes } from "../paths.ts";
import { remembered } from "../remembered.ts";
import { pathFoldersOf } from "../sagemaker.ts";
import type { SourceText } from "../text.ts";
import { baseSystem } from "./base-systems.ts";
import type { ProgramFile, ProgramFiles } from "./program-files.ts";

/** How many links are followed. */
const MAX_LINKS = 8;

/** Longest text that is followed as a script, in UTF-16 code units: far longer than any that people write. */
const MAX_SCRIPT = 131_072;

/** The files that a Dockerfile places, with the texts that its here-documents and its build context give. */
export const dockerfileFiles = remembered((dockerfile: DockerfileModel): ProgramFiles => {
  const { workingDir } = dockerfile.config;
  const files = new Map<string, ProgramFile | null>();
  const fileAt = (path: string): ProgramFile | null => {
    let file = files.get(path);
    if (file === undefined) {
      file = placedFile(dockerfile, path, 0);
      files.set(path, file);
    }
    return file;
  };
  const here = (word: string): ProgramFile | null => {
    if (word.startsWith("/")) return fileAt(absolutePath("/", word));
    return workingDir.known ? fileAt(absolutePath(workingDir.value, word)) : null;
  };
  return {
    program(word) {
      if (word.includes("/")) return here(word);
      for (const folder of pathFoldersOf(dockerfile)) {
        const found = fileAt(absolutePath(folder, word));
        if (found !== null) return found;
      }
      return null;
    },
    script: here,
    sh() {
      const sh = baseSystem(dockerfile)?.sh ?? null;
      const replaced = dockerfile.effects.some(
        (effect) => (effect.kind === "link" || effect.kind === "place") && effect.path === "/bin/sh",
      );
      return sh === "none" || replaced ? null : sh;
    },
  };
});

/** The file at `path` as the build leaves it; `null` where it can't be told. */
function placedFile(dockerfile: DockerfileModel, path: string, links: number): ProgramFile | null {
  const { effects } = dockerfile;
  for (let index = effects.length - 1; index >= 0; index -= 1) {
    const effect = effects[index];
    switch (effect?.kind) {
      case "remove":
        if (isWithin(path, effect.path)) return null;
        break;
      case "link":
        if (!isWithin(path, effect.path)) break;
        if (effect.conditional || links >= MAX_LINKS) return null;
        return placedFile(dockerfile, effect.target + path.slice(effect.path.length), links + 1);
      case "place": {
        if (effect.path === path && (effect.conditional || effect.extent === "either")) return null;
        const found = fileOf(dockerfile, effect, path);
        if (found !== null) return { ...found, ...afterwards(dockerfile, found, index) };
        break;
      }
    }
  }
  return null;
}

function fileOf(dockerfile: DockerfileModel, effect: PlaceEffect, path: string): ProgramFile | null {
  const { context } = dockerfile;
  const copied = effect.from === null && (effect.by === "COPY" || effect.by === "ADD");
  if (effect.path === path && effect.extent === "file") {
    const source = copied ? effect.sources[0] : undefined;
    const origin: ProgramFile["origin"] =
      source === undefined || context === null
        ? { kind: "dockerfile", placed: effect.range }
        : { kind: "context", path: shown(context, absolutePath("/", source).slice(1)), placed: effect.range };
    // The text of a file that another stage copied has no place in this file or in the context.
    const text = effect.from === null ? effect.content : null;
    return { path, text, whole: isShort(text), mode: effect.mode ?? firstMode(effect), origin };
  }
  if (!copied || context === null || effect.extent !== "below" || !isWithin(path, effect.path)) return null;
  if (effect.instruction.flags.some((flag) => flag.name === "exclude" || flag.name === "parents"))
    return null;
  const below = path.slice(effect.path === "/" ? 1 : effect.path.length + 1);
  const found = contextFile(context, effect.sources[0] ?? "", below);
  if (found === null) return null;
  const text = found.file.text === null ? null : wholeText(found.file.text);
  return {
    path,
    text,
    whole: isShort(text),
    mode: effect.mode ?? found.file.mode,
    origin: { kind: "context", path: shown(context, found.path), placed: effect.range },
  };
}

function isShort(text: SourceText | null): boolean {
  return text === null || text.text.length <= MAX_SCRIPT;
}

/**
 * The permissions of a file that is made without any being given; `null` where its source decides. BuildKit gives
 * here-documents 0644 and what it downloads 0600; a shell's redirections and downloads never make a file executable.
 */
function firstMode({ by, from, sources, content, instruction }: PlaceEffect): number | null {
  if (by === "COPY" || by === "ADD") {
    if (instruction.heredocs.length > 0 && sources.length === 0 && from === null) return 0o644;
    return by === "ADD" && /^https?:\/\//.test(sources[0] ?? "") ? 0o600 : null;
  }
  if (/^(?:cat|echo|printf|tee)$/.test(by)) return content === null ? null : 0o644;
  return /^(?:curl|wget)$/.test(by) ? 0o644 : null;
}

/** The file of the context that COPY puts at `below` its destination. */
function contextFile(
  context: BuildContext,
  source: string,
  below: string,
): { path: string; file: ContextFile } | null {
  const folder = absolutePath("/", source).slice(1);
  if (below === "" || /^git@|:\/\//.test(source)) return null;
  if (!/[*?[]/.test(folder)) {
    const path = folder === "" ? below : `${folder}/${below}`;
    const file = context.file(path);
    return file === null ? null : { path, file };
  }
  // `scripts/*.sh`: only what stands beside it by name; what matches as a folder is left open.
  if (below.includes("/") || /[*?[]/.test(folder.slice(0, folder.lastIndexOf("/") + 1))) return null;
  const name = baseName(folder);
  const characters = [...below];
  const glob = /[[\]\\]/.test(name) ? null : Glob.parse(name);
  if (glob === null || glob.from(characters, 0)?.longest !== characters.length) return null;
  const path = folder.slice(0, folder.lastIndexOf("/") + 1) + below;
  const file = context.file(path);
  return file === null ? null : { path, file };
}

function shown(context: BuildContext, path: string): string {
  const root = context.shownAs ?? "";
  return root === "" || root === "." ? path : `${withoutTrailingSlashes(root)}/${path}`;
}

/** What later instructions make of a file's text and mode. */
function afterwards(
  dockerfile: DockerfileModel,
  file: ProgramFile,
  index: number,
): Pick<ProgramFile, "text" | "mode"> {
  const { effects } = dockerfile;
  let { mode } = file;
  for (const effect of effects.slice(index + 1)) {
    if (effect.kind !== "change-mode") continue;
    const touches = effect.path === file.path || (effect.recursive && isWithin(file.path, effect.path));
    if (touches) mode = effect.conditional ? null : changed(mode, effect);
  }
  const later = commandsAfter(dockerfile, effects[index]?.instruction ?? null);
  return {
    text: later.some((command) => mayEdit(command, file.path)) ? null : file.text,
    mode: later.some((command) => mayChangeMode(command)) ? null : mode,
  };
}

function changed(mode: number | null, { mode: bits, executable }: ChangeModeEffect): number | null {
  if (bits !== null) return bits;
  if (mode === null || executable === "unchanged") return mode;
  return executable === "set" ? mode | 0o111 : mode & ~0o111;
}

/** The commands of the instructions behind this one, those of a RUN's own line included. */
function commandsAfter(
  dockerfile: DockerfileModel,
  instruction: Step["instruction"] | null,
): readonly ShellCommand[] {
  const order = new Map(dockerfile.steps.map((step, position) => [step.instruction, position]));
  const from = instruction === null ? -1 : (order.get(instruction) ?? -1);
  return dockerfile.commands.filter((command) => (order.get(command.instruction) ?? 0) >= from);
}

/** Programs that change a file in its place, or write a new one with its name. */
const EDITORS =
  /^(?:sed|perl|awk|gawk|dos2unix|fromdos|unix2dos|tr|ed|ex|patch|mv|cp|install|tee|python[\d.]*|envsubst|git)$/;

/** Whether a command may change the text of the file: it edits, and names the file or what nobody can tell. */
function mayEdit(command: ShellCommand, path: string): boolean {
  const name = nameOf(command);
  if (runsUnseen(command)) return true;
  if (!EDITORS.test(name)) return false;
  const words = [
    ...command.argv.slice(commandIndex(command.argv) + 1),
    ...command.redirects.flatMap((redirect) => redirect.target ?? []),
  ];
  if (isFoundByOthers(command)) return true;
  return words.some(
    (word) => word.value === null || /[*?[]/.test(word.value) || word.value.includes(baseName(path)),
  );
}

/** Whether a command may change permissions in a way that its words don't tell. */
function mayChangeMode(command: ShellCommand): boolean {
  if (runsUnseen(command)) return true;
  if (nameOf(command) !== "chmod") return false;
  const words = command.argv.slice(commandIndex(command.argv) + 1);
  return isFoundByOthers(command) || words.some((word) => word.value === null);
}

/** Behind `find -exec` and `xargs`, where others choose the files. */
function isFoundByOthers(command: ShellCommand): boolean {
  return prefixNames(command.argv).includes("xargs") || command.argv.some((word) => word.value === null);
}

/** A script or a build of which only the call is seen. */
function runsUnseen(command: ShellCommand): boolean {
  const word = command.argv[commandIndex(command.argv)]?.value;
  if (word === undefined) return false;
  if (word === null) return true;
  const name = baseName(word);
  if (/^(?:make|ansible-playbook)$/.test(name) || /\.sh$/.test(name)) return true;
  if (!/^(?:ba|da|z)?sh$/.test(name)) return false;
  return command.argv.some((operand) => /\.sh$/.test(operand.value ?? ""));
}

function nameOf(command: ShellCommand): string {
  return baseName(command.argv[commandIndex(command.argv)]?.value ?? "");
}
