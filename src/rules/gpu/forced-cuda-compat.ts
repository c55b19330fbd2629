import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { filesUnder } from "../../core/image/lookup.ts";
import type { ImageModel } from "../../core/image/model.ts";
import {
  folderPlace,
  imageLibraryFolders,
  LIBRARY_PATH,
  libraryFolders,
  libraryQueries,
} from "../../core/nvidia/library-folders.ts";
import { defineRule } from "../../core/rule.ts";

/** TL303: cuda-compat helps on some hosts and harms on others. */
export const forcedCudaCompat = defineRule({
  id: "TL303",
  name: "forced-cuda-compat",
  summary: "the CUDA compatibility libraries ahead of the host's driver on every host",
  rationale: `\`cuda-compat-X-Y\` carries a newer user-mode part of the driver, for hosts whose driver is older than the CUDA
version of the image. Having it in the image is right, and NVIDIA's and AWS's images do. Whether it is used must be
decided on the host: where the host's driver is newer, the older library of the image does not work with it, and CUDA
finds no GPU (errors 803 and 804). With \`/usr/local/cuda/compat\` in \`LD_LIBRARY_PATH\` or in \`/etc/ld.so.conf.d\` it is
used everywhere, and the image breaks when SageMaker's hosts get a newer driver.

AWS's images compare the versions when the container starts, and set the path only where it helps.`,
  refs: [
    {
      title: "CUDA forward compatibility",
      url: "https://docs.nvidia.com/deploy/cuda-compatibility/",
    },
    {
      title: "Running GPU containers on SageMaker: drivers and CUDA compatibility",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/inference-gpu-drivers.html",
    },
  ],
  severity: "warning",
  precision: "high",
  roles: ["training", "serving", "processing"],
  options: {},
  needs: { depth: "files", queries: (config) => libraryQueries(config, isCompat) },
  messages: {
    forced: ({ where, path }: { where: string; path: string }) => ({
      message: `${where} names ${path} on every host: where the driver of SageMaker's host is newer than this library, CUDA fails and the program sees no GPU.`,
      help: "Leave cuda-compat installed and the folder out of the path; the NVIDIA container toolkit uses it where it helps. Else compare the versions at the start of the container, as AWS's start_cuda_compat.sh does.",
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      for (const folder of libraryFolders(dockerfile)) {
        if (!isCompat(folder.path) || folder.range === null) continue;
        const { path } = folder;
        yield {
          ...messages.forced({ where: folder.file ?? LIBRARY_PATH, path }),
          at: inText(dockerfile.path, folder.range),
          evidence: { path },
        };
      }
    },
    *image(image, { messages }) {
      for (const folder of imageLibraryFolders(image)) {
        const { path, by } = folder;
        if (!isCompat(path) || (by === "variable" && !hasLibrary(image, path))) continue;
        yield {
          ...messages.forced({ where: folder.file ?? LIBRARY_PATH, path }),
          at: folderPlace(image, folder),
          evidence: { path },
        };
      }
    },
  },
  examples: [
    {
      title: "The package alone, and another path",
      dockerfile:
        "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN apt-get update && apt-get install -y cuda-compat-12-4\nENV LD_LIBRARY_PATH=/usr/local/cuda/lib64:$LD_LIBRARY_PATH\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "The folder in LD_LIBRARY_PATH",
      dockerfile:
        "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nENV LD_LIBRARY_PATH /usr/local/cuda/compat:$LD_LIBRARY_PATH\nCOPY train /usr/local/bin/train\n",
      findings: [
        {
          messageId: "forced",
          severity: "warning",
          message:
            "LD_LIBRARY_PATH names /usr/local/cuda/compat on every host: where the driver of SageMaker's host is newer than this library, CUDA fails and the program sees no GPU.",
          at: "2:21-2:43",
        },
      ],
    },
    {
      title: "The folder in the linker's configuration",
      dockerfile:
        "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN echo /usr/local/cuda-12.4/compat >> /etc/ld.so.conf.d/cuda.conf && ldconfig\nCOPY train /usr/local/bin/train\n",
      findings: [
        {
          messageId: "forced",
          message:
            "/etc/ld.so.conf.d/cuda.conf names /usr/local/cuda-12.4/compat on every host: where the driver of SageMaker's host is newer than this library, CUDA fails and the program sees no GPU.",
          at: "2:10-2:37",
        },
      ],
    },
    {
      title: "A built image",
      image: composeImage({
        config: { Entrypoint: ["/train"] },
        files: { "/etc/ld.so.conf.d/compat.conf": "# newer driver\n/usr/local/cuda/compat\n" },
      }),
      findings: [
        {
          messageId: "forced",
          message:
            "/etc/ld.so.conf.d/compat.conf names /usr/local/cuda/compat on every host: where the driver of SageMaker's host is newer than this library, CUDA fails and the program sees no GPU.",
          at: "/etc/ld.so.conf.d/compat.conf",
        },
      ],
    },
    {
      title: "NVIDIA's own images name a folder that their entrypoint fills where it helps",
      image: composeImage({
        config: { Entrypoint: ["/train"], Env: ["LD_LIBRARY_PATH=/usr/local/cuda/compat/lib"] },
        files: { "/usr/local/cuda/compat/lib.real/libcuda.so.550.54.15": { size: 29_000_000 } },
      }),
    },
  ],
});

/** Where the package cuda-compat puts its libraries. `compat/lib` in NVIDIA's framework images is a link made at the start. */
function isCompat(path: string): boolean {
  return /\/cuda[^/]*\/compat\/*$/.test(path);
}

function hasLibrary(image: ImageModel, folder: string): boolean {
  return filesUnder(image.files, folder).some(({ path }) => /\/libcuda\.so[^/]*$/.test(path));
}
