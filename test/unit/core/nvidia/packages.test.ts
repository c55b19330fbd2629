import { describe, expect, test } from "vitest";
import { namesDriverLibrary } from "../../../../src/core/nvidia/files.ts";
import { driverPackage, driverPackageBegunBy } from "../../../../src/core/nvidia/packages.ts";

describe("packages of the system", () => {
  test.each([
    "nvidia-driver-535",
    "nvidia-driver",
    "nvidia-open",
    "nvidia-utils-470-server",
    "nvidia-headless-no-dkms-550",
    "nvidia-384",
    "nvidia-361-dev",
    "libcuda1-375",
    "nvidia-compute-G06",
    "libnvidia-compute-530",
    "nvidia-*",
    "cuda-drivers-535",
    "nvidia-fabricmanager-535",
    "kmod-nvidia-latest-dkms",
  ])("%s is the driver", (name) => {
    expect(driverPackage("apt", name)).toBe("driver");
  });

  test.each(["cuda", "cuda-12-4", "cuda-runtime-11-8", "nvidia-cuda-toolkit", "nvidia-cudnn"])(
    "%s pulls the driver in",
    (name) => {
      expect(driverPackage("apt", name)).toBe("pulls-driver");
    },
  );

  test.each([
    "cuda-toolkit-12-4",
    "cuda-compat-12-4",
    "cuda-nvml-dev-12-4",
    "nvidia-opencv-dev",
    "nvidia-opencl-dev",
    "nvidia-container-toolkit",
    "nvidia-docker2",
    "nvidia-common",
    "nvidia-driver-local-repo-ubuntu2204-535.104.05",
    "nvidia-tensorrt-dev",
    "libnvidia-container1",
    "nvidia-ml-py",
    "libcuda1-dummy",
  ])("%s is neither", (name) => {
    expect(driverPackage("apt", name)).toBe("none");
  });

  test("of Arch Linux have names of their own", () => {
    expect(driverPackage("pacman", "nvidia-utils")).toBe("driver");
    expect(driverPackage("pacman", "nvidia")).toBe("driver");
    expect(driverPackage("pacman", "nvidia-container-toolkit")).toBe("none");
  });

  test("have other meanings in conda and pip", () => {
    expect(driverPackage("conda", "cuda")).toBe("none");
    expect(driverPackage("pip", "nvidia-driver-535")).toBe("none");
  });
});

test.each([
  ["nvidia-driver-${V}", "driver"],
  ['"nvidia-utils-$V"', "driver"],
  ["cuda-${V}", "none"],
  ["$PACKAGES", "none"],
  ["/tmp/nvidia-driver-*.deb", "driver"],
  ["libcuda1_*.deb", "driver"],
  ["cuda-repo-*.deb", "none"],
  ["nvidia-container-toolkit=$V", "none"],
])("a name with a variable or pattern in it is judged by its beginning: %s", (written, what) => {
  expect(driverPackageBegunBy("apt", written)).toBe(what);
});

test.each([
  ["/usr/lib/x86_64-linux-gnu/libcuda.so.*", true],
  ["/usr/lib/x86_64-linux-gnu/libcuda.so.1", true],
  ["/usr/lib/x86_64-linux-gnu/libnvidia*", true],
  ["/usr/local/cuda/compat/libcuda.so.1", false],
  ["/usr/local/cuda/lib64/stubs/libcuda.so", false],
  ["/usr/local/cuda/lib64/libcuda*", false],
  ["/usr/lib/x86_64-linux-gnu/libcudart.so.*", false],
])("the source of a copy names driver libraries: %s, %s", (source, names) => {
  expect(namesDriverLibrary(source)).toBe(names);
});
