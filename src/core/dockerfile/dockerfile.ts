import { ConfigBuilder } from "./effective.ts";
import { effectsOf } from "./effects/effects.ts";
import type { BuildContext, DockerfileModel, Stage, Step } from "./model.ts";
import { parseDockerfile } from "./parse.ts";
import { lineageOf, planStages, targetStage } from "./stages.ts";

/** How a Dockerfile would be built. */
export interface DockerfileOptions {
  /** As it shall appear in findings. */
  readonly path: string;
  /** Stage by name or number; the last one by default. */
  readonly target?: string;
  /** `--build-arg` values. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** `--platform` of the build, e.g. `linux/amd64`. */
  readonly platform?: string;
  readonly context?: BuildContext | null;
}

/**
 * The Dockerfile as the builder understands it, judged from its target stage.
 *
 * @throws UserError for what every builder refuses, with the place.
 */
export function dockerfileModel(text: string, options: DockerfileOptions): DockerfileModel {
  const parsed = parseDockerfile(text, options.path);
  const buildArgs = options.buildArgs ?? {};
  const {
    stages,
    globalArgs,
    problems: refused,
  } = planStages(parsed, {
    path: options.path,
    buildArgs,
    platform: options.platform ?? null,
  });
  const target = targetStage(stages, options.target, options.path);
  const build = (stage: Stage): ConfigBuilder => {
    const lineage = lineageOf(stages, stage);
    const root = lineage.at(-1) ?? stage;
    const builder = new ConfigBuilder(root.base, { escapeChar: parsed.escapeChar, buildArgs, globalArgs });
    for (const ancestor of lineage.toReversed()) builder.runStage(ancestor);
    return builder;
  };
  const builder = build(target);
  const lineage = lineageOf(stages, target);
  const context = options.context ?? null;
  const others = new Map<number, readonly Step[]>([[target.index, builder.steps]]);
  const stepsOf = (index: number): readonly Step[] => {
    const known = others.get(index);
    if (known !== undefined) return known;
    const stage = stages[index];
    const steps = stage === undefined ? [] : build(stage).steps;
    others.set(index, steps);
    return steps;
  };
  const { effects, commands, carriedCommands, problems } = effectsOf({
    path: options.path,
    escapeChar: parsed.escapeChar,
    steps: builder.steps,
    stages,
    stepsOf,
    context,
  });
  return {
    kind: "dockerfile",
    path: options.path,
    text,
    comments: parsed.comments,
    stages,
    target,
    lineage: lineage.map((stage) => stage.index),
    base: (lineage.at(-1) ?? target).base,
    config: builder.config(),
    steps: builder.steps,
    effects,
    commands,
    carriedCommands,
    problems: [...parsed.problems, ...refused, ...problems],
    context,
    buildPlatform: options.platform ?? null,
  };
}
