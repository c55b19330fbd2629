import { findKnownBase } from "../dockerfile/bases.ts";
import { survivingPlaces } from "../dockerfile/effects/surviving.ts";
import type { DockerfileModel, PlaceEffect } from "../dockerfile/model.ts";
import { pathFoldersOf, USUAL_PATH } from "../dockerfile/path-folders.ts";
import { lineageOf } from "../dockerfile/stages.ts";
import { unseenIn } from "../dockerfile/unseen.ts";
import { baseName, isWithin } from "../paths.ts";
import { remembered } from "../remembered.ts";
import { expectsToolkit, OPT_ML, type Presence, toolkitIn } from "../sagemaker.ts";

/** Whether there is an executable `train` on PATH. */
export interface TrainCommand {
  readonly presence: Presence;
  /** What decides it, or leaves it open. */
  readonly because: string;
  /** Where it is taken for absent: what this file runs or installs without showing what comes of it. */
  readonly unseen: string | null;
}

/**
 * Whether what this Dockerfile builds has an executable `train` on PATH. A folder of the build context that lands
 * on PATH may hold one: unknown. A list of packages or a script brings one only where the training toolkit is
 * meant; without any sign of SageMaker it is named as `unseen` and does not count.
 */
export const trainIn = remembered((dockerfile: DockerfileModel): TrainCommand => {
  const base = baseTrain(dockerfile);
  if (base.presence === "present") return { ...base, unseen: null };
  if (toolkitIn(dockerfile) === "present")
    return { presence: "present", because: "the SageMaker training toolkit brings it", unseen: null };
  const folders = pathFoldersOf(dockerfile);
  let open: string | null = null;
  let unseen: string | null = null;
  for (const place of survivingPlaces(dockerfile.effects)) {
    const what = `${place.by} to ${place.path}`;
    const reach = folders.map((folder) => reachOf(place, folder, dockerfile)).sort()[0] ?? "none";
    if (reach === "1-is-train") return { presence: "present", because: what, unseen: null };
    if (reach === "2-may-hold-it") open ??= what;
    if (reach === "3-hardly") unseen ??= what;
  }
  const trains = folders.map((folder) => `${folder}/train`);
  if (dockerfile.effects.some((effect) => effect.kind === "link" && trains.includes(effect.path)))
    return { presence: "present", because: "a link to it is made", unseen: null };
  if (open !== null) return { presence: "unknown", because: open, unseen: null };
  unseen ??= unseenIn(dockerfile);
  if (unseen !== null && isMeantForSageMaker(dockerfile))
    return { presence: "unknown", because: unseen, unseen: null };
  return { ...base, unseen };
});

type Reach = "1-is-train" | "2-may-hold-it" | "3-hardly" | "none";

/** What puts programs of others in place, not the build context's own. */
const OTHERS =
  /^(?:tar|bsdtar|unzip|7z|7za|dpkg|dpkg-deb|git|pip\S*|python\S*|uv|conda|mamba|micromamba|virtualenv)$/;

/** What a placed file has to do with `train` in one folder of PATH. */
function reachOf(place: PlaceEffect, folder: string, dockerfile: DockerfileModel): Reach {
  if (place.extent !== "below" && place.path === `${folder}/train`) return "1-is-train";
  if (place.extent === "file" || !isWithin(`${folder}/train`, place.path)) return "none";
  const isUsual = USUAL_PATH.includes(folder);
  if (place.from !== null && place.holdsContext !== true) {
    // What another image has in its usual folders comes along; a folder of one's own holds what the stage made.
    return isUsual && trainAt(place.from, dockerfile) !== "absent" ? "2-may-hold-it" : "3-hardly";
  }
  // Further up, only a folder of one's own is meant: nobody's context has a /usr/bin or a
  // virtual environment in it.
  const isMeant = place.path === folder || (!isUsual && baseName(folder) !== "bin");
  return isMeant && !OTHERS.test(place.by) ? "2-may-hold-it" : "3-hardly";
}

/** Whether the image that something is copied from, or the base of the stage, has a `train`. */
function trainAt(from: NonNullable<PlaceEffect["from"]>, { stages }: DockerfileModel): Presence {
  if ("image" in from) return findKnownBase(from.image)?.train ?? "unknown";
  const stage = stages[from.stage];
  const base = stage === undefined ? undefined : lineageOf(stages, stage).at(-1)?.base;
  if (base?.kind === "scratch") return "absent";
  return base?.kind === "image" ? (base.known?.train ?? "unknown") : "unknown";
}

/**
 * Whether the file shows that its image is for SageMaker: the toolkit's variables, or files of /opt/ml where
 * nothing says what else the image would run.
 */
function isMeantForSageMaker(dockerfile: DockerfileModel): boolean {
  if (expectsToolkit(dockerfile)) return true;
  const { cmd, env } = dockerfile.config;
  const runs = cmd.known && cmd.instruction !== null ? (cmd.value?.argv ?? []) : [];
  if (runs.some((word) => /^(?:.*\/)?train$/.test(word))) return true;
  if (runs.length > 0) return false;
  const touches = dockerfile.effects.some(
    (effect) => effect.kind !== "install" && isWithin(effect.path, OPT_ML),
  );
  return touches || [...env.values()].some((value) => value.known && /\/opt\/ml(?:[/:]|$)/.test(value.value));
}

function baseTrain(dockerfile: DockerfileModel): { presence: Presence; because: string } {
  const { base } = dockerfile;
  switch (base.kind) {
    case "scratch":
      return { presence: "absent", because: "scratch is empty" };
    case "image":
      return { presence: base.known?.train ?? "unknown", because: `the base image ${base.reference}` };
    case "stage":
    case "unknown":
      return { presence: "unknown", because: "the base image is not known" };
  }
}
