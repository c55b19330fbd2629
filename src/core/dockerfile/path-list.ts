import { type Range, rangeAt } from "../text.ts";
import type { DockerfileModel, Instruction, Step } from "./model.ts";
import { expandWord } from "./variables.ts";
import { splitWords } from "./words.ts";

/** One folder of a variable such as PATH or LD_LIBRARY_PATH. */
export interface PathEntry {
  readonly path: string;
  /** Where the file says it; `null` where a base image does. */
  readonly at: { readonly instruction: Instruction; readonly range: Range } | null;
}

/** Escapes are not part of folder names that people write. */
const ESCAPE = "\\";

/**
 * The folders of a colon-separated variable, as far as they are known: those that the file writes, also where what
 * it adds them to comes from a base image that is not known.
 */
export function pathEntries(dockerfile: DockerfileModel, name: string): PathEntry[] {
  const setting = dockerfile.config.env.get(name);
  if (setting === undefined) return [];
  if (setting.instruction === null) return setting.known ? fromBase(setting.value) : [];
  return entriesOf(dockerfile, name, setting.instruction);
}

function fromBase(value: string): PathEntry[] {
  return value.split(":").flatMap((path) => (path === "" ? [] : [{ path, at: null }]));
}

function entriesOf(dockerfile: DockerfileModel, name: string, instruction: Instruction): PathEntry[] {
  const step = dockerfile.steps.find((candidate) => candidate.instruction === instruction);
  const value = assignedValue(instruction, name);
  if (step === undefined || value === null) return [];
  const entries: PathEntry[] = [];
  let start = value.start;
  for (const part of value.text.split(":")) {
    const end = start + part.length;
    entries.push(...partEntries(dockerfile, name, step, { text: part, start, end }));
    start = end + 1;
  }
  return entries;
}

interface Part {
  readonly text: string;
  /** Half-open offsets into the instruction's arguments. */
  readonly start: number;
  readonly end: number;
}

function partEntries(dockerfile: DockerfileModel, name: string, step: Step, part: Part): PathEntry[] {
  const text = part.text.replace(/^["']|["']$/g, "");
  if (new RegExp(`^\\$\\{?${name}\\b[^/]*$`).test(text)) return earlier(dockerfile, name, step);
  const lookup = (key: string) => {
    const known = step.args.get(key) ?? step.env.get(key);
    if (known !== undefined) return known;
    return step.envComplete.known ? null : { known: false as const, why: step.envComplete.why };
  };
  const path = expandWord(text, lookup, ESCAPE);
  if (!path.known || path.value === "") return [];
  const from = part.start + part.text.indexOf(text);
  const range = rangeAt(step.instruction.arguments, from, from + text.length);
  return path.value
    .split(":")
    .map((folder) => ({ path: folder, at: { instruction: step.instruction, range } }));
}

/** What the variable was before this step. */
function earlier(dockerfile: DockerfileModel, name: string, step: Step): PathEntry[] {
  const before = step.env.get(name);
  if (before === undefined || before.instruction === step.instruction) return [];
  if (before.instruction === null) return before.known ? fromBase(before.value) : [];
  return entriesOf(dockerfile, name, before.instruction);
}

/** The value that an ENV gives to `name`, unexpanded, with its place in the instruction's arguments. */
function assignedValue(instruction: Instruction, name: string): Part | null {
  const { text } = instruction.arguments;
  const words = splitWords(text, ESCAPE);
  const first = words[0];
  if (first === undefined) return null;
  if (!first.text.includes("=")) {
    const start = first.end + (/^\s*/.exec(text.slice(first.end))?.[0].length ?? 0);
    return first.text === name ? { text: text.slice(start), start, end: text.length } : null;
  }
  const word = words.findLast((candidate) => candidate.text.startsWith(`${name}=`));
  if (word === undefined) return null;
  return { text: word.text.slice(name.length + 1), start: word.start + name.length + 1, end: word.end };
}
