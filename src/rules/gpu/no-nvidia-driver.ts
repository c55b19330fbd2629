import { survivingPlaces } from "../../core/dockerfile/effects/surviving.ts";
import type { PlaceEffect } from "../../core/dockerfile/model.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import type { FileEntry } from "../../core/image/model.ts";
import { driverInstaller, renamedInstallers } from "../../core/nvidia/driver-installers.ts";
import { removedLater } from "../../core/nvidia/driver-removals.ts";
import { DRIVER_FOLDERS, type DriverFile, driverFile, namesDriverLibrary } from "../../core/nvidia/files.ts";
import { driverPackage, driverPackageBegunBy } from "../../core/nvidia/packages.ts";
import { once } from "../../core/once.ts";
import { absolutePath, baseName } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";
import type { Range } from "../../core/text.ts";

const ADVICE =
  "Keep the CUDA toolkit in the image (cuda-toolkit-X-Y, cuda-libraries-X-Y, an nvidia/cuda base) and leave the driver out; the host brings it.";

/** TL301: the driver belongs to the host. */
export const noNvidiaDriver = defineRule({
  id: "TL301",
  name: "no-nvidia-driver",
  summary: "NVIDIA driver packages, installers, libraries, tools or kernel modules in the image",
  rationale: `SageMaker's hosts bring the NVIDIA driver and mount its libraries and programs into the container. A
driver inside the image collides with it: the container does not start (\`nvidia-smi: file exists\`), or CUDA fails with
\`Driver/library version mismatch\`. The CUDA toolkit, cuda-compat, link-time stubs and the container tooling belong in
the image and are not reported.

The same name means different things per package manager: apt's \`cuda\` and \`cuda-runtime-12-4\` pull the driver in,
conda's \`cuda\` does not. Debian's and Ubuntu's \`nvidia-cuda-toolkit\` depends on the driver's libraries.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "CUDA installation guide: meta packages",
      url: "https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#meta-packages",
    },
    { title: "nvidia-smi: file exists", url: "https://github.com/NVIDIA/nvidia-docker/issues/825" },
  ],
  severity: "error",
  precision: "very-high",
  roles: ["training", "serving", "processing"],
  options: {},
  needs: { depth: "files", queries: () => DRIVER_FOLDERS.map((path) => ({ kind: "tree", path })) },
  messages: {
    driverPackage: ({ name, manager }: { name: string; manager: string }) => ({
      message: `${manager} installs ${name}, which is the NVIDIA driver: SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.`,
      help: ADVICE,
    }),
    pullsDriver: ({ name, manager }: { name: string; manager: string }) => ({
      message: `${manager} installs ${name}, which pulls the NVIDIA driver in: SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.`,
      help: ADVICE,
    }),
    installer: ({ name }: { name: string }) => ({
      message: `${name} installs the NVIDIA driver, with --no-kernel-module still its libraries: SageMaker's host mounts its own, and two versions collide.`,
      help: `${ADVICE} NVIDIA's cuda_*.run installer takes --toolkit --silent to leave the driver out.`,
    }),
    installerMay: ({ name }: { name: string }) => ({
      message: `${name} --silent is not told what to install: releases that bundle the NVIDIA driver then install it too, and it collides with the one that SageMaker's host mounts.`,
      help: "Add --toolkit, so that only the toolkit is installed.",
    }),
    driverFile: ({ by, path, what }: { by: string; path: string; what: string }) => ({
      message: `${by} puts ${path} into the image, a ${what} of the NVIDIA driver, which SageMaker's host mounts itself.`,
      help: ADVICE,
    }),
    inImage: ({ count, examples }: { count: number; examples: string }) => ({
      message: `The image holds ${count} ${count === 1 ? "file" : "files"} of the NVIDIA driver (${examples}): SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.`,
      help: ADVICE,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const commands = [...(dockerfile.carriedCommands ?? []), ...dockerfile.commands];
      const isNew = once<Range>(({ start }) => `${start.line}:${start.column}`);
      for (const effect of dockerfile.effects) {
        if (effect.kind !== "install") continue;
        const name = effect.package ?? effect.written ?? "";
        const what =
          effect.package === null
            ? driverPackageBegunBy(effect.manager, name)
            : driverPackage(effect.manager, name);
        if (what === "none" || removedLater(commands, effect) || !isNew(effect.range)) continue;
        const args = { name, manager: effect.manager };
        const at = inText(dockerfile.path, effect.range);
        const evidence = { package: name, manager: effect.manager };
        yield {
          ...(what === "driver" ? messages.driverPackage(args) : messages.pullsDriver(args)),
          at,
          evidence,
        };
      }
      const renamed = renamedInstallers(dockerfile.effects);
      for (const command of commands) {
        const installer = driverInstaller(command, renamed);
        if (installer === null || !isNew(installer.range)) continue;
        const { name } = installer;
        const at = inText(dockerfile.path, installer.range);
        yield installer.certain
          ? { ...messages.installer({ name }), at }
          : { ...messages.installerMay({ name }), at, severity: "warning" };
      }
      for (const place of survivingPlaces(dockerfile.effects)) {
        const driver = driverIn(place);
        if (driver === null || !isNew(place.range)) continue;
        yield {
          ...messages.driverFile({ by: place.by, path: driver.path, what: WORDS[driver.what] }),
          at: inText(dockerfile.path, place.range),
        };
      }
    },
    *image(image, { messages }) {
      const found = [...image.files.visible.values()]
        .filter(isShippedDriver)
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      const first = found[0];
      if (first === undefined) return;
      const examples = found
        .slice(0, 3)
        .map((entry) => entry.path)
        .join(", ");
      yield {
        ...messages.inImage({ count: found.length, examples }),
        at: {
          kind: "image-file",
          image: image.name,
          layer: first.layer,
          path: first.path,
          instruction: null,
        },
        evidence: { count: found.length, paths: found.slice(0, 20).map((entry) => entry.path) },
      };
    },
  },
  examples: [
    {
      title: "The CUDA toolkit, cuda-compat and the container tooling",
      dockerfile:
        "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN apt-get install -y cuda-toolkit-12-4 cuda-compat-12-4 libcudnn9-cuda-12 nvidia-container-toolkit\nRUN conda install -y cuda -c nvidia\n",
    },
    {
      title: "Words in an echo are not an install",
      dockerfile: "FROM ubuntu:22.04\nRUN echo apt-get install nvidia-driver-535\n",
    },
    {
      title: "A driver package, in the third line of a RUN",
      dockerfile:
        "FROM ubuntu:22.04\nRUN apt-get update \\\n && apt-get install -y \\\n    nvidia-driver-535=535.1 curl\n",
      findings: [
        {
          messageId: "driverPackage",
          severity: "error",
          message:
            "apt installs nvidia-driver-535, which is the NVIDIA driver: SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.",
          at: "4:5-4:28",
        },
      ],
    },
    {
      title: "A meta package that pulls the driver in",
      dockerfile: "FROM ubuntu:22.04\nRUN apt-get install -y cuda-12-4\n",
      findings: [
        {
          messageId: "pullsDriver",
          message:
            "apt installs cuda-12-4, which pulls the NVIDIA driver in: SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.",
          at: "2:24-2:33",
        },
      ],
    },
    {
      title: "NVIDIA's installer",
      dockerfile:
        "FROM ubuntu:22.04\nRUN sh ./NVIDIA-Linux-x86_64-550.54.14.run --silent --no-kernel-module\n",
      findings: [
        {
          messageId: "installer",
          message:
            "NVIDIA-Linux-x86_64-550.54.14.run installs the NVIDIA driver, with --no-kernel-module still its libraries: SageMaker's host mounts its own, and two versions collide.",
          at: "2:8-2:43",
        },
      ],
    },
    {
      title: "An installer under another name",
      dockerfile:
        "FROM ubuntu:22.04\nRUN curl -o /tmp/driver.run https://x.org/NVIDIA-Linux-x86_64-550.54.14.run && sh /tmp/driver.run -s\n",
      findings: [
        {
          messageId: "installer",
          message:
            "NVIDIA-Linux-x86_64-550.54.14.run installs the NVIDIA driver, with --no-kernel-module still its libraries: SageMaker's host mounts its own, and two versions collide.",
          at: "2:83-2:98",
        },
      ],
    },
    {
      title: "The CUDA installer that is not told to leave the driver out",
      dockerfile:
        "FROM ubuntu:22.04\nRUN sh cuda_11.8.0_520.61.05_linux.run --silent --override\nRUN sh cuda_11.8.0_520.61.05_linux.run --silent --toolkit\n",
      findings: [
        {
          messageId: "installerMay",
          severity: "warning",
          message:
            "cuda_11.8.0_520.61.05_linux.run --silent is not told what to install: releases that bundle the NVIDIA driver then install it too, and it collides with the one that SageMaker's host mounts.",
          at: "2:8-2:39",
        },
      ],
    },
    {
      title:
        "What another stage installs counts where its system is copied, and not where only the program is",
      dockerfile:
        "FROM ubuntu:22.04 AS gpu\nRUN apt-get install -y libnvidia-compute-535\nFROM ubuntu:22.04 AS app\nRUN apt-get install -y nvidia-utils-535\nFROM ubuntu:22.04\nCOPY --from=gpu / /\nCOPY --from=app /opt/app /opt/app\n",
      findings: [
        {
          messageId: "driverPackage",
          message:
            "apt installs libnvidia-compute-535, which is the NVIDIA driver: SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.",
          at: "2:24-2:45",
        },
      ],
    },
    {
      title: "Driver libraries by a pattern, from another image; those of cuda-compat do not count",
      dockerfile:
        "FROM ubuntu:22.04\nCOPY --from=nvidia/driver:535 /usr/lib/x86_64-linux-gnu/libcuda.so.* /usr/lib/x86_64-linux-gnu/\nCOPY --from=nvidia/cuda:12.4.1-base-ubuntu22.04 /usr/local/cuda/compat/libcuda.so.* /usr/local/cuda/compat/\n",
      findings: [
        {
          messageId: "driverFile",
          message:
            "COPY puts /usr/lib/x86_64-linux-gnu/libcuda.so.* into the image, a library of the NVIDIA driver, which SageMaker's host mounts itself.",
          at: "2:70-2:96",
        },
      ],
    },
    {
      title: "A driver library",
      dockerfile: "FROM ubuntu:22.04\nCOPY libcuda.so.550.54.14 /usr/lib/x86_64-linux-gnu/\n",
      findings: [
        {
          messageId: "driverFile",
          message:
            "COPY puts /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14 into the image, a library of the NVIDIA driver, which SageMaker's host mounts itself.",
          at: "2:27-2:53",
        },
      ],
    },
    {
      title: "An image with the driver's files; empty leftovers, stubs and cuda-compat do not count",
      image: composeImage({
        files: {
          "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14": { size: 29_000_000 },
          "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1": { size: 0 },
          "/usr/local/cuda-12.4/compat/libcuda.so.550.54.14": { size: 29_000_000 },
          "/usr/local/cuda-12.4/lib64/stubs/libcuda.so": { size: 62_000 },
        },
      }),
      findings: [
        {
          messageId: "inImage",
          message:
            "The image holds 1 file of the NVIDIA driver (/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14): SageMaker's host mounts its own, and two versions make the container fail to start or CUDA fail with a version mismatch.",
          at: "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14",
        },
      ],
    },
  ],
});

const WORDS: Record<DriverFile, string> = {
  library: "library",
  program: "program",
  "kernel-module": "kernel module",
  firmware: "firmware file",
  source: "source file",
  installer: "installer",
};

/** What of the driver a copy or a command puts in place. */
function driverIn(place: PlaceEffect): { path: string; what: DriverFile } | null {
  const [source] = place.sources;
  const path =
    place.extent === "either" && source !== undefined
      ? absolutePath(place.path, baseName(source))
      : place.path;
  const what = driverFile(path);
  if (what !== null) return what === "installer" ? null : { path, what };
  if (source === undefined || !namesDriverLibrary(source) || /\/(?:compat|stubs)(?:\/|$)/.test(path))
    return null;
  return { path: place.extent === "file" ? path : absolutePath(path, baseName(source)), what: "library" };
}

/** A real file: the NVIDIA runtime leaves empty ones behind in an image that was committed under it. */
function isShippedDriver(entry: FileEntry): boolean {
  return entry.type === "file" && entry.size > 0 && driverFile(entry.path) !== null;
}
