import { closest } from "../closest.ts";
import type { ShellCommand, ShellTemplate, ShellWord } from "../dockerfile/model.ts";
import type { SourceText } from "../text.ts";
import { GAP_REASON, hasGap, type JobText, type ReadResult } from "./job-text.ts";
import { readJson } from "./json.ts";
import type { JobNote, JobNoteKind } from "./model.ts";
import type { JobMember, JobNode, ObjectNode, Partial } from "./node.ts";
import { cliOption, cliOptions } from "./options.ts";
import { type Place, placeIn, placesOfSource } from "./places.ts";
import { type CreateCommand, restorePlaceholders } from "./script-commands.ts";
import { pathKey, type ScriptFiles, writtenFiles } from "./script-files.ts";
import type { Shape } from "./shape.ts";
import { shapeOf } from "./shapes.ts";
import { readShorthand, scalarOf } from "./shorthand.ts";
import type { JobFiles } from "./source.ts";
import { readYaml } from "./yaml.ts";

/** What a command asks for, and what was to be said about how it is written. */
export interface CommandRequest {
  readonly node: ObjectNode;
  readonly notes: readonly JobNote[];
}

/** Reads one `aws sagemaker create-training-job` command of the script at `path`. */
export function readCommand(create: CreateCommand, path: string, files: JobFiles): CommandRequest {
  return new CommandReader(create, path, files).read();
}

class CommandReader {
  private readonly notes: JobNote[] = [];
  private readonly command: ShellCommand;
  private readonly words: readonly ShellWord[];
  private readonly path: string;
  private readonly files: JobFiles;
  private readonly written: ScriptFiles;
  private readonly members = new Map<string, JobMember>();
  private readonly input: JobMember[] = [];
  /** That options may be there that nobody can see. */
  private open: Partial | null = null;
  private at = 0;

  constructor({ command, words, before }: CreateCommand, path: string, files: JobFiles) {
    this.command = command;
    this.words = words;
    this.path = path;
    this.files = files;
    this.written = writtenFiles(before);
  }

  read(): CommandRequest {
    while (this.at < this.words.length) {
      const word = this.words[this.at] as ShellWord;
      this.at += 1;
      this.word(word);
    }
    // What stands on the command line wins over the input file.
    const members = [...this.input.filter(({ name }) => !this.members.has(name)), ...this.members.values()];
    const range: Place = { path: this.path, ...this.command.range };
    const node: ObjectNode = { kind: "object", members, range };
    return { node: this.open === null ? node : { ...node, partial: this.open }, notes: this.notes };
  }

  /** A word where an option is expected. */
  private word(word: ShellWord): void {
    const { text, gaps } = this.textOf(word);
    const name = /^--([A-Za-z][\w-]*)(?==|$)/.exec(text)?.[1];
    if (name !== undefined && !hasGap(gaps, 0, name.length + 2)) this.option(word, name);
    else if (/^\s+$/.test(text)) {
      this.note("space-after-backslash", "", this.place(word));
      this.leaveOpen();
    } else if (text === "..." || text === "\u2026") this.leaveOpen(this.place(word));
    else if (gaps.some(({ start }) => start === 0) || BRACKETED_WORD.test(text)) this.leaveOpen();
    else this.note("surplus-word", text, this.place(word));
  }

  private leaveOpen(elision: Place | null = null): void {
    this.open ??= { elision };
  }

