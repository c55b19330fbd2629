import { absolutePath, baseName, withoutQuery, withoutTrailingSlashes } from "../../paths.ts";
import { rangeAt } from "../../text.ts";
import { execForm } from "../exec-form.ts";
import type { BuildContext, PlaceEffect, Stage, Step, Value } from "../model.ts";
import { wholeText } from "../shell/source.ts";
import { findStage } from "../stages.ts";
import { expandWord, type Lookup } from "../variables.ts";
import { splitWords } from "../words.ts";
import type { Folders } from "./folders.ts";
import { heredocText } from "./heredoc-text.ts";
import { octalMode } from "./modes.ts";
import { looksLikeFile } from "./signs.ts";

/** What another stage placed at a path; `null` when that is not known. */
export type OriginLookup = (stage: number, path: string) => PlaceEffect | null;

/** What COPY and ADD need to know besides their own words. */
export interface CopyInputs {
  readonly escapeChar: string;
  readonly stages: readonly Stage[];
  readonly context: BuildContext | null;
  readonly folders: Folders;
  readonly origin: OriginLookup;
  /** Whether another stage is known to have a folder at a path. */
  readonly isFolderIn: (stage: number, path: string) => boolean;
}

/** Archives that ADD unpacks when they come from the build context. */
const ARCHIVE = /\.(?:tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst|tar\.lzma)$/;
const GIT = /^git@|^(?:git|ssh):\/\/|^https?:\/\/[^?#]*\.git(?:$|[#?])/;
const URL = /^https?:\/\//;

/** The files that one COPY or ADD places; none when its destination is not known. */
export function copyEffects(step: Step, inputs: CopyInputs): PlaceEffect[] {
  const { instruction } = step;
  const words = wordsOf(step, inputs);
  const last = words.at(-1);
  if (last === undefined || words.length < 2 || !last.value.known) return [];
  const to = destination(last.value.value, step.workingDir);
  if (to === null) return [];
  const sources = words.slice(0, -1);
  const target: Target = {
    path: to,
    isFolder: /(?:^|\/)\.{0,2}$/.test(last.value.value) || sources.length > 1 || inputs.folders.has(to),
    parents: instruction.flags.some((flag) => flag.name === "parents" && flag.value !== "false"),
    unpacks: unpacks(step),
  };
  const from = sourceOf(step, inputs);
  const base = {
    kind: "place" as const,
    instruction,
    stage: step.stage,
    range: last.range,
    conditional: false,
    by: instruction.keyword,
    from,
  };
  const mode = modeOf(step, inputs);
  return sources.map((source): PlaceEffect => {
    const heredoc = instruction.heredocs.find((entry) => samePlace(entry.range.start, source.range.start));
    if (heredoc !== undefined) {
      const path = target.isFolder ? absolutePath(to, heredoc.name) : to;
      const content = heredocText(heredoc, stepLookup(step));
      return { ...base, path, extent: "file", sources: [], mode, content };
    }
    if (!source.value.known) {
      const extent = target.isFolder ? "below" : "either";
      return { ...base, path: to, extent, sources: [], mode, content: null };
    }
    const name = source.value.value;
    const place =
      from === null ? fromContext(name, target, inputs.context) : fromStage(name, target, from, inputs);
    return { ...base, ...place, mode: mode ?? place.mode };
  });
}

interface Target {
  readonly path: string;
  /** It ends with a slash, is a folder already, or takes several sources. */
  readonly isFolder: boolean;
  /** `--parents`: a source keeps its folders. */
  readonly parents: boolean;
  readonly unpacks: { readonly local: boolean; readonly remote: boolean };
}

type Place = Pick<PlaceEffect, "path" | "extent" | "content" | "mode" | "sources">;

/** A source that is a file in the build context, an address, or what its name tells. */
function fromContext(name: string, target: Target, context: BuildContext | null): Place {
  const sources = [name];
  const below: Place = { path: target.path, extent: "below", content: null, mode: null, sources };
  if (target.unpacks.local && GIT.test(name)) return below;
  const into = intoFolder(name, target);
  if (target.unpacks.local && URL.test(name)) {
    return target.unpacks.remote && ARCHIVE.test(withoutQuery(name))
      ? below
      : { ...below, path: into, extent: "file" };
  }
  if (target.unpacks.local && ARCHIVE.test(name)) return below;
  const inContext = absolutePath("/", name).slice(1);
  if (inContext === "" || /[*?[]/.test(name)) return below;
  const file = context?.file(inContext) ?? null;
  if (file !== null) {
    const content = file.text === null ? null : wholeText(file.text);
    return { path: into, extent: "file", content, mode: file.mode, sources };
  }
  if (context !== null && context.list(inContext) !== null) return below;
  return byItsName(name, target, sources);
}

/** A source in another stage or image, with what is known of it there. */
function fromStage(
  name: string,
  target: Target,
  from: NonNullable<PlaceEffect["from"]>,
  inputs: CopyInputs,
): Place {
  const path = absolutePath("/", name);
  if ("stage" in from && inputs.isFolderIn(from.stage, path)) {
    return { path: target.path, extent: "below", content: null, mode: null, sources: [name] };
  }
  const origin = "stage" in from && !/[*?[]/.test(name) ? inputs.origin(from.stage, path) : null;
  if (origin !== null) {
    const sources = [name, ...origin.sources];
    if (origin.extent === "file") {
      return {
        path: intoFolder(name, target),
        extent: "file",
        content: origin.content,
        mode: origin.mode,
        sources,
      };
    }
    if (origin.extent === "below")
      return { path: target.path, extent: "below", content: null, mode: null, sources };
  }
  return byItsName(name, target, [name]);
}

/**
 * Neither context nor stage tells whether the source is a file or a folder, whose contents are copied: its name
 * decides where it plainly is a file's. A name copied to or from a folder of programs is taken for a program, and so
 * are SageMaker's own `train` and `serve`.
 */
function byItsName(name: string, target: Target, sources: readonly string[]): Place {
  const into = intoFolder(name, target);
  const unknown = { content: null, mode: null, sources };
  if (/(?:^|\/)\.{0,2}$/.test(name) || /[*?[]/.test(name))
    return { ...unknown, path: target.path, extent: "below" };
  if (looksLikeFile(name)) return { ...unknown, path: into, extent: "file" };
  if (!target.isFolder) return { ...unknown, path: target.path, extent: "either" };
  const program =
    /\/s?bin$/.test(target.path) &&
    !/^(?:s?bin|scripts?|src|docker|container|files|rootfs)$/.test(baseName(name));
  const fromPrograms = /\/s?bin\/[^/]+$/.test(name) || /(?:^|\/)(?:train|serve)$/.test(name);
  if (program || fromPrograms) return { ...unknown, path: into, extent: "either" };
  return { ...unknown, path: target.path, extent: "below" };
}

function intoFolder(name: string, target: Target): string {
  if (target.parents) return absolutePath(target.path, name.replace(/^.*\/\.\//, "").replace(/^\/+/, ""));
  return target.isFolder ? absolutePath(target.path, sourceName(name)) : target.path;
}

function sourceName(source: string): string {
  const path = URL.test(source) ? withoutQuery(source) : source;
  return baseName(withoutTrailingSlashes(path));
}

/** What ADD unpacks: archives of the build context, and with `--unpack` those of an address. */
function unpacks(step: Step): Target["unpacks"] {
  if (step.instruction.keyword !== "ADD") return { local: false, remote: false };
  const flag = step.instruction.flags.find((entry) => entry.name === "unpack");
  return { local: true, remote: flag !== undefined && flag.value !== "false" };
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
  if (path === "") return null;
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
  return value.known ? octalMode(value.value) : null;
}

function samePlace(a: { line: number; column: number }, b: { line: number; column: number }): boolean {
  return a.line === b.line && a.column === b.column;
}
