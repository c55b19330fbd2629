import type { ShellWord } from "../dockerfile/model.ts";
import { UserError } from "../errors.ts";
import type { Range } from "../text.ts";
import { readJson } from "./json.ts";
import type { JobNote, JobNoteKind } from "./model.ts";
import type { JobMember, JobNode } from "./node.ts";
import { cliOption } from "./options.ts";
import { type Places, rangeIn } from "./places.ts";
import { createTrainingJobCommands, restorePlaceholders } from "./script-commands.ts";
import type { Shape } from "./shape.ts";
import { shapeOf } from "./shapes.ts";
import { readShorthand, scalarOf } from "./shorthand.ts";
import type { JobSource } from "./source.ts";
import { unquote } from "./unquote.ts";
import { readYaml } from "./yaml.ts";

type ObjectNode = Extract<JobNode, { kind: "object" }>;

/** Reads the first `aws sagemaker create-training-job` command of a shell script. Throws `UserError` without one. */
export function readCommand(
  text: string,
  source: JobSource,
): { node: ObjectNode; notes: readonly JobNote[] } {
  const [first, second] = createTrainingJobCommands(text);
  if (first === undefined) {
    throw new UserError("The script has no `aws sagemaker create-training-job` command.", {
      help: "Give the script that creates the training job, or the request as JSON or YAML.",
      place: { path: source.path },
    });
  }
  const reader = new CommandReader(source);
  if (second !== undefined) reader.note("more-commands", "", second.command.range);
  return { node: reader.read(first.words, first.command.range), notes: reader.notes };
}

class CommandReader {
  readonly notes: JobNote[] = [];
  private readonly source: JobSource;
  private readonly members = new Map<string, JobMember>();

  constructor(source: JobSource) {
    this.source = source;
  }

  read(words: readonly ShellWord[], range: Range): ObjectNode {
    const input: JobMember[] = [];
    let at = 0;
    while (at < words.length) {
      const word = words[at];
      at += 1;
      if (word?.value === undefined || word.value === null || !word.value.startsWith("--")) continue;
      const equals = word.value.indexOf("=");
      const name = equals === -1 ? word.value.slice(2) : word.value.slice(2, equals);
      const option = cliOption(name);
      if (option === null) {
        this.note("unknown-option", `--${restorePlaceholders(name)}`, word.range);
        continue;
      }
      const values: ShellWord[] = equals === -1 ? [] : [assignedWord(word, name.length + 3)];
      const flag = option.kind === "flag" || (option.kind === "global" && !option.takesValue);
      const most = flag || equals !== -1 ? 0 : option.kind === "global" ? 1 : Number.POSITIVE_INFINITY;
      while (values.length < most && at < words.length && words[at]?.value?.startsWith("--") !== true) {
        const value = words[at];
        if (value !== undefined) values.push(value);
        at += 1;
      }
      if (option.kind === "global") continue;
      if (option.kind === "flag") {
        const node: JobNode = { kind: "scalar", value: option.value, range: word.range };
        this.add({ name: option.member, keyRange: word.range, node });
        continue;
      }
      const [value] = values;
      if (value === undefined) {
        this.note("missing-value", `--${name}`, word.range);
      } else if (option.kind === "input") {
        input.push(...this.input(value, option.format));
      } else {
        const node = this.argument(values, value, shapeOf(option.shape));
        this.add({ name: option.member, keyRange: word.range, node });
      }
    }
    // What stands on the command line wins over the input file.
    const members = [...input.filter(({ name }) => !this.members.has(name)), ...this.members.values()];
    return { kind: "object", members, range };
  }

  note(kind: JobNoteKind, subject: string, range: Range): void {
    this.notes.push({ kind, subject, range });
  }

  private add(member: JobMember): void {
    if (this.members.has(member.name)) this.note("duplicate-key", member.name, member.keyRange);
    this.members.set(member.name, member);
  }

