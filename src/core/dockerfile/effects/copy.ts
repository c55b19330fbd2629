import { absolutePath, baseName } from "../../paths.ts";
import { rangeAt } from "../../text.ts";
import { execForm } from "../exec-form.ts";
import type { BuildContext, PlaceEffect, Stage, Step, Value } from "../model.ts";
import { findStage } from "../stages.ts";
import { expandWord, type Lookup } from "../variables.ts";
import { splitWords } from "../words.ts";

/** What COPY and ADD need to know besides their own words. */
export interface CopyInputs {
  readonly escapeChar: string;
  readonly stages: readonly Stage[];
  readonly context: BuildContext | null;
}

/** Archives that ADD unpacks when they come from the build context. */
const ARCHIVE = /\.(?:tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst)$/;

/** The files that one COPY or ADD places; none when its destination is not known. */
export function copyEffects(step: Step, inputs: CopyInputs): PlaceEffect[] {
  const { instruction } = step;
  const words = wordsOf(step, inputs);
  const last = words.at(-1);
  if (last === undefined || !last.value.known) return [];
  const to = destination(last.value.value, step.workingDir);
  if (to === null) return [];
  const from = sourceOf(step, inputs);
  const sources = words.slice(0, -1);
  const folder = /\/$|^\.{1,2}$|\/\.{1,2}$/.test(last.value.value) || sources.length > 1;
  const base = {
    kind: "place" as const,
    instruction,
    stage: step.stage,
    range: last.range,
    conditional: false,
    by: instruction.keyword,
    from,
    mode: modeOf(step, inputs),
  };
  return sources.map((source): PlaceEffect => {
    const heredoc = instruction.heredocs.find((entry) => samePlace(entry.range.start, source.range.start));
    if (heredoc !== undefined) {
      const path = folder ? absolutePath(to, heredoc.name) : to;
      return { ...base, path, extent: "file", sources: [], content: heredoc.content };
    }
    const name = source.value.known ? source.value.value : null;
    const place = placeOf(name, to, folder, instruction.keyword, from === null ? inputs.context : null);
    return { ...base, ...place, sources: name === null ? [] : [name] };
  });
}

type Place = Pick<PlaceEffect, "path" | "extent" | "content">;

function placeOf(
  name: string | null,
  to: string,
  folder: boolean,
  keyword: string,
  context: BuildContext | null,
): Place {
  if (name === null) return { path: to, extent: folder ? "below" : "either", content: null };
  if (
    keyword === "ADD" &&
    (/^git@|\.git(?:#.*)?$/.test(name) || (ARCHIVE.test(name) && !/^https?:/.test(name)))
  ) {
    return { path: to, extent: "below", content: null };
  }
  const into = folder ? absolutePath(to, sourceName(name)) : to;
  if (/^https?:\/\//.test(name)) return { path: into, extent: "file", content: null };
  const trimmed = name.replace(/^\.?\/+/, "").replace(/\/+$/, "");
  if (trimmed === "" || trimmed === "." || /[*?[]/.test(name))
    return { path: to, extent: "below", content: null };
  const file = context?.file(trimmed) ?? null;
  if (file !== null) {
    const content =
      file.text === null
        ? null
        : { text: file.text, pieces: [{ offset: 0, position: { line: 1, column: 1 } }] };
    return { path: into, extent: "file", content };
  }
  if (context !== null && context.list(trimmed) !== null) return { path: to, extent: "below", content: null };
  if (name.endsWith("/")) return { path: to, extent: "below", content: null };
  if (/\.[A-Za-z0-9]{1,5}$/.test(sourceName(name))) return { path: into, extent: "file", content: null };
  if (!folder) return { path: to, extent: "either", content: null };
  return { path: into, extent: "either", content: null };
}

function sourceName(source: string): string {
  return baseName(source.replace(/[?#].*$/, "").replace(/\/+$/, ""));
}

interface CopyWord {
  readonly value: Value<string>;
  readonly range: PlaceEffect["range"];
}

function wordsOf(step: Step, inputs: CopyInputs): CopyWord[] {
  const source = step.instruction.arguments;
  const lookup = stepLookup(step);
  const form = execForm(source);
  if (form.form === "exec") {
    return form.elements.map((element, index) => ({
      value: expandWord(element, lookup, inputs.escapeChar),
      range: form.ranges[index] ?? step.instruction.range,
    }));
  }
  return splitWords(source.text, inputs.escapeChar).map((word) => ({
    value: expandWord(word.text, lookup, inputs.escapeChar),
    range: rangeAt(source, word.start, word.end),
  }));
}

/** What a variable in an instruction's words is: of ENV and ARG the later wins, and an unknown base may have set it. */
export function stepLookup(step: Step): Lookup {
  return (name) => {
    const value = step.args.get(name) ?? step.env.get(name);
    if (value !== undefined) return value;
    return step.envComplete.known ? null : { known: false, why: step.envComplete.why };
  };
}

function destination(path: string, workingDir: Value<string>): string | null {
  if (path.startsWith("/")) return absolutePath("/", path);
  return workingDir.known ? absolutePath(workingDir.value, path) : null;
}

function sourceOf(step: Step, inputs: CopyInputs): PlaceEffect["from"] {
  const flag = step.instruction.flags.find((entry) => entry.name === "from")?.value;
  if (flag === undefined || flag === null) return null;
  const value = expandWord(flag, stepLookup(step), inputs.escapeChar);
  if (!value.known) return { image: flag };
  const stage = findStage(value.value, inputs.stages.slice(0, step.stage), true);
  return stage === null ? { image: value.value } : { stage };
}

function modeOf(step: Step, inputs: CopyInputs): number | null {
  const flag = step.instruction.flags.find((entry) => entry.name === "chmod")?.value;
  if (flag === undefined || flag === null) return null;
  const value = expandWord(flag, stepLookup(step), inputs.escapeChar);
  return value.known && /^[0-7]{3,4}$/.test(value.value) ? Number.parseInt(value.value, 8) : null;
}

function samePlace(a: { line: number; column: number }, b: { line: number; column: number }): boolean {
  return a.line === b.line && a.column === b.column;
}
