import { dockerfileModel } from "../../../../../src/core/dockerfile/dockerfile.ts";
import { survivingPlaces } from "../../../../../src/core/dockerfile/effects/surviving.ts";
import type {
  BuildContext,
  ContextFile,
  DockerfileModel,
  Effect,
} from "../../../../../src/core/dockerfile/model.ts";

/** The model of a whole Dockerfile, or of instructions below `FROM scratch`. */
export function modelOf(text: string, context: BuildContext | null = null): DockerfileModel {
  const whole = /^\s*(?:FROM|#)/.test(text) ? text : `FROM scratch\n${text}`;
  return dockerfileModel(whole, { path: "Dockerfile", context });
}

/** What the build does, a line each, WORKDIR and VOLUME left out. */
export function effectsOf(text: string, context: BuildContext | null = null): string[] {
  return modelOf(text, context)
    .effects.filter((effect) => effect.kind !== "workdir")
    .map((effect) => `${effectText(effect)}${effect.conditional ? " (c)" : ""}`);
}

/** The paths that are still there at the end. */
export function survivorsOf(text: string): string[] {
  return survivingPlaces(modelOf(text).effects).map((place) => place.path);
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "place":
      return `${effect.by} ${effect.path}${{ file: "", below: "/**", either: " or below" }[effect.extent]}`;
    case "make-directory":
      return `folder ${effect.path}`;
    case "remove":
      return `remove ${effect.path}${effect.below ? "/**" : ""}`;
    case "link":
      return `${effect.path} -> ${effect.target}`;
    case "change-mode":
      return `mode ${effect.mode === null ? effect.executable : effect.mode.toString(8)} ${effect.path}${effect.recursive ? "/**" : ""}`;
    case "install":
      return `${effect.manager} ${effect.package ?? (effect.file === null ? "?" : `from ${effect.file}`)}`;
    default:
      return `${effect.kind} ${effect.path}`;
  }
}

/** A build context of texts; a mode may follow the path, as in `run.sh 755`. */
export function contextOf(files: Readonly<Record<string, string>>): BuildContext {
  const entries = new Map<string, ContextFile>();
  for (const [key, text] of Object.entries(files)) {
    const [path = "", mode = "644"] = key.split(" ");
    entries.set(path, { text, mode: Number.parseInt(mode, 8) });
  }
  return {
    file: (path) => entries.get(path) ?? null,
    list: (path) => {
      const below = [...entries.keys()].filter(
        (name) => path === "" || name === path || name.startsWith(`${path}/`),
      );
      return below.length === 0 ? null : below;
    },
  };
}
