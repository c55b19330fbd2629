import { absolutePath, baseName, withoutQuery, withoutTrailingSlashes } from "../../paths.ts";
import type { Effect, PlaceEffect, ShellCommand, ShellWord } from "../model.ts";
import { commandIndex } from "../shell/prefixes.ts";
import type { Folders } from "./folders.ts";

/** Which of a command's options take a value, as `getopt` is told. */
export interface OptionSpec {
  /** Letters, e.g. `oC`. */
  readonly short?: string;
  /** Names with their dashes. */
  readonly long?: readonly string[];
  /** Options with one dash and a whole name, e.g. `-exec`. */
  readonly singleDash?: readonly string[];
}

interface Option {
  readonly name: string;
  readonly value: ShellWord | null;
}

/** What a command is given: options by name, and the words that are none. */
export class CommandLine {
  readonly operands: ShellWord[] = [];
  private readonly options: Option[] = [];

  constructor(words: readonly ShellWord[], spec: OptionSpec) {
    let literal = false;
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at];
      if (word === undefined) break;
      const text = word.value ?? "";
      if (literal || text === "-" || !text.startsWith("-")) this.operands.push(word);
      else if (text === "--") literal = true;
      else if (text.startsWith("--") || spec.singleDash?.includes(text) === true) {
        at += this.long(word, text, words[at + 1], spec);
      } else at += this.bundle(word, text, words[at + 1], spec.short ?? "");
    }
  }

  /** Whether one of the options is given. */
  has(...names: readonly string[]): boolean {
    return this.options.some((option) => names.includes(option.name));
  }

  /** The last value of an option; `null` when it is not given. */
  value(...names: readonly string[]): ShellWord | null {
    return (
      this.options.findLast((option) => names.includes(option.name) && option.value !== null)?.value ?? null
    );
  }

  /** Every value of an option, in order. */
  values(...names: readonly string[]): ShellWord[] {
    return this.options.flatMap((option) =>
      names.includes(option.name) && option.value !== null ? [option.value] : [],
    );
  }

  private long(word: ShellWord, text: string, next: ShellWord | undefined, spec: OptionSpec): number {
    const equals = text.indexOf("=");
    if (equals !== -1) {
      this.options.push({ name: text.slice(0, equals), value: { ...word, value: text.slice(equals + 1) } });
      return 0;
    }
    const takes = spec.long?.includes(text) === true || spec.singleDash?.includes(text) === true;
    this.options.push({ name: text, value: takes ? (next ?? null) : null });
    return takes ? 1 : 0;
  }

  private bundle(word: ShellWord, text: string, next: ShellWord | undefined, short: string): number {
    for (let index = 1; index < text.length; index += 1) {
      const name = `-${text.charAt(index)}`;
      if (!short.includes(text.charAt(index))) {
        this.options.push({ name, value: null });
        continue;
      }
      const rest = text.slice(index + 1);
      this.options.push({ name, value: rest === "" ? (next ?? null) : { ...word, value: rest } });
      return rest === "" ? 1 : 0;
    }
    return 0;
  }
}

/** One command of a RUN, and the effects that can be made of its words. */
export class CommandFiles {
  /** The command's own name, without its folder. */
  readonly name: string;
  /** The words behind the name. */
  readonly words: readonly ShellWord[];
  readonly folders: Folders;
  readonly command: ShellCommand;

  constructor(command: ShellCommand, folders: Folders) {
    const argv = command.argv.slice(commandIndex(command.argv));
    this.command = command;
    this.folders = folders;
    this.name = baseName(argv[0]?.value ?? "");
    this.words = argv.slice(1);
  }

  line(spec: OptionSpec, from = 0): CommandLine {
    return new CommandLine(this.words.slice(from), spec);
  }

  /** The absolute path of a word; `null` when it can't be told. */
  path(word: ShellWord | null | undefined): string | null {
    const value = word?.value;
    if (value === null || value === undefined || value === "" || value.startsWith("~")) return null;
    if (value.startsWith("/")) return absolutePath("/", value);
    const { workingDir } = this.command;
    return workingDir.known ? absolutePath(workingDir.value, value) : null;
  }

  /** A file (or files below a folder) at `word`; with `child`, that name inside it. */
  place(
    word: ShellWord | null | undefined,
    extent: PlaceEffect["extent"],
    more: PlaceOptions = {},
  ): PlaceEffect[] {
    const folder = this.path(word);
    if (folder === null || word === null || word === undefined) return [];
    const path = more.child === undefined ? folder : absolutePath(folder, more.child);
    if (/[*?]/.test(path) || /^\/(?:dev|proc|sys)(?:\/|$)/.test(path)) return [];
    return [
      {
        kind: "place",
        ...this.origin(word),
        path,
        extent,
        by: this.name,
        sources: more.sources ?? [],
        from: null,
        mode: more.mode ?? null,
        content: more.content ?? null,
      },
    ];
  }

  /** The same, in the folder that the command runs in; `word` says where in the file it is told. */
  placeHere(word: ShellWord, extent: PlaceEffect["extent"], more: PlaceOptions = {}): PlaceEffect[] {
    return this.place({ ...word, value: "." }, extent, more);
  }

  origin(word: ShellWord): Pick<Effect, "instruction" | "stage" | "range" | "conditional"> {
    const { instruction, stage, conditional } = this.command;
    return { instruction, stage, range: word.range, conditional };
  }
}

export interface PlaceOptions {
  readonly child?: string;
  readonly sources?: readonly string[];
  readonly mode?: number | null;
  readonly content?: PlaceEffect["content"];
}

/** The last part of a path or URL, as written where its value is not known. */
export function lastPart(word: ShellWord): string {
  const text = withoutTrailingSlashes(withoutQuery(word.value ?? word.raw.replace(/["']/g, "")));
  return baseName(text);
}
