import type { PackageManager } from "../dockerfile/model.ts";

/** What a package does about the NVIDIA driver. */
export type DriverPackage =
  /** It is (a part of) the driver. */
  | "driver"
  /** A meta package that pulls the driver in beside other things. */
  | "pulls-driver"
  /** Not the driver, or not known. */
  | "none";

type Table = readonly (readonly [RegExp, DriverPackage])[];

/** First match wins. Distribution package names, for apt and the RPM family alike. */
const SYSTEM: Table = [
  // A package that only makes a repository known, or only says that it is there, so that the driver stays out.
  [/-(?:local-)?repo-|-dummy$/, "none"],
  // NVIDIA's repositories: what carries no driver although its name looks like it.
  [
    /^cuda-(?:toolkit|tools|compiler|libraries|minimal-build|command-line-tools|compat|demo-suite|nvcc|cudart|driver-dev)(?:-|$)/,
    "none",
  ],
  [/^libnvidia-(?:container|ml-dev|nsight|egl-wayland1)/, "none"],
  [/^nvidia-(?:container|docker|nsight|cuda-doc|profiler|visual-profiler|settings|xconfig|prime)/, "none"],
  [/^nvidia-cuda-(?:dev|gdb)$/, "pulls-driver"],
  // NVIDIA's meta packages: toolkit or runtime together with the driver.
  [/^cuda(?:-\d+-\d+)?$/, "pulls-driver"],
  [/^cuda-runtime(?:-\d+-\d+)?$/, "pulls-driver"],
  [/^cuda-drivers(?:-|$)/, "driver"],
  // Debian and Ubuntu: depends on libcuda1 and recommends the kernel module.
  [/^(?:nvidia-cuda-toolkit|nvidia-cudnn|hashcat-nvidia)$/, "pulls-driver"],
  // The driver itself: Debian, Ubuntu, NVIDIA's RPM repositories, RPM Fusion, SUSE.
  [
    /^nvidia-(?:driver|headless|utils|compute-utils|dkms|kernel|firmware|open|tesla|legacy|fabric-?manager|persistenced|modprobe|smi|alternative|opencl-icd|vulkan-icd|cuda-mps|kmod|compute-G\d+|gl-G\d+|video-G\d+|glG\d+)(?:[-:]|\d|$)/,
    "driver",
  ],
  [/^nvidia-(?:open-)?driver-G\d/, "driver"],
  [/^nvidia-(?:current|\d{3})(?:-|$)/, "driver"],
  [
    /^libnvidia-(?:cfg1|common|compute|decode|encode|extra|fbc1|gl|ml1|ptxjitcompiler1|compiler|nvvm|allocator|eglcore|glcore|glvkspirv|rtcore|tesla|legacy|opticalflow|cbl|ngx|pkcs11)/,
    "driver",
  ],
  [/^lib(?:cuda1|cudadebugger1|nvcuvid1|nvoptix1)(?:[-:].*)?$/, "driver"],
  [/^(?:xserver-xorg-video-nvidia|xorg-x11-drv-nvidia|firmware-nvidia)/, "driver"],
  [/^linux-(?:modules|objects|signatures)-nvidia/, "driver"],
  [/^(?:kmod|akmod|dkms)-nvidia/, "driver"],
];

/** What every name has that one of them matches, so that most packages are done with one look. */
const OF_NVIDIA = /nvidia|cuda|nvcuvid|nvoptix/;

/** Arch Linux: `nvidia-utils` holds the libraries and nvidia-smi, the others bring the kernel module. */
const ARCH =
  /^(?:(?:lib32-)?nvidia-utils|lib32-opencl-nvidia|opencl-nvidia|nvidia(?:-(?:open|dkms|lts|open-dkms))?)$/;

const MANAGERS_OF_SYSTEM: ReadonlySet<PackageManager> = new Set([
  "apt",
  "dpkg",
  "yum",
  "dnf",
  "rpm",
  "zypper",
  "apk",
]);

/**
 * Whether installing this package brings the NVIDIA driver. The same name means different things per
 * manager: conda's and pip's packages never carry it, while apt's `cuda` does.
 * Source: NVIDIA's CUDA and driver installation guides; Debian's and Ubuntu's package indexes.
 */
export function driverPackage(manager: PackageManager, name: string): DriverPackage {
  if (manager === "pacman") return ARCH.test(name) ? "driver" : "none";
  if (!MANAGERS_OF_SYSTEM.has(manager) || !OF_NVIDIA.test(name)) return "none";
  // apt and dnf take patterns: everything that begins with nvidia has the driver among it.
  if (/^\^?nvidia-?(?:\.?\*|-\*)/.test(name)) return "driver";
  return SYSTEM.find(([pattern]) => pattern.test(name))?.[1] ?? "none";
}

/** The same for a word with a variable or a pattern in it: only what stands in front of it counts. */
export function driverPackageBegunBy(manager: PackageManager, written: string): DriverPackage {
  const begin = /^["']?(?:[^"'$*?]*\/)?([a-z][a-z0-9.+-]*[-_])[$*?]/.exec(written)?.[1];
  const what = begin === undefined ? "none" : driverPackage(manager, `${begin.replace(/_$/, "-")}0`);
  return what === "driver" ? what : "none";
}
