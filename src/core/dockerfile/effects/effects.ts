import { absolutePath, isWithin, parentOf } from "../../paths.ts";
import { execForm } from "../exec-form.ts";
import type { BuildContext, Effect, PlaceEffect, Problem, ShellCommand, Stage, Step } from "../model.ts";
import { runCommands } from "../shell/run-commands.ts";
import { findStage } from "../stages.ts";
import { expandWord } from "../variables.ts";
import { splitWords } from "../words.ts";
import { Collected } from "./aftermath.ts";
import { carriedBy, copiesSystem } from "./carried.ts";
import { copyEffects, type OriginLookup, stepLookup } from "./copy.ts";
import { Folders } from "./folders.ts";
import { insideMount, type Mount, mountsOf, shownPath } from "./mounts.ts";
import { commandEffects } from "./run.ts";
import { survivingPlaces } from "./surviving.ts";

/** A lineage to work through. `stepsOf` gives another stage's steps, for what is copied from it. */
export interface EffectInputs {
  readonly path: string;
  readonly escapeChar: string;
  readonly steps: readonly Step[];
  readonly stages: readonly Stage[];
  readonly stepsOf: (stage: number) => readonly Step[];
  readonly context: BuildContext | null;
}

export interface BuildEffects {
  readonly effects: readonly Effect[];
  readonly commands: readonly ShellCommand[];
  /** The commands of other stages whose system is copied from. */
  readonly carriedCommands: readonly ShellCommand[];
  readonly problems: readonly Problem[];
}

/** How many stages in a row are followed for what is copied from stage to stage. */
const MAX_STAGE_DEPTH = 64;

/** What the build does to the file system of a lineage, in build order. */
export function effectsOf(inputs: EffectInputs): BuildEffects {
  return new Build(inputs).run(inputs.steps, 0);
}

const NOTHING: BuildEffects = { effects: [], commands: [], carriedCommands: [], problems: [] };

/** Works through lineages; each stage that something is copied from once, when it is first asked for. */
class Build {
  private readonly inputs: EffectInputs;
  private readonly stages = new Map<number, BuildEffects>();
  private readonly contents = new Map<number, StageContent>();

  constructor(inputs: EffectInputs) {
    this.inputs = inputs;
  }

  run(steps: readonly Step[], depth: number): BuildEffects {
    const { inputs } = this;
    const collected = new Collected();
    const folders = new Folders();
    const commands: ShellCommand[] = [];
    const carriedCommands: ShellCommand[] = [];
    const problems: Problem[] = [];
    const add = (effect: Effect): void => {
      collected.add(effect);
      folders.learn(effect);
    };
    const carry = (path: string, to: PlaceEffect, stage: number): void => {
      const build = this.stage(stage, depth);
      for (const effect of carriedBy({ path, to }, build.effects)) add(effect);
      if (copiesSystem(path)) carriedCommands.push(...build.carriedCommands, ...build.commands);
    };
    const origin: OriginLookup = (stage, path) => this.contentOf(stage, depth).places.get(path) ?? null;
    const isFolderIn = (stage: number, path: string): boolean =>
      this.contentOf(stage, depth).folders.has(path);
    for (const step of steps) {
      switch (step.instruction.keyword) {
        case "COPY":
        case "ADD":
          for (const effect of copyEffects(step, { ...inputs, folders, origin, isFolderIn })) {
            const source = effect.sources[0];
            if (effect.from === null || !("stage" in effect.from) || source === undefined) {
              add(effect);
              continue;
            }
            const path = absolutePath("/", source);
            add(this.withContext(effect, path, effect.from.stage, depth));
            carry(path, effect, effect.from.stage);
          }
          break;
        case "RUN": {
          const result = runCommands(step, stepLookup(step));
          commands.push(...result.commands);
          problems.push(...result.problems);
          const mounts = mountsOf(step, inputs.escapeChar);
          for (const command of result.commands) {
            collected.edit(command);
            for (const effect of commandEffects(command, folders)) {
              if (insideMount(effect, mounts)) continue;
              add(effect);
              const shown = effect.kind === "place" ? shownBy(effect, command, mounts) : null;
              const stage =
                shown === null ? null : findStage(shown.from, inputs.stages.slice(0, step.stage), true);
              if (effect.kind === "place" && shown !== null && stage !== null)
                carry(shown.path, effect, stage);
            }
          }
          break;
        }
        case "VOLUME":
        case "WORKDIR":
          for (const effect of folderEffects(step, inputs.escapeChar)) add(effect);
          break;
      }
    }
    return { effects: collected.effects, commands, carriedCommands, problems };
  }

