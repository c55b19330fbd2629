import type { Healthcheck } from "../dockerfile/model.ts";
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
  readonly Healthcheck?:
    | (Partial<Omit<Healthcheck, "Test">> & { readonly Test?: readonly string[] | null })
    | null;
}

/** The configuration with every field in its one form. */
export function imageConfigOf(raw: RawImageConfig | null | undefined): ImageConfig {
  const config = raw ?? {};
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
    Healthcheck: healthcheck(config.Healthcheck),
  };
}

const HEALTHCHECK_NUMBERS = ["Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"] as const;

/** A number of 0 is the engine's way to say that there is none. */
function healthcheck(raw: RawImageConfig["Healthcheck"]): Healthcheck | null {
  if (raw?.Test === undefined || raw.Test === null) return null;
  const numbers = HEALTHCHECK_NUMBERS.flatMap((name) => (raw[name] ? [[name, raw[name]] as const] : []));
  return { Test: raw.Test, ...Object.fromEntries(numbers) };
}

function words(value: readonly string[] | string | null | undefined): readonly string[] | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? [value] : value;
}
