import type { ImageConfig } from "./model.ts";

/** A configuration as an engine or a registry gives it; any field may be missing or null. */
export interface RawImageConfig {
  readonly Entrypoint?: readonly string[] | string | null;
  readonly Cmd?: readonly string[] | string | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string | null;
  readonly User?: string | null;
  readonly Volumes?: { readonly [path: string]: unknown } | null;
  readonly ExposedPorts?: { readonly [port: string]: unknown } | null;
  readonly Labels?: { readonly [name: string]: string } | null;
  readonly StopSignal?: string | null;
  readonly Shell?: readonly string[] | null;
  readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
}

/** The configuration with every field in its one form. */
export function imageConfigOf(raw: RawImageConfig | null | undefined): ImageConfig {
  const config = raw ?? {};
  const test = config.Healthcheck?.Test ?? null;
  return {
    Entrypoint: words(config.Entrypoint),
    Cmd: words(config.Cmd),
    Env: config.Env ?? [],
    WorkingDir: config.WorkingDir ?? "",
    User: config.User ?? "",
    Volumes: Object.keys(config.Volumes ?? {}),
    ExposedPorts: Object.keys(config.ExposedPorts ?? {}),
    Labels: config.Labels ?? {},
    StopSignal: config.StopSignal === undefined || config.StopSignal === "" ? null : config.StopSignal,
    Shell: config.Shell ?? null,
    Healthcheck: test === null ? null : { Test: test },
  };
}

function words(value: readonly string[] | string | null | undefined): readonly string[] | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? [value] : value;
}
