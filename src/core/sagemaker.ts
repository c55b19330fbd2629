import type { DockerfileModel } from "./dockerfile/model.ts";
import { unseenIn } from "./dockerfile/unseen.ts";
import { baseName } from "./paths.ts";
import { remembered } from "./remembered.ts";

export { pathFoldersOf } from "./dockerfile/path-folders.ts";

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
export const toolkitIn = remembered((dockerfile: DockerfileModel): Presence => {
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
});

function baseToolkit(dockerfile: DockerfileModel): Presence {
  const { base } = dockerfile;
  if (base.kind === "scratch") return "absent";
  return base.kind === "image" ? (base.known?.toolkit ?? "unknown") : "unknown";
}

/** Variables that only the training toolkit reads; setting one does not install it. */
export function expectsToolkit(dockerfile: DockerfileModel): boolean {
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
