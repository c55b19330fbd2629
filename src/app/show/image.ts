import type { ImageModel } from "../../core/image/model.ts";
import { type LaunchRequest, launchPlan } from "../../core/job/launch.ts";
import { launchNotes } from "./notes.ts";
import type { Shown } from "./shown.ts";

/** What this built image will be started as: nothing about it is unknown. */
export function showImage(image: ImageModel, request: LaunchRequest): Shown {
  const { config } = image;
  const plan = launchPlan(config, request);
  return {
    subject: { kind: "image", name: image.name },
    config: {
      Entrypoint: config.Entrypoint,
      Cmd: config.Cmd,
      Env: config.Env,
      WorkingDir: config.WorkingDir,
      User: config.User,
      Volumes: keysOf(config.Volumes),
      ExposedPorts: keysOf(config.ExposedPorts),
      Labels: Object.keys(config.Labels).length === 0 ? null : config.Labels,
      StopSignal: config.StopSignal,
      Healthcheck: config.Healthcheck,
      Shell: config.Shell,
    },
    unknown: [],
    reasons: {},
    inherited: null,
    launch: { argv: plan.argv, args: plan.args, dropped: plan.dropped, notes: launchNotes(plan.argv) },
  };
}

function keysOf(keys: readonly string[]): { readonly [key: string]: object } | null {
  return keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, {}]));
}
