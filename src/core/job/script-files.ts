import type { ShellCommand, ShellTemplate, ShellWord } from "../dockerfile/model.ts";
import { commandIndex } from "../dockerfile/shell/prefixes.ts";
import { concat } from "../dockerfile/shell/source.ts";
import { baseName } from "../paths.ts";

/** The files that a script writes: path as `pathKey` has it → text, or `null` where that can't be told. */
export type ScriptFiles = ReadonlyMap<string, ShellTemplate | null>;

/** A path as the script writes it, so that the same file has the same key wherever it is named. */
export function pathKey(template: ShellTemplate): string {
  return template.source.text
    .trim()
    .replace(/\$\{(\w+)\}/g, "$$$1")
    .replace(/^(?:\.\/)+/, "");
}

/** What the files that these commands write hold afterwards. */
export function writtenFiles(commands: readonly ShellCommand[]): ScriptFiles {
  const files = new Map<string, ShellTemplate | null>();
  for (const command of commands) {
    const output = outputOf(command);
    for (const { operator, target } of command.redirects) {
      if (target?.template === undefined || !/^(?:>\|?|>>|&>>?)$/.test(operator)) continue;
      write(files, target.template, output, operator.endsWith(">>"), command.conditional);
    }
    for (const file of teeFiles(command)) write(files, file, output, false, command.conditional);
    for (const file of changedFiles(command)) files.set(pathKey(file), null);
  }
  return files;
}

function write(
  files: Map<string, ShellTemplate | null>,
  file: ShellTemplate,
  text: ShellTemplate | null,
  append: boolean,
  conditional: boolean,
): void {
  const key = pathKey(file);
  const before = files.get(key);
  if (conditional && before !== undefined) files.set(key, null);
  else if (append && before !== undefined) {
    files.set(key, before === null || text === null ? null : appended(before, text));
  } else files.set(key, text);
}

function appended(before: ShellTemplate, text: ShellTemplate): ShellTemplate {
  const moved = text.gaps.map((gap) => ({
    ...gap,
    start: gap.start + before.source.text.length,
    end: gap.end + before.source.text.length,
  }));
  return { source: concat([before.source, text.source]), gaps: [...before.gaps, ...moved] };
}

/** What a command prints, where its words or its here-document alone tell. */
function outputOf({ argv, redirects }: ShellCommand): ShellTemplate | null {
  const words = argv.slice(commandIndex(argv));
  const name = baseName(words[0]?.value ?? "");
  const heredocs = redirects.filter(({ operator }) => operator.startsWith("<<"));
  if (name === "tee" || (name === "cat" && words.length === 1)) {
    return heredocs.length === 1 ? (heredocs[0]?.template ?? null) : null;
  }
  const [, text, second] = words;
  if (name === "echo" && second === undefined) return text?.template ?? null;
  const format = /^%s(?:\\n)?$/.test(text?.value ?? "");
  if (name === "printf" && format && words.length === 3) return second?.template ?? null;
  return null;
}

function teeFiles({ argv }: ShellCommand): ShellTemplate[] {
  const words = argv.slice(commandIndex(argv));
  if (baseName(words[0]?.value ?? "") !== "tee") return [];
  return words.slice(1).flatMap((word) => operand(word));
}

/** Files that a command changes in place or makes of others. */
function changedFiles({ argv }: ShellCommand): ShellTemplate[] {
  const words = argv.slice(commandIndex(argv));
  const name = baseName(words[0]?.value ?? "");
  const inPlace =
    /^(?:sed|gsed|perl|yq|ruby)$/.test(name) &&
    words.some((word) => /^-\w*i|^--in-?place/.test(word.value ?? ""));
  if (inPlace) return words.slice(2).flatMap((word) => operand(word));
  if (/^(?:cp|mv|install|sponge)$/.test(name)) return words.slice(-1).flatMap((word) => operand(word));
  return [];
}

function operand(word: ShellWord): ShellTemplate[] {
  return word.template === undefined || word.value?.startsWith("-") === true ? [] : [word.template];
}
