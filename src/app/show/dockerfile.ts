import type {
  CommandLine,
  DockerfileModel,
  EffectiveConfig,
  Setting,
  Value,
} from "../../core/dockerfile/model.ts";
import { type LaunchRequest, launchPlan } from "../../core/job/launch.ts";
import { launchNotes } from "./notes.ts";
import type { Shown, ShownConfig } from "./shown.ts";

/** What the image of this Dockerfile will be started as. */
export function showDockerfile(model: DockerfileModel, request: LaunchRequest): Shown {
  const { config } = model;
  const reasons = unknownReasons(config);
  const shown = shownConfig(config);
  const entrypointKnown = config.entrypoint.known || (request.containerEntrypoint?.length ?? 0) > 0;
  const plan = launchPlan({ Entrypoint: shown.Entrypoint, Cmd: shown.Cmd }, request);
  const argv = entrypointKnown ? plan.argv : null;
  return {
    subject: { kind: "dockerfile", name: model.path },
    config: shown,
    unknown: Object.keys(reasons),
    reasons,
    inherited: inheritedFrom(model),
    launch: { argv, args: plan.args, dropped: plan.dropped, notes: launchNotes(argv) },
  };
}

function shownConfig(config: EffectiveConfig): ShownConfig {
  return {
    Entrypoint: commandOf(config.entrypoint),
    Cmd: commandOf(config.cmd),
    Env: [...config.env].flatMap(([name, setting]) => (setting.known ? [`${name}=${setting.value}`] : [])),
    WorkingDir: workingDirOf(config.workingDir),
    User: knownValue(config.user),
    Volumes: keysOf(config.volumes.keys()),
    ExposedPorts: keysOf(config.exposedPorts.keys()),
    Labels: labelsOf(config),
    StopSignal: knownValue(config.stopSignal),
    Healthcheck: knownValue(config.healthcheck),
    Shell: knownValue(config.shell),
  };
}

function unknownReasons(config: EffectiveConfig): { readonly [name: string]: string } {
  const settings: readonly (readonly [string, Value<unknown>])[] = [
    ["Entrypoint", config.entrypoint],
    ["Cmd", config.cmd],
    ["Env", firstUnknown([config.envComplete, ...config.env.values()])],
    ["WorkingDir", config.workingDir],
    ["User", config.user],
    ["Volumes", config.volumesComplete],
    ["ExposedPorts", config.exposedPortsComplete],
    ["Labels", firstUnknown([config.labelsComplete, ...config.labels.values()])],
    ["StopSignal", config.stopSignal],
    ["Healthcheck", config.healthcheck],
    ["Shell", config.shell],
  ];
  return Object.fromEntries(settings.flatMap(([name, value]) => (value.known ? [] : [[name, value.why]])));
}

/** What no instruction of the file sets and a known public base does. */
function inheritedFrom({ base, config }: DockerfileModel): Shown["inherited"] {
  if (base.kind !== "image" || base.known === null) return null;
  const settings = {
    Entrypoint: config.entrypoint,
    Cmd: config.cmd,
    WorkingDir: config.workingDir,
    User: config.user,
    Shell: config.shell,
  };
  const names = Object.entries(settings).flatMap(([name, setting]) =>
    setting.known && setting.instruction === null ? [name] : [],
  );
  if ([...config.env.values()].some(({ known, instruction }) => known && instruction === null))
    names.push("Env");
  const { source, asOf } = base.known;
  return names.length === 0 ? null : { names, base: base.reference, source, asOf };
}

function firstUnknown(values: readonly Value<unknown>[]): Value<unknown> {
  return values.find(({ known }) => !known) ?? { known: true, value: true };
}

function knownValue<T>(setting: Setting<T>): T | null {
  return setting.known ? setting.value : null;
}

function commandOf(setting: Setting<CommandLine | null>): readonly string[] | null {
  return knownValue(setting)?.argv ?? null;
}

/** The configuration of an image that never sets it has "", which the engine takes as `/`. */
function workingDirOf(setting: Setting<string>): string | null {
  if (!setting.known) return null;
  return setting.instruction === null && setting.value === "/" ? "" : setting.value;
}

function keysOf(keys: Iterable<string>): { readonly [key: string]: object } | null {
  const entries = [...keys].map((key) => [key, {}]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function labelsOf(config: EffectiveConfig): { readonly [name: string]: string } | null {
  const known = [...config.labels].flatMap(([name, label]) => (label.known ? [[name, label.value]] : []));
  return known.length === 0 ? null : Object.fromEntries(known);
}
