import { absolutePath } from "../../paths.ts";
import { execForm } from "../exec-form.ts";
import type { BuildContext, Effect, Problem, ShellCommand, Stage, Step } from "../model.ts";
import { runCommands } from "../shell/run-commands.ts";
import { expandWord } from "../variables.ts";
import { splitWords } from "../words.ts";
import { copyEffects, stepLookup } from "./copy.ts";
import { insideMount, mountTargets } from "./mounts.ts";
import { commandEffects } from "./run.ts";

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

/** What the build does to the file system of a lineage, in build order. */
export function effectsOf(inputs: EffectInputs): BuildEffects {
  const effects: Effect[] = [];
  const commands: ShellCommand[] = [];
  const problems: Problem[] = [];
  for (const step of inputs.steps) {
    switch (step.instruction.keyword) {
      case "COPY":
      case "ADD":
        effects.push(...copyEffects(step, inputs));
        break;
      case "RUN": {
        const result = runCommands(step, stepLookup(step));
        commands.push(...result.commands);
        problems.push(...result.problems);
        const mounts = mountTargets(step);
        const made = result.commands.flatMap((command) => commandEffects(command));
        effects.push(...made.filter((effect) => !insideMount(effect, mounts)));
        break;
      }
      case "VOLUME":
      case "WORKDIR":
        effects.push(...folderEffects(step, inputs.escapeChar));
        break;
    }
  }
  return { effects, commands, problems };
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
