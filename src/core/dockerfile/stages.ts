import { closest } from "../closest.ts";
import { UserError } from "../errors.ts";
import { argumentsOf } from "./assignments.ts";
import { findKnownBase } from "./bases.ts";
import type { Base, Instruction, Problem, Setting, Stage, Value } from "./model.ts";
import type { ParsedDockerfile } from "./parse.ts";
import { expandWord, type Lookup } from "./variables.ts";
import { splitWords } from "./words.ts";

/** The stages of a file, and the ARG values that its FROM lines see. */
export interface StagePlan {
  readonly stages: readonly Stage[];
  /** What the builder would refuse, although the rest can be judged. */
  readonly problems: readonly Problem[];
  readonly globalArgs: ReadonlyMap<string, Setting<string>>;
}

const KEYWORDS = [
  "ADD",
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "RUN",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
];

/**
 * Cuts the instructions into stages and finds out what each stage is built on. Instructions that are not known
 * are left out, and told as problems.
 *
 * @throws UserError where there is nothing to judge: no FROM, or an instruction before the first one.
 */
export function planStages(
  parsed: ParsedDockerfile,
  options: { path: string; buildArgs: Readonly<Record<string, string>>; platform: string | null },
): StagePlan {
  const globalArgs = new Map<string, Setting<string>>(platformArgs(options.platform));
  const stages: { -readonly [K in keyof Stage]: Stage[K] }[] = [];
  const contents: Instruction[][] = [];
  const problems: Problem[] = [];
  for (const instruction of parsed.instructions) {
    if (!KEYWORDS.includes(instruction.keyword)) problems.push(unknownKeyword(instruction));
    else if (instruction.keyword === "FROM") {
      const { stage, problem } = stageOf(instruction, stages, globalArgs, parsed.escapeChar);
      if (problem !== null) problems.push(problem);
      stages.push(stage);
      contents.push([]);
    } else if (stages.length === 0) {
      if (instruction.keyword !== "ARG") throw beforeFrom(instruction, options.path);
      const lookup: Lookup = (name) => globalArgs.get(name) ?? null;
      addArguments(globalArgs, instruction, parsed.escapeChar, options.buildArgs, new Map(), lookup);
    } else contents.at(-1)?.push(instruction);
  }
  if (stages.length === 0) {
    throw new UserError("The builder refuses this file: it has no FROM instruction.", {
      help: "Begin the file with FROM and the image to build on.",
      place: { path: options.path, line: 1, column: 1 },
    });
  }
  stages.forEach((stage, index) => {
    stage.instructions = contents[index] ?? [];
  });
  return { stages, globalArgs, problems };
}

/**
 * Adds the names of an ARG instruction: a build argument wins over the default, a global over nothing. `lookup`
 * is what the defaults see: the state before the instruction, or, in front of the first FROM, also the names
 * of the same line.
 */
export function addArguments(
  args: { set(name: string, value: Setting<string>): void },
  instruction: Instruction,
  escapeChar: string,
  buildArgs: Readonly<Record<string, string>>,
  globals: ReadonlyMap<string, Setting<string>>,
  lookup: Lookup,
): void {
  for (const { name, value } of argumentsOf(instruction.arguments, escapeChar)) {
    const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
    if (given !== undefined) args.set(name, { known: true, value: given, instruction });
    else if (value !== null) args.set(name, { ...expandWord(value, lookup, escapeChar), instruction });
    else {
      const inherited = globals.get(name);
      if (inherited !== undefined) args.set(name, inherited);
    }
  }
}

/** What BuildKit sets by itself in front of the first FROM; unknown until a platform is asked for. */
function* platformArgs(platform: string | null): Iterable<[string, Setting<string>]> {
  const why = "it depends on the platform that the build asks for";
  const [os, architecture, variant] = (platform ?? "").split("/");
  const values: Record<string, string | undefined> = {
    TARGETPLATFORM: platform ?? undefined,
    TARGETOS: os === "" ? undefined : os,
    TARGETARCH: architecture,
    TARGETVARIANT: architecture === undefined ? undefined : (variant ?? ""),
  };
  for (const name of ["TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT"]) {
    const value = values[name];
    yield [
      name,
      value === undefined
        ? { known: false, why, instruction: null }
        : { known: true, value, instruction: null },
    ];
  }
  for (const name of ["BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"]) {
    yield [name, { known: false, why: "it depends on the machine that builds", instruction: null }];
  }
}