  private option(word: ShellWord, name: string): void {
    const option = cliOption(name) ?? this.nearest(word, name);
    const assigned = this.assigned(word, name.length + 3);
    if (option === null) {
      this.leaveOpen();
      this.values(Number.POSITIVE_INFINITY);
      return;
    }
    switch (option.kind) {
      case "global":
        if (option.takesValue && assigned === null) this.values(1);
        return;
      case "flag": {
        const node: JobNode = { kind: "scalar", value: option.value, range: this.place(word) };
        this.add({ name: option.member, keyRange: this.place(word), node });
        return;
      }
      case "input": {
        const [value] = assigned === null ? this.values(1) : [assigned];
        if (value === undefined) this.note("missing-value", `--${name}`, this.place(word));
        else this.readInput(value, option.format);
        return;
      }
      case "member": {
        const values = assigned === null ? this.values(Number.POSITIVE_INFINITY) : [assigned];
        if (values.length === 0) this.note("missing-value", `--${name}`, this.place(word));
        else {
          const node = this.argument(values, shapeOf(option.shape));
          this.add({ name: option.member, keyRange: this.place(word), node });
        }
      }
    }
  }

  /** An option that the command does not have is read as the one that was meant. */
  private nearest(word: ShellWord, name: string): ReturnType<typeof cliOption> {
    this.note("unknown-option", `--${name}`, this.place(word));
    const near = closest(name, [...cliOptions().keys()]);
    return near === null ? null : cliOption(near);
  }

  /** The words behind an option, up to the next one. */
  private values(most: number): ShellWord[] {
    const values: ShellWord[] = [];
    while (values.length < most && this.at < this.words.length) {
      const word = this.words[this.at] as ShellWord;
      const { text } = this.textOf(word);
      if (/^--[A-Za-z]/.test(text) || (text.trim() === "" && text !== "")) break;
      values.push(word);
      this.at += 1;
    }
    return values;
  }

  /** The part of `--name=value` behind the `=`, as a word of its own. */
  private assigned(word: ShellWord, skip: number): ShellWord | null {
    const template = this.templateOf(word);
    const { text } = template.source;
    if (text.length < skip || text.charAt(skip - 1) !== "=") return null;
    const pieces = [...text.slice(skip)].length === 0 ? [] : placesFrom(template.source, skip);
    const source: SourceText = { text: text.slice(skip), pieces };
    const gaps = template.gaps.map((gap) => ({ ...gap, start: gap.start - skip, end: gap.end - skip }));
    const first = pieces[0]?.position ?? word.range.end;
    return {
      value: word.value?.slice(skip) ?? null,
      raw: word.raw,
      range: { start: first, end: word.range.end },
      template: { source, gaps },
    };
  }

  private add(member: JobMember): void {
    this.members.set(member.name, member);
  }

  private argument(words: readonly ShellWord[], shape: Shape): JobNode {
    const [first, ...rest] = words as [ShellWord, ...ShellWord[]];
    if (!isComplex(shape)) {
      this.surplus(rest);
      return this.scalar(first, shape);
    }
    if (shape.type === "list") return this.list(words, shape);
    return this.merged([this.value(first, shape, rest.length > 0), ...this.surplusMembers(rest, shape)]);
  }

