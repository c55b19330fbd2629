import { baseName, isWithin } from "../paths.ts";

/** What a file is to the NVIDIA driver. */
export type DriverFile = "library" | "program" | "kernel-module" | "firmware" | "source" | "installer";

/** Folders of an image in which the driver's files live. */
export const DRIVER_FOLDERS: readonly string[] = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/lib/x86_64-linux-gnu",
  "/usr/lib64",
  "/lib64",
  "/usr/lib/nvidia",
  "/usr/local/nvidia",
  "/usr/bin",
  "/usr/sbin",
  "/usr/local/bin",
  "/lib/modules",
  "/usr/lib/modules",
  "/lib/firmware/nvidia",
  "/usr/lib/firmware/nvidia",
  "/usr/src",
];

/** Programs that the NVIDIA container runtime puts in from the host. */
const PROGRAMS = new Set([
  "nvidia-smi",
  "nvidia-debugdump",
  "nvidia-persistenced",
  "nv-fabricmanager",
  "nvidia-cuda-mps-control",
  "nvidia-cuda-mps-server",
  "nvidia-imex",
  "nvidia-imex-ctl",
]);

/** Driver libraries end with the driver's version, e.g. `libcuda.so.550.163.01`. */
const LIBRARY =
  /^lib(?:cuda|cudadebugger|nvcuvid|nvoptix|vdpau_nvidia|GLX_nvidia|EGL_nvidia|GLESv1_CM_nvidia|GLESv2_nvidia|glxserver_nvidia|nvidia-(?!container|ml-dev|egl-wayland)[a-z0-9_-]+)\.so\.\d{3}\.\d+(?:\.\d+)?$/;

const INSTALLER = /^NVIDIA-Linux-[^/]*\.run$/;

/**
 * What this file is to the driver, by its path; `null` for the CUDA toolkit, cuda-compat, link-time stubs,
 * and everything else. Source: the lists of libnvidia-container and nvidia-container-toolkit.
 */
export function driverFile(path: string): DriverFile | null {
  const name = baseName(path);
  if (/\/(?:compat|stubs)(?:\/|$)/.test(path)) return null;
  if (LIBRARY.test(name)) return "library";
  if (PROGRAMS.has(name) && /\/s?bin\//.test(path)) return "program";
  if (/^nvidia[a-z-]*\.ko(?:\.(?:xz|zst|gz))?$/.test(name)) return "kernel-module";
  if (isWithin(path, "/lib/firmware/nvidia") || isWithin(path, "/usr/lib/firmware/nvidia")) {
    return /^gsp.*\.bin/.test(name) ? "firmware" : null;
  }
  if (/^\/usr\/src\/nvidia-[^/]+\//.test(path)) return "source";
  if (INSTALLER.test(name)) return "installer";
  return null;
}

/** Libraries as a copy names them: with the link's `.1`, or a pattern for the version. */
const LINKED =
  /^lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-(?!container|ml-dev|egl-wayland)[a-z0-9_-]+)\.so(?:\.1|\.?\*)+$/;

/** The same with a pattern right behind the name, in the folders of the system's own libraries. */
const ANY_OF = /^\/(?:usr\/)?lib(?:64)?(?:\/.*)?\/lib(?:cuda|nvidia|nv)-?\*$/;

/** Whether the source of a copy names libraries of the driver, without the version that a file of it has. */
export function namesDriverLibrary(source: string): boolean {
  if (/\/(?:compat|stubs)(?:\/|$)/.test(source)) return false;
  return LINKED.test(baseName(source)) || ANY_OF.test(source);
}

/** Whether a file name is that of NVIDIA's driver installer. */
export function isDriverInstaller(name: string): boolean {
  return INSTALLER.test(name);
}

/** Whether a file name is that of the CUDA toolkit's installer, which can also install a driver. */
export function isCudaInstaller(name: string): boolean {
  return /^cuda_[^/]*[._-]run$/.test(name);
}