function stageOf(
  from: Instruction,
  earlier: readonly Stage[],
  globalArgs: ReadonlyMap<string, Setting<string>>,
  escapeChar: string,
): { stage: Stage; problem: Problem | null } {
  const words = splitWords(from.arguments.text, escapeChar);
  const [image, as, name] = words;
  const lookup: Lookup = (key) => globalArgs.get(key) ?? null;
  const platform = from.flags.find((flag) => flag.name === "platform")?.value ?? null;
  const named = words.length === 3 && as?.text.toUpperCase() === "AS";
  const isFrom = words.length === 1 || named;
  const message = "the builder refuses this FROM: it takes an image and, after AS, a stage name";
  const stage: Stage = {
    index: earlier.length,
    name: named ? (name?.text.toLowerCase() ?? null) : null,
    from,
    base:
      image === undefined || !isFrom
        ? { kind: "unknown", text: from.arguments.text, why: message }
        : (stageOfUsualPlatform(image.text, globalArgs, escapeChar, earlier) ??
          baseOf(image.text, expandWord(image.text, lookup, escapeChar), earlier)),
    platform: platform === null ? null : expandWord(platform, lookup, escapeChar),
    instructions: [],
  };
  return { stage, problem: isFrom ? null : { range: from.range, message } };
}

/** What SageMaker's training instances run, but for a few families. */
const USUAL_PLATFORM = "linux/amd64";

/**
 * The stage that `FROM base-${TARGETARCH}` means where nobody asks for a platform; `null` where the word does not
 * depend on the platform, or names no stage for the usual one.
 */
function stageOfUsualPlatform(
  text: string,
  globalArgs: ReadonlyMap<string, Setting<string>>,
  escapeChar: string,
  earlier: readonly Stage[],
): Base | null {
  if (!text.includes("TARGET")) return null;
  const usual = new Map(platformArgs(USUAL_PLATFORM));
  const lookup: Lookup = (key) => {
    const setting = globalArgs.get(key) ?? null;
    const meant = usual.get(key);
    return setting?.known === false && meant?.known === true ? meant : setting;
  };
  const reference = expandWord(text, lookup, escapeChar);
  const stage = reference.known ? findStage(reference.value, earlier, false) : null;
  return stage === null ? null : { kind: "stage", stage };
}

function baseOf(text: string, reference: Value<string>, earlier: readonly Stage[]): Base {
  if (!reference.known) return { kind: "unknown", text, why: reference.why };
  if (reference.value === "")
    return { kind: "unknown", text, why: "the build argument in FROM has no default" };
  if (reference.value.toLowerCase() === "scratch") return { kind: "scratch" };
  const stage = findStage(reference.value, earlier, false);
  if (stage !== null) return { kind: "stage", stage };
  return { kind: "image", reference: reference.value, known: findKnownBase(reference.value) };
}

/** A stage by name (any case) or, where the builder allows it, by number; the last of that name wins. */
export function findStage(text: string, stages: readonly Stage[], byNumber: boolean): number | null {
  const name = text.toLowerCase();
  for (let index = stages.length - 1; index >= 0; index -= 1) {
    if (stages[index]?.name === name) return index;
  }
  if (byNumber && /^\d+$/.test(text) && Number(text) < stages.length) return Number(text);
  return null;
}

/**
 * The stage that is judged: the last one, or `target` by name or number.
 *
 * @throws UserError when there is no such stage.
 */
export function targetStage(stages: readonly Stage[], target: string | undefined, path: string): Stage {
  const index = target === undefined ? stages.length - 1 : findStage(target, stages, true);
  const stage = index === null ? undefined : stages[index];
  if (stage !== undefined) return stage;
  const names = stages.map((candidate) => candidate.name ?? String(candidate.index));
  const guess = closest(target ?? "", names);
  throw new UserError(`There is no stage "${target}" in this file.`, {
    help: `${guess === null ? "" : `Did you mean "${guess}"? `}The stages are: ${names.join(", ")}.`,
    place: { path },
  });
}

/** The stage itself and the stages it is built on, itself first. */
export function lineageOf(stages: readonly Stage[], target: Stage): Stage[] {
  const lineage = [target];
  for (let stage = target; stage.base.kind === "stage"; ) {
    const parent = stages[stage.base.stage];
    if (parent === undefined) break;
    lineage.push(parent);
    stage = parent;
  }
  return lineage;
}

function unknownKeyword(instruction: Instruction): Problem {
  const guess = closest(instruction.keyword, KEYWORDS);
  const hint =
    guess === null ? "a line that continues another one needs a backslash there" : `meant is ${guess}?`;
  return {
    range: instruction.keywordRange,
    message: `the builder knows no instruction "${instruction.keyword}" (${hint})`,
  };
}

function beforeFrom(instruction: Instruction, path: string): UserError {
  return new UserError(
    `The builder refuses this file: ${instruction.keyword} stands before the first FROM.`,
    {
      help: "Only ARG may stand before FROM; move this line below it.",
      place: { path, line: instruction.range.start.line, column: instruction.range.start.column },
    },
  );
}