  private scalar(word: ShellWord, shape: Shape): JobNode {
    const { text, gaps } = this.textOf(word);
    const range = this.place(word);
    if (gaps.length > 0) return { kind: "unknown", why: GAP_REASON, range };
    if (/^fileb?:\/\//.test(text)) return { kind: "unknown", why: "it stands in a file", range };
    return { kind: "scalar", value: scalarOf(text, shape), range };
  }

  /** A JSON list or a file in one word; else each word is an item: `--tags Key=a,Value=b Key=c,Value=d`. */
  private list(words: readonly ShellWord[], shape: Shape): JobNode {
    const [first, ...rest] = words as [ShellWord, ...ShellWord[]];
    const { text, gaps } = this.textOf(first);
    const whole = gaps.some(({ start, end }) => start === 0 && end === text.length);
    if (whole || /^\s*\[|^fileb?:\/\//.test(text)) {
      this.surplus(rest);
      return this.value(first, shape);
    }
    const item = shape.member === undefined ? shape : shapeOf(shape.member);
    const items = words.map((word) => (isComplex(item) ? this.value(word, item) : this.scalar(word, item)));
    const range = { ...this.place(first), end: this.place(words.at(-1) ?? first).end };
    return { kind: "array", items, range };
  }

  /** The AWS CLI takes one word for a structure; what the further ones were meant to say is read all the same. */
  private surplusMembers(words: readonly ShellWord[], shape: Shape): JobNode[] {
    this.surplus(words);
    return words
      .filter((word) => /^[\w-]+=/.test(this.textOf(word).text))
      .map((word) => this.value(word, shape, word !== words.at(-1)));
  }

  private surplus(words: readonly ShellWord[]): void {
    let told = false;
    for (const word of words) {
      const { text, gaps } = this.textOf(word);
      // A variable may hold further options, and is empty else.
      if (gaps.some(({ start }) => start === 0)) this.leaveOpen();
      else if (!told) this.note("surplus-word", text, this.place(word));
      told = true;
    }
  }

  private merged(nodes: readonly JobNode[]): JobNode {
    const [first, ...rest] = nodes as [JobNode, ...JobNode[]];
    if (first.kind !== "object") return first;
    const others = rest.flatMap((node) => (node.kind === "object" ? node.members : []));
    return { ...first, members: [...first.members, ...others] };
  }

  /**
   * One word as a value of this shape: JSON, shorthand, or a file's content. `continued` where the rest of it
   * stands in words of its own, so that a comma at its end is not the mistake.
   */
  private value(word: ShellWord, shape: Shape, continued = false): JobNode {
    const range = this.place(word);
    const content = this.content(word);
    if (typeof content === "string") return { kind: "unknown", why: content, range };
    if (/^\s*(?:\.\.\.|\u2026)\s*$/.test(content.text)) {
      return { kind: "object", members: [], range, partial: { elision: range } };
    }
    const isJson = /^\s*[[{]/.test(content.text);
    const result = isJson ? readJson(content) : readShorthand(trimmed(content, continued), shape);
    return this.nodeOf(result, content, word);
  }

  private nodeOf(result: ReadResult, content: JobText, word: ShellWord): JobNode {
    if ("problem" in result) {
      const open = content.gaps.length > 0;
      if (!open) this.note("unreadable-value", result.problem, this.pointAt(content, result.offset, word));
      const why = open ? "it is put together from variables" : result.problem;
      return { kind: "unknown", why, range: this.place(word) };
    }
    this.notes.push(...result.notes);
    return result.node;
  }

  /** The members that `--cli-input-json` or `--cli-input-yaml` gives. */
  private readInput(word: ShellWord, format: "json" | "yaml"): void {
    const content = this.content(word);
    if (typeof content === "string") {
      this.leaveOpen();
      return;
    }
    const node = this.nodeOf(format === "json" ? readJson(content) : readYaml(content), content, word);
    if (node.kind !== "object") {
      if (node.kind !== "unknown") {
        this.note("unreadable-value", "it is not an object", this.place(word));
      }
      this.leaveOpen();
      return;
    }
    if (node.partial !== undefined) this.leaveOpen();
    this.input.push(...node.members);
  }

  /** What a word stands for; a string says what keeps it from being known. */
  private content(word: ShellWord): JobText | string {
    const template = this.templateOf(word);
    const { text } = template.source;
    const file = /^\s*fileb?:\/\//.exec(text)?.[0];
    if (file !== undefined) {
      const gaps = template.gaps.map((gap) => ({
        ...gap,
        start: gap.start - file.length,
        end: gap.end - file.length,
      }));
      return this.file({ source: { text: text.slice(file.length), pieces: [] }, gaps }, word);
    }
    if (template.braces === true) this.note("brace-expansion", text, this.place(word));
    const [gap] = template.gaps;
    if (gap !== undefined && gap.start === 0 && gap.end === text.length) {
      if (gap.file !== null) return this.file(gap.file, word);
      this.note("unread-file", restorePlaceholders(text), this.place(word));
      return GAP_REASON;
    }
    return this.withoutBackslashes(this.jobText(template));
  }

  /** The text of a file that the command names: what the script itself wrote there, else what lies there. */
  private file(name: ShellTemplate, word: ShellWord): JobText | string {
    const key = pathKey(name);
    const here = key === "/dev/stdin" || key === "-" ? this.standardInput() : this.written.get(key);
    if (here !== undefined && here !== null) return this.jobText(here);
    const path = here === null ? null : pathOf(name);
    const found = path === null ? null : this.files.read(path);
    if (found !== null) return found;
    this.note("unread-file", restorePlaceholders(name.source.text), this.place(word));
    return `${restorePlaceholders(name.source.text)} could not be read`;
  }

  private standardInput(): ShellTemplate | null {
    return this.command.redirects.find(({ template }) => template !== undefined)?.template ?? null;
  }

  /** Backslashes at the ends of lines are left in the text by single quotes alone; read past, and noted. */
  private withoutBackslashes(content: JobText): JobText {
    const at = content.text.search(/\\\n/);
    if (at === -1) return content;
    this.note("backslash-in-quotes", "\\", placeIn(content.places, at, at + 1));
    return { ...content, text: content.text.replaceAll("\\\n", " \n") };
  }

  private jobText({ source, gaps }: ShellTemplate): JobText {
    return { text: restorePlaceholders(source.text), places: placesOfSource(source, this.path), gaps };
  }

  private textOf(word: ShellWord): JobText {
    return this.jobText(this.templateOf(word));
  }

  /** A word that variables were split into has no place of its own. */
  private templateOf(word: ShellWord): ShellTemplate {
    if (word.template !== undefined) return word.template;
    const position = word.range.start;
    const text = word.value ?? word.raw;
    const pieces = Array.from({ length: Math.max(1, text.length) }, (_, offset) => ({ offset, position }));
    const gaps = word.value === null ? [{ start: 0, end: text.length, file: null }] : [];
    return { source: { text, pieces }, gaps };
  }

  private place(word: ShellWord): Place {
    return { path: this.path, ...word.range };
  }

  private pointAt({ places, text }: JobText, offset: number, word: ShellWord): Place {
    if (text === "") return this.place(word);
    const at = Math.min(offset, text.length - 1);
    return placeIn(places, at, at + 1);
  }

  private note(kind: JobNoteKind, subject: string, range: Place): void {
    this.notes.push({ kind, subject: restorePlaceholders(subject), range });
  }
}

function isComplex(shape: Shape): boolean {
  return shape.type === "structure" || shape.type === "list" || shape.type === "map";
}

/** Blanks behind shorthand are the script's, not the value's. */
function trimmed(content: JobText, continued: boolean): JobText {
  const text = content.text.trimEnd();
  return { ...content, text: continued ? text.replace(/,$/, "") : text };
}

/** `<more options>`, as in a synopsis. */
const BRACKETED_WORD = /^(?:<.*>|\[.*\])$/s;

/** The pieces of `source.text.slice(start)`. */
function placesFrom(source: SourceText, start: number): SourceText["pieces"] {
  const { at } = placesOfSource(source, "");
  const inside = source.pieces.filter(({ offset }) => offset > start);
  return [
    { offset: 0, position: at(start) },
    ...inside.map(({ offset, position }) => ({ offset: offset - start, position })),
  ];
}

/** The path that can be looked for; a folder that the script derives from its own place is the script's folder. */
function pathOf({ source, gaps }: ShellTemplate): string | null {
  const text = restorePlaceholders(source.text).trim();
  const [gap, second] = gaps;
  if (gap === undefined) return text;
  const own = gap.start === 0 && /dirname|BASH_SOURCE|readlink -f|realpath/.test(text.slice(0, gap.end));
  return own && second === undefined ? text.slice(gap.end).replace(/^\/+/, "") : null;
}
