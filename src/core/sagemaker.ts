import { survivingPlaces } from "./dockerfile/effects/surviving.ts";
import type { DockerfileModel, PlaceEffect } from "./dockerfile/model.ts";
import { baseName, isWithin, withoutTrailingSlashes } from "./paths.ts";

/** The folder that SageMaker reserves in a training container. */
export const OPT_ML = "/opt/ml";

/** Folders below it that SageMaker certainly fills or mounts over. Source: the training container contract. */
export const MOUNTED_FOLDERS: readonly string[] = ["input", "model", "output", "checkpoints"];

/** pip packages that bring the training toolkit's `train` program. */
const TOOLKIT_PACKAGES = new Set([
  "sagemaker-training",
  "sagemaker-training-toolkit",
  "sagemaker-containers",
  "sagemaker-pytorch-training",
  "sagemaker-tensorflow-training",
  "sagemaker-mxnet-training",
  "sagemaker-scikit-learn-container",
  "sagemaker-xgboost-container",
  "sagemaker-chainer-training",
  "sagemaker-pytorch-container",
  "sagemaker-tensorflow-container",
]);

/** Whether a pip package brings the training toolkit's `train`. */
export function isToolkitPackage(name: string): boolean {
  return TOOLKIT_PACKAGES.has(name);
}

export type Presence = "present" | "absent" | "unknown";

/** Whether the SageMaker training toolkit is in what this Dockerfile builds. */
export function toolkitIn(dockerfile: DockerfileModel): Presence {
  const installs = dockerfile.effects.filter((effect) => effect.kind === "install");
  if (installs.some((effect) => effect.package !== null && TOOLKIT_PACKAGES.has(effect.package)))
    return "present";
  for (const effect of installs) {
    if (effect.file !== null && requirementsName(dockerfile, effect.file, TOOLKIT_PACKAGES)) return "present";
  }
  const base = baseToolkit(dockerfile);
  if (base === "absent")
    return expectsToolkit(dockerfile) && unseenIn(dockerfile) !== null ? "unknown" : base;
  return base === "unknown" && expectsToolkit(dockerfile) ? "present" : base;
}

function baseToolkit(dockerfile: DockerfileModel): Presence {
  const { base } = dockerfile;
  if (base.kind === "scratch") return "absent";
  return base.kind === "image" ? (base.known?.toolkit ?? "unknown") : "unknown";
}

/** Variables that only the training toolkit reads; setting one does not install it. */
function expectsToolkit(dockerfile: DockerfileModel): boolean {
  return ["SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY", "SAGEMAKER_TRAINING_MODULE"].some((name) =>
    dockerfile.config.env.has(name),
  );
}

/** Whether a requirements file of the build context names one of these packages. */
function requirementsName(dockerfile: DockerfileModel, file: string, names: ReadonlySet<string>): boolean {
  const candidates = [file, baseName(file)].map((path) => path.replace(/^\.?\/+/, ""));
  const text = candidates
    .map((path) => dockerfile.context?.file(path)?.text ?? null)
    .find((found) => found !== null);
  if (text === undefined || text === null) return false;
  return text.split(/\r?\n/).some((line) => {
    const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(line)?.[1];
    return name !== undefined && names.has(name.replace(/[-_.]+/g, "-").toLowerCase());
  });
}

