import { absolutePath } from "../../paths.ts";
import { execForm } from "../exec-form.ts";
import type { BuildContext, Effect, PlaceEffect, Problem, ShellCommand, Stage, Step } from "../model.ts";
import { runCommands } from "../shell/run-commands.ts";
import { expandWord } from "../variables.ts";
import { splitWords } from "../words.ts";
import { Collected } from "./aftermath.ts";
import { copyEffects, type OriginLookup, stepLookup } from "./copy.ts";
import { Folders } from "./folders.ts";
import { insideMount, mountTargets } from "./mounts.ts";
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
  readonly problems: readonly Problem[];
}

/** How many stages in a row are followed for what is copied from stage to stage. */
const MAX_STAGE_DEPTH = 8;

/** What the build does to the file system of a lineage, in build order. */
export function effectsOf(inputs: EffectInputs): BuildEffects {
  return collect(inputs, new Set());
}

/** `busy` are the stages that are being worked through, so that a file that copies from itself comes to an end. */
function collect(inputs: EffectInputs, busy: ReadonlySet<number>): BuildEffects {
  const collected = new Collected();
  const folders = new Folders();
  const add = (effect: Effect): void => {
    collected.add(effect);
    folders.learn(effect);
  };
  const origin = originLookup(inputs, busy);
  const commands: ShellCommand[] = [];
  const problems: Problem[] = [];
  for (const step of inputs.steps) {
    switch (step.instruction.keyword) {
      case "COPY":
      case "ADD":
        for (const effect of copyEffects(step, { ...inputs, folders, origin })) add(effect);
        break;
      case "RUN": {
        const result = runCommands(step, stepLookup(step));
        commands.push(...result.commands);
        problems.push(...result.problems);
        const mounts = mountTargets(step, inputs.escapeChar);
        for (const command of result.commands) {
          collected.edit(command);
          for (const effect of commandEffects(command, folders)) {
            if (!insideMount(effect, mounts)) add(effect);
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
  return { effects: collected.effects, commands, problems };
}

/** Finds what another stage placed at a path; each stage is worked through once, when it is first asked for. */
function originLookup(inputs: EffectInputs, busy: ReadonlySet<number>): OriginLookup {
  const known = new Map<number, ReadonlyMap<string, PlaceEffect>>();
  return (stage, path) => {
    if (busy.has(stage) || busy.size > MAX_STAGE_DEPTH) return null;
    let places = known.get(stage);
    if (places === undefined) {
      const { effects } = collect({ ...inputs, steps: inputs.stepsOf(stage) }, new Set([...busy, stage]));
      places = new Map(survivingPlaces(effects).map((place) => [place.path, place]));
      known.set(stage, places);
    }
    return places.get(path) ?? null;
  };
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
