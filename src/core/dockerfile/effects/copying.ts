import { absolutePath, baseName, parentOf } from "../../paths.ts";
import type { Effect, ShellWord } from "../model.ts";
import type { CommandFiles, CommandLine, OptionSpec } from "./command-line.ts";
import { lastPart } from "./command-line.ts";
import { octalMode } from "./modes.ts";
import { looksLikeFile } from "./signs.ts";

const COPY: OptionSpec = {
  short: "tSmoge",
  long: ["--target-directory", "--suffix", "--mode", "--owner", "--group"],
};
const RSYNC: OptionSpec = {
  short: "efBTM",
  long: [
    "--exclude",
    "--include",
    "--filter",
    "--exclude-from",
    "--include-from",
    "--rsh",
    "--rsync-path",
    "--chmod",
  ],
};

/** cp, scp, install: the last operand, or `-t`, is where things go. */
export function copied(files: CommandFiles): Effect[] {
  const line = files.line(COPY);
  return placed(files, line, line.value("-t", "--target-directory")).effects;
}

/** `mv`: the sources are gone from where they were. */
export function moved(files: CommandFiles): Effect[] {
  const line = files.line(COPY);
  const { effects, sources } = placed(files, line, line.value("-t", "--target-directory"));
  return [...effects, ...sources.flatMap((source) => removal(files, source))];
}

/** `install`, and `install -d`, which makes folders. */
export function installed(files: CommandFiles): Effect[] {
  const line = files.line(COPY);
  if (line.has("-d", "--directory")) return madeFolders(files, line.operands);
  return placed(files, line, line.value("-t", "--target-directory")).effects;
}

/** `rsync`: a source that ends with a slash stands for what is in it. */
export function synchronized(files: CommandFiles): Effect[] {
  const line = files.line(RSYNC);
  const target = line.operands.at(-1);
  if (target === undefined || /^[^/]*:/.test(target.value ?? "")) return [];
  return line.operands.slice(0, -1).flatMap((source) => {
    const from = source.value ?? "";
    const more = { sources: source.value === null ? [] : [from] };
    if (source.value === null || from.endsWith("/") || /[*?[]/.test(from))
      return files.place(target, "below", more);
    if (!looksLikeFile(from)) return files.place(target, "below", { ...more, child: lastPart(source) });
    return intoOrAs(files, target, source, target.value?.endsWith("/") === true, more);
  });
}

function placed(
  files: CommandFiles,
  line: CommandLine,
  folder: ShellWord | null,
): { effects: Effect[]; sources: readonly ShellWord[] } {
  const target = folder ?? line.operands.at(-1);
  const sources = folder === null ? line.operands.slice(0, -1) : line.operands;
  if (target === undefined || /^[^/]+:/.test(target.value ?? "")) return { effects: [], sources: [] };
  const value = target.value ?? "";
  const isFolder =
    !line.has("-T", "--no-target-directory") &&
    (folder !== null || /(?:^|\/)\.{0,2}$/.test(value) || sources.length > 1);
  const mode = octalMode(line.value("-m", "--mode")?.value ?? null);
  const effects = sources.flatMap((source): Effect[] => {
    const from = source.value;
    const more = { sources: from === null ? [] : [from], mode };
    if (from === null || /[*?[]/.test(from) || /(?:^|\/)\.$/.test(from))
      return files.place(target, "below", more);
    return intoOrAs(files, target, source, isFolder, more);
  });
  return { effects, sources };
}

/** One source, either under its own name in a folder or as the target itself. */
function intoOrAs(
  files: CommandFiles,
  target: ShellWord,
  source: ShellWord,
  isFolder: boolean,
  more: { readonly sources: readonly string[]; readonly mode?: number | null },
): Effect[] {
  const path = files.path(target);
  if (path === null) return [];
  const name = lastPart(source);
  const into = (isFolder || files.folders.has(path)) && name !== "" && name !== ".." && name !== ".";
  const sourcePath = files.path(source);
  const isFile = looksLikeFile(into ? name : baseName(path)) || looksLikeFile(name);
  const extent = sourcePath !== null && files.folders.has(sourcePath) ? "below" : isFile ? "file" : "either";
  return files.place(target, extent, into ? { ...more, child: name } : more);
}

export function madeFolders(files: CommandFiles, words: readonly ShellWord[]): Effect[] {
  return words.flatMap((word) => {
    const path = files.path(word);
    return path === null ? [] : [{ kind: "make-directory" as const, ...files.origin(word), path }];
  });
}

/** `rm -r x`, `rm x/*`: what is plainly named. Other patterns are left to those who know what is there. */
export function removal(files: CommandFiles, word: ShellWord): Effect[] {
  const value = word.value ?? "";
  const below = /(?:^|\/)\*$/.test(value);
  const path = files.path(below ? { ...word, value: value.slice(0, -1) || "." } : word);
  return path === null ? [] : [{ kind: "remove", ...files.origin(word), path, below }];
}

/** `ln` and `ln -s`. */
export function linked(files: CommandFiles): Effect[] {
  const line = files.line({ short: "tS", long: ["--target-directory", "--suffix"] });
  const folder = line.value("-t", "--target-directory");
  const [target, at] = line.operands;
  if (target?.value === undefined || target.value === null) return [];
  const told = folder ?? at;
  const place = files.path(told ?? { ...target, value: "." });
  if (place === null) return [];
  const inside =
    !line.has("-T", "--no-target-directory") &&
    (told === undefined || folder !== null || told.value?.endsWith("/") === true || files.folders.has(place));
  const replaces =
    line.has("-n", "--no-dereference") && told?.value?.endsWith("/") !== true && folder === null;
  const path = inside && !replaces ? absolutePath(place, lastPart(target)) : place;
  const symbolic = line.has("-s", "--symbolic");
  const leadsTo = symbolic
    ? absolutePath(parentOf(path), target.value)
    : (files.path(target) ?? target.value);
  return [{ kind: "link", ...files.origin(told ?? target), path, target: leadsTo }];
}

/** `update-alternatives --install LINK NAME PATH PRIORITY`. */
export function alternative(files: CommandFiles): Effect[] {
  const at = files.words.findIndex((word) => word.value === "--install");
  const link = files.words[at + 1];
  const path = files.path(link);
  const target = files.path(files.words[at + 3]);
  if (at === -1 || link === undefined || path === null || target === null) return [];
  return [{ kind: "link", ...files.origin(link), path, target }];
}
