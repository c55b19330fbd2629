import type { Effect, ShellWord } from "../model.ts";
import { type CommandFiles, CommandLine, type OptionSpec } from "./command-line.ts";

const TAR_SHORT = "fCbTXIHKLNVg";
const TAR: OptionSpec = {
  short: TAR_SHORT,
  long: [
    "--file",
    "--directory",
    "--exclude",
    "--strip-components",
    "--transform",
    "--files-from",
    "--use-compress-program",
    "--owner",
    "--group",
    "--mode",
  ],
};

/** `tar`: extracts below a folder, or makes an archive. */
export function tarred(files: CommandFiles): Effect[] {
  const line = new CommandLine(dashed(files.words), TAR);
  const first = files.words[0];
  if (first === undefined) return [];
  if (line.has("-c", "--create")) {
    const archive = line.value("-f", "--file");
    return archive?.value === "-" ? [] : files.place(archive, "file");
  }
  if (!line.has("-x", "--extract", "--get") || line.has("-O", "--to-stdout", "-t", "--list")) return [];
  const folder = line.value("-C", "--directory");
  const archive = line.value("-f", "--file")?.value;
  const sources = archive === undefined || archive === null || archive === "-" ? [] : [archive];
  const where = folder ?? { ...first, value: "." };
  const plain =
    line.operands.length > 0 &&
    !line.has("--strip-components", "--strip", "--transform", "--wildcards", "-T") &&
    line.operands.every((word) => word.value !== null && !/[*?[]/.test(word.value));
  if (!plain) return files.place(where, "below", { sources });
  return line.operands.flatMap((member) =>
    files.place(where, "either", { child: member.value ?? "", sources }),
  );
}

/** `tar xzf a.tgz`: letters without a dash, each taking the next word that is left. */
function dashed(words: readonly ShellWord[]): ShellWord[] {
  const [first, ...rest] = words;
  const letters = first?.value ?? "";
  if (first === undefined || letters.startsWith("-") || !/^[a-zA-Z]+$/.test(letters)) return [...words];
  const result: ShellWord[] = [];
  for (const letter of letters) {
    result.push({ ...first, value: `-${letter}` });
    const value = TAR_SHORT.includes(letter) ? rest.shift() : undefined;
    if (value !== undefined) result.push(value);
  }
  return [...result, ...rest];
}

/** `unzip`: below `-d`, or below the folder that it runs in. */
export function unzipped(files: CommandFiles): Effect[] {
  const line = files.line({ short: "dxP" });
  const archive = line.operands[0];
  if (archive === undefined || line.has("-l", "-t", "-p", "-c", "-Z")) return [];
  const sources = archive.value === null ? [] : [archive.value];
  const folder = line.value("-d");
  return folder === null
    ? files.placeHere(archive, "below", { sources })
    : files.place(folder, "below", { sources });
}

/** `7z x a.7z -o/dir`. */
export function extracted7z(files: CommandFiles): Effect[] {
  const line = files.line({ short: "op" });
  const [verb, archive] = line.operands;
  if (!/^[xe]$/.test(verb?.value ?? "") || archive === undefined) return [];
  const folder = line.value("-o");
  return folder === null ? files.placeHere(archive, "below") : files.place(folder, "below");
}

/** `gunzip a.gz`, `xz -d a.xz`: the name without its ending, in place of the archive. */
export function gunzipped(files: CommandFiles): Effect[] {
  const line = files.line({ short: "S" });
  const unpacks = /^(?:gun|bun|un)/.test(files.name) || line.has("-d", "--decompress");
  if (!unpacks || line.has("-c", "--stdout", "-t", "-l")) return [];
  return line.operands.flatMap((word): Effect[] => {
    const name = word.value?.replace(/\.(?:gz|bz2|xz|zst|lzma)$/, "");
    return name === undefined || name === word.value ? [] : files.place({ ...word, value: name }, "file");
  });
}

/** `dpkg -x a.deb DIR`, `dpkg-deb -x`. */
export function extractedDeb(files: CommandFiles): Effect[] {
  const line = files.line({});
  if (!line.has("-x", "-X", "--extract", "--vextract")) return [];
  return files.place(line.operands[1], "below");
}