  private argument(values: readonly ShellWord[], first: ShellWord, shape: Shape): JobNode {
    const simple = shape.type !== "structure" && shape.type !== "list" && shape.type !== "map";
    const isJson = /^\s*[[{]/.test(unquote(first.raw, first.range.start).text);
    if (simple || shape.type !== "list" || isJson || isFile(first)) return this.value(first, shape);
    // A list's items may stand as words of their own: `--tags Key=a,Value=b Key=c,Value=d`.
    const item = shape.member === undefined ? shape : shapeOf(shape.member);
    const items = values.map((word) => this.value(word, item));
    const last = values.at(-1) ?? first;
    return { kind: "array", items, range: { start: first.range.start, end: last.range.end } };
  }

  /** One word as a value of this shape: a plain string or number, JSON, shorthand, or a file's content. */
  private value(word: ShellWord, shape: Shape): JobNode {
    const { text, places, why } = this.content(word);
    if (why !== null) return { kind: "unknown", why, range: word.range };
    if (shape.type !== "structure" && shape.type !== "list" && shape.type !== "map") {
      return { kind: "scalar", value: scalarOf(text, shape), range: word.range };
    }
    const open = text.includes("$") && word.value === null;
    const isJson = /^\s*[[{]/.test(text);
    const result = isJson ? readJson(text, places) : readShorthand(text, shape, places);
    if ("problem" in result) {
      const why = open ? "it is put together from variables" : result.problem;
      if (!open)
        this.note("unreadable-value", result.problem, pointAt(places, result.offset, text, word.range));
      return { kind: "unknown", why, range: word.range };
    }
    if ("notes" in result) this.notes.push(...(result.notes as readonly JobNote[]));
    return open ? withoutVariables(result.node) : result.node;
  }

  /** A word's text with its places; `why` says what keeps it from being known. */
  private content(word: ShellWord): { text: string; places: Places; why: string | null } {
    const plain = unquote(word.raw, word.range.start);
    const start = word.range.start;
    if (plain.open && word.value !== null) {
      // Its variables are set in the script; there is no place of its own for each part.
      return { text: restorePlaceholders(word.value), places: () => start, why: null };
    }
    if (plain.open && !/^\s*[[{]|=/.test(plain.text)) {
      return { text: "", places: () => start, why: "it rests on a variable or a command" };
    }
    const [backslash] = plain.backslashes;
    if (backslash !== undefined) {
      const range = rangeIn((offset) => plain.positions[offset] ?? start, backslash, backslash + 1);
      this.note("backslash-in-quotes", "\\", range);
    }
    const cut = new Set(plain.backslashes);
    const text = Array.from({ length: plain.text.length }, (_, index) =>
      cut.has(index) ? " " : plain.text.charAt(index),
    ).join("");
    const places: Places = (offset) => plain.positions[Math.min(offset, plain.positions.length - 1)] ?? start;
    const file = /^fileb?:\/\/(.+)$/s.exec(text)?.[1];
    if (file === undefined) return { text: restorePlaceholders(text), places, why: null };
    const content = this.source.readFile?.(file) ?? null;
    if (content === null) {
      this.note("unread-file", file, word.range);
      return { text: "", places, why: `${file} could not be read` };
    }
    return { text: content, places: () => start, why: null };
  }

  /** The members that `--cli-input-json` or `--cli-input-yaml` gives; every place is the option's value. */
  private input(word: ShellWord, format: "json" | "yaml"): readonly JobMember[] {
    const { text, places, why } = this.content(word);
    if (why !== null) {
      if (!why.endsWith("could not be read"))
        this.note("unread-file", restorePlaceholders(word.raw), word.range);
      return [];
    }
    const result = format === "json" ? readJson(text, places) : readYaml(text, places);
    if ("problem" in result || result.node.kind !== "object") {
      const problem = "problem" in result ? result.problem : "it is not an object";
      this.note("unreadable-value", problem, word.range);
      return [];
    }
    this.notes.push(...result.notes);
    return result.node.members;
  }
}

function isFile(word: ShellWord): boolean {
  return /^fileb?:\/\//.test(word.value ?? "");
}

/** The part of `--name=value` behind the `=`, as a word of its own. */
function assignedWord(word: ShellWord, skip: number): ShellWord {
  const { line, column } = word.range.start;
  const range = { start: { line, column: column + skip }, end: word.range.end };
  return { value: word.value?.slice(skip) ?? null, raw: word.raw.slice(skip), range };
}

function pointAt(places: Places, offset: number, text: string, fallback: Range): Range {
  if (text === "") return fallback;
  const at = Math.min(offset, text.length - 1);
  return rangeIn(places, at, at + 1);
}

/** Strings that hold a shell variable are not known here. */
function withoutVariables(node: JobNode): JobNode {
  switch (node.kind) {
    case "scalar":
      if (typeof node.value !== "string" || !/\$[A-Za-z_({]|`/.test(node.value)) return node;
      return { kind: "unknown", why: "it rests on a variable or a command", range: node.range };
    case "array":
      return { ...node, items: node.items.map(withoutVariables) };
    case "object":
      return {
        ...node,
        members: node.members.map((member) => ({ ...member, node: withoutVariables(member.node) })),
      };
    case "unknown":
      return node;
  }
}