const DEFAULT_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

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
export function trainIn(dockerfile: DockerfileModel): TrainCommand {
  const base = baseTrain(dockerfile);
  if (base.presence === "present") return { ...base, unseen: null };
  if (toolkitIn(dockerfile) === "present")
    return { presence: "present", because: "the SageMaker training toolkit brings it", unseen: null };
  const folders = pathFoldersOf(dockerfile);
  let open: string | null = null;
  let unseen: string | null = null;
  for (const place of survivingPlaces(dockerfile.effects)) {
    const what = `${place.by} to ${place.path}`;
    const reach = folders.map((folder) => reachOf(place, folder)).sort()[0] ?? "none";
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
}

type Reach = "1-is-train" | "2-may-hold-it" | "3-hardly" | "none";

/** What puts programs of others in place, not the build context's own. */
const OTHERS =
  /^(?:tar|bsdtar|unzip|7z|7za|dpkg|dpkg-deb|git|pip\S*|python\S*|uv|conda|mamba|micromamba|virtualenv)$/;

/** What a placed file has to do with `train` in one folder of PATH. */
function reachOf(place: PlaceEffect, folder: string): Reach {
  if (place.extent !== "below" && place.path === `${folder}/train`) return "1-is-train";
  if (place.extent === "file" || !isWithin(`${folder}/train`, place.path)) return "none";
  const isOwn = place.from === null && !OTHERS.test(place.by);
  // Further up, only a folder of one's own is meant: nobody's context has a /usr/bin or a virtual environment in it.
  const isMeant = place.path === folder || (!DEFAULT_PATH.includes(folder) && baseName(folder) !== "bin");
  return isOwn && isMeant ? "2-may-hold-it" : "3-hardly";
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

/** What the file runs or installs without showing what comes of it. */
function unseenIn(dockerfile: DockerfileModel): string | null {
  return openInstall(dockerfile) ?? openCommand(dockerfile);
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

/** The folders of PATH, as far as the Dockerfile tells; the usual ones where it rests on an unknown base. */
export function pathFoldersOf(dockerfile: DockerfileModel): string[] {
  const path = dockerfile.config.env.get("PATH");
  if (path?.known === true) return path.value.split(":").filter((folder) => folder.startsWith("/"));
  const written = dockerfile.steps
    .filter((step) => step.instruction.keyword === "ENV" && /\bPATH\b/.test(step.instruction.arguments.text))
    .flatMap((step) => step.instruction.arguments.text.split(/[:=\s"']+/))
    .filter((part) => part.startsWith("/") && !part.includes("$"))
    .map((folder) => withoutTrailingSlashes(folder));
  return [...written, ...DEFAULT_PATH, "/opt/conda/bin"];
}

/** An install that may bring a program called `train`: a list of packages, a project of one's own. */
function openInstall(dockerfile: DockerfileModel): string | null {
  for (const effect of dockerfile.effects) {
    if (effect.kind !== "install") continue;
    if (effect.file !== null) return `${effect.manager} installs ${effect.file}`;
    if (effect.package === null) return `${effect.manager} installs packages that are not known here`;
    if (/^(?:git\+|https?:|git@)/.test(effect.specifier ?? ""))
      return `${effect.manager} installs ${effect.specifier}`;
  }
  return null;
}

const OPEN_COMMANDS =
  /^(?:make|cmake|ninja|meson|cargo|go|npm|yarn|conda|mamba|micromamba|poetry|pdm|uv|R|Rscript)$/;

/** A command whose result can't be told from its words: a script, a build. */
function openCommand(dockerfile: DockerfileModel): string | null {
  for (const command of dockerfile.commands) {
    const word = command.argv[0]?.value;
    if (word === undefined) continue;
    if (word === null) return "a command that is not known here runs";
    const name = baseName(word);
    const verb = command.argv[1]?.value ?? "";
    if (/^(?:conda|mamba|micromamba)$/.test(name) && /^env$|^create$/.test(verb))
      return `${name} ${verb} runs`;
    if (OPEN_COMMANDS.test(name) && /^(?:install|build|run|-C|--build|CMD|$)/.test(verb))
      return `${name} ${verb}`.trim();
    if (/\.(?:sh|py|run|pl)$/.test(name) || word.startsWith("./")) return `${word} runs`;
    if (/^(?:ba|da|z)?sh$|^python[\d.]*$/.test(name) && /\.(?:sh|py)$|^-$|^\//.test(verb))
      return `${name} ${verb} runs`;
    if (/^(?:ba|da|z)?sh$/.test(name) && command.argv.length === 1 && command.redirects.length === 0)
      return "a script from a pipe runs";
  }
  return null;
}
