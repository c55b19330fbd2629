import type { DockerfileModel, Instruction } from "../dockerfile/model.ts";
import { type MadeBy, madeBy } from "./made-by.ts";
import type { HistoryEntry } from "./model.ts";

/** Which instruction of a Dockerfile made which entry of the history. */
export interface MatchedHistory {
  /** By the entry's position, oldest first. */
  readonly instructions: ReadonlyMap<number, Instruction>;
  /** How many entries, oldest first, come from the base image. */
  readonly baseEntries: number;
}

/** Entries that may stand between two that match: what a builder adds by itself. */
const MOST_ADDED = 3;

/**
 * Puts an image's history beside the Dockerfile that is given with it, from the last instruction backwards.
 * `null` when the image was not built from this Dockerfile, as far as one can see: then nothing is said about lines.
 */
export function matchHistory(
  dockerfile: DockerfileModel,
  history: readonly HistoryEntry[],
): MatchedHistory | null {
  const wanted = dockerfile.steps.map(({ instruction }) => instruction);
  const entries = history.map(({ createdBy }) => madeBy(createdBy));
  const instructions = new Map<number, Instruction>();
  let at = entries.length - 1;
  for (const instruction of [...wanted].reverse()) {
    const found = lastFitting(entries, at, instruction);
    // Some builders leave out what changes nothing; a layer that is missing means another Dockerfile.
    if (found === null && MAKES_LAYER.has(instruction.keyword)) return null;
    if (found === null) continue;
    instructions.set(found, instruction);
    at = found - 1;
  }
  return instructions.size === 0 ? null : { instructions, baseEntries: at + 1 };
}

const MAKES_LAYER: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD"]);

function lastFitting(entries: readonly MadeBy[], from: number, instruction: Instruction): number | null {
  for (let at = from; at >= 0 && from - at <= MOST_ADDED; at -= 1) {
    const entry = entries[at] as MadeBy;
    if (entry.keyword === instruction.keyword && fits(entry, instruction)) return at;
    // A layer in between is some other instruction's.
    if (MAKES_LAYER.has(entry.keyword)) return null;
  }
  return null;
}

function fits(entry: MadeBy, instruction: Instruction): boolean {
  const written = instruction.arguments.text;
  if (instruction.keyword === "RUN") return isSameCommand(entry.text, written);
  return !MAKES_LAYER.has(instruction.keyword) || isSameTarget(entry.text, written);
}

/** How much of a command is compared; variables and here-documents come later, if at all. */
const COMPARED = 24;

function isSameCommand(made: string, written: string): boolean {
  const [a, b] = [bare(made), bare(written)];
  if (b.startsWith("<<") || b.startsWith("[")) return true;
  const length = Math.min(COMPARED, a.length, b.length);
  return a.slice(0, length) === b.slice(0, length);
}

/** Without what builders write differently: blanks, continuations, quotes. */
function bare(text: string): string {
  return text.replace(/[\s\\"']+/g, "");
}

/** What COPY and ADD copy to, by its last part; a variable or a bare folder says too little. */
function isSameTarget(made: string, written: string): boolean {
  const [a, b] = [made, written].map((text) => lastPart(text.trim().split(/\s+/).at(-1) ?? ""));
  return a === b || a === "" || b === "" || /[$<\]]/.test(written);
}

function lastPart(path: string): string {
  return path.split("/").findLast((part) => part !== "" && part !== ".") ?? "";
}