  private withContext(effect: PlaceEffect, path: string, stage: number, depth: number): PlaceEffect {
    const own = this.contentOf(stage, depth).contextFolders;
    const holds = own.some((folder) => isWithin(folder, path) || isWithin(path, folder));
    return holds ? { ...effect, holdsContext: true } : effect;
  }

  private stage(index: number, depth: number): BuildEffects {
    const known = this.stages.get(index);
    if (known !== undefined) return known;
    // Stages only copy from earlier ones, so this ends; the depth keeps the stack in bounds.
    if (depth >= MAX_STAGE_DEPTH) return NOTHING;
    const build = this.run(this.inputs.stepsOf(index), depth + 1);
    this.stages.set(index, build);
    return build;
  }

  private contentOf(index: number, depth: number): StageContent {
    const known = this.contents.get(index);
    if (known !== undefined) return known;
    const content = stageContent(this.stage(index, depth).effects);
    this.contents.set(index, content);
    return content;
  }
}

interface StageContent {
  /** Where folders of the build context went. */
  readonly contextFolders: readonly string[];
  readonly places: ReadonlyMap<string, PlaceEffect>;
  readonly folders: ReadonlySet<string>;
}

function stageContent(effects: readonly Effect[]): StageContent {
  const places = new Map<string, PlaceEffect>();
  const folders = new Set<string>();
  const addFolder = (path: string): void => {
    for (let folder = path; !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
  };
  for (const place of survivingPlaces(effects)) {
    places.set(place.path, place);
    addFolder(place.extent === "below" ? place.path : parentOf(place.path));
  }
  for (const effect of effects) {
    if (effect.kind === "make-directory" || effect.kind === "workdir") addFolder(effect.path);
  }
  const contextFolders = [...places.values()]
    .filter((place) => place.extent !== "file" && (place.holdsContext === true || isFromContext(place)))
    .map((place) => place.path);
  return { contextFolders, places, folders };
}

function isFromContext(place: PlaceEffect): boolean {
  return place.from === null && (place.by === "COPY" || place.by === "ADD");
}

/** What a `cp` or its kin copies out of a bind mount. */
function shownBy(effect: PlaceEffect, command: ShellCommand, mounts: readonly Mount[]): Mount["shows"] {
  const source = effect.sources[0];
  if (source === undefined || !/^(?:cp|mv|rsync|install)$/.test(effect.by)) return null;
  if (!source.startsWith("/") && !command.workingDir.known) return null;
  const folder = command.workingDir.known ? command.workingDir.value : "/";
  return shownPath(absolutePath(folder, source), mounts);
}

function folderEffects(step: Step, escapeChar: string): Effect[] {
  const { instruction, stage } = step;
  const kind = instruction.keyword === "VOLUME" ? "volume" : "workdir";
  const form = kind === "volume" ? execForm(instruction.arguments) : null;
  const words =
    form?.form === "exec"
      ? form.elements
      : kind === "workdir"
        ? [instruction.arguments.text]
        : splitWords(instruction.arguments.text, escapeChar).map((word) => word.text);
  return words.flatMap((word): Effect[] => {
    const value = expandWord(word, stepLookup(step), escapeChar);
    if (!value.known || value.value === "") return [];
    if (!value.value.startsWith("/") && !step.workingDir.known) return [];
    const path = absolutePath(step.workingDir.known ? step.workingDir.value : "/", value.value);
    return [{ kind, instruction, stage, range: instruction.range, conditional: false, path }];
  });
}
