import type { DockerfileModel, InstallEffect, PackageManager } from "../dockerfile/model.ts";
import { baseName } from "../paths.ts";
import type { Range } from "../text.ts";
import { isCudaInstaller } from "./files.ts";

/** What brings the CUDA toolkit or its libraries into an image. */
export interface ToolkitSource {
  readonly name: string;
  readonly range: Range;
}

const SYSTEM =
  /^(?:cuda(?:-(?:toolkit|runtime|libraries|minimal-build|command-line-tools|compiler|nvcc|cudart))?(?:-\d+-\d+)?|cuda-\d+-\d+|nvidia-cuda-toolkit|libcudart\d[\d.]*|libcudnn\d[\w.-]*|libcublas[\w.-]*)$/;

const CONDA =
  /^(?:cudatoolkit|cuda|cuda-toolkit|cuda-runtime|cuda-nvcc|cudnn|pytorch-cuda|pytorch-gpu|tensorflow-gpu)$/;

const SYSTEM_MANAGERS: ReadonlySet<PackageManager> = new Set(["apt", "dpkg", "yum", "dnf", "rpm", "zypper"]);

/** The first thing in the file that installs the CUDA toolkit or its libraries; `null` when nothing does. */
export function toolkitSource(dockerfile: DockerfileModel): ToolkitSource | null {
  const install = dockerfile.effects.find(
    (effect): effect is InstallEffect => effect.kind === "install" && isToolkit(effect),
  );
  if (install !== undefined) return { name: install.package ?? "", range: install.range };
  for (const command of dockerfile.commands) {
    const runs = !/^(?:wget|curl|rm|chmod|cp|mv|ls|echo|aws)$/.test(baseName(command.argv[0]?.value ?? ""));
    const word = runs ? command.argv.find(({ value }) => isCudaInstaller(baseName(value ?? ""))) : undefined;
    if (word !== undefined) return { name: baseName(word.value ?? ""), range: word.range };
  }
  return null;
}

function isToolkit({ manager, package: name }: InstallEffect): boolean {
  if (name === null) return false;
  if (manager === "conda") return CONDA.test(name);
  return SYSTEM_MANAGERS.has(manager) && SYSTEM.test(name);
}
