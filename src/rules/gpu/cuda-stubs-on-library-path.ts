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

const HELP =
  "Name the stubs only while the image is built: LIBRARY_PATH, -L, or LD_LIBRARY_PATH in front of the one command in RUN. The real library comes from the host.";

/** TL302: the stubs are for linking, not for running. */
export const cudaStubsOnLibraryPath = defineRule({
  id: "TL302",
  name: "cuda-stubs-on-library-path",
  summary: "the CUDA toolkit's link-time stubs where programs look for libraries when they run",
  rationale: `The CUDA toolkit has stubs of the driver's libraries (\`lib64/stubs/libcuda.so\`) to link against on a machine
without a driver. At run time the driver's own library must be found, which SageMaker's host mounts. With the stubs in
\`LD_LIBRARY_PATH\`, which is searched before the system's folders, a program that opens \`libcuda.so\` gets the stub: CUDA
answers with error 34, \`CUDA_ERROR_STUB_LIBRARY\`, or says that there is no GPU.

In \`/etc/ld.so.conf.d\` the stubs are searched among the system's folders, where the real library usually comes first;
that is only mentioned.`,
  refs: [
    {
      title: "CUDA driver API: CUDA_ERROR_STUB_LIBRARY",
      url: "https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    },
    { title: "The error as users see it", url: "https://github.com/NVIDIA/warp/issues/219" },
  ],
  severity: "warning",
  precision: "high",
  roles: ["training", "serving", "processing"],
  options: {},
  needs: { depth: "files", queries: (config) => libraryQueries(config, isStubs) },
  messages: {
    inVariable: ({ path }: { path: string }) => ({
      message: `${LIBRARY_PATH} names ${path}: programs that open libcuda.so get the CUDA toolkit's stub instead of the driver that SageMaker's host mounts, and CUDA fails (CUDA_ERROR_STUB_LIBRARY).`,
      help: HELP,
    }),
    inLinkerConfig: ({ path, file }: { path: string; file: string }) => ({
      message: `${file} names ${path}: where the driver that SageMaker's host mounts is not found first, programs get the CUDA toolkit's stub and CUDA fails (CUDA_ERROR_STUB_LIBRARY).`,
      help: HELP,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      for (const folder of libraryFolders(dockerfile)) {
        if (!isStubs(folder.path) || folder.range === null) continue;
        const at = inText(dockerfile.path, folder.range);
        const { path, file } = folder;
        if (folder.by === "variable") yield { ...messages.inVariable({ path }), at, evidence: { path } };
        else
          yield {
            ...messages.inLinkerConfig({ path, file: file ?? "ld.so.conf" }),
            at,
            severity: "info",
            evidence: { path },
          };
      }
    },
    *image(image, { messages }) {
      for (const folder of imageLibraryFolders(image)) {
        const { path, file } = folder;
        if (!isStubs(path)) continue;
        const at = folderPlace(image, folder);
        if (folder.by === "linker") {
          const composed = messages.inLinkerConfig({ path, file: file ?? "ld.so.conf" });
          yield { ...composed, at, severity: "info", evidence: { path } };
        } else if (hasStub(image, path)) yield { ...messages.inVariable({ path }), at, evidence: { path } };
      }
    },
  },
  examples: [
    {
      title: "Stubs while the image is built",
      dockerfile:
        "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nENV LIBRARY_PATH=/usr/local/cuda/lib64/stubs LD_LIBRARY_PATH=/usr/local/cuda/lib64:$LD_LIBRARY_PATH\nRUN LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs:$LD_LIBRARY_PATH python3 setup.py install\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "A linker configuration that the same RUN takes away again",
      dockerfile:
        "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN echo /usr/local/cuda/lib64/stubs > /etc/ld.so.conf.d/stubs.conf && ldconfig && make && rm /etc/ld.so.conf.d/stubs.conf\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "Stubs in LD_LIBRARY_PATH, whatever the base image adds",
      dockerfile:
        'FROM registry.example.com/cuda:12\nENV CUDA_HOME=/usr/local/cuda\nENV LD_LIBRARY_PATH="${CUDA_HOME}/lib64:${CUDA_HOME}/lib64/stubs:${LD_LIBRARY_PATH}"\nENV LD_LIBRARY_PATH=/opt/lib:$LD_LIBRARY_PATH\n',
      findings: [
        {
          messageId: "inVariable",
          severity: "warning",
          message:
            "LD_LIBRARY_PATH names /usr/local/cuda/lib64/stubs: programs that open libcuda.so get the CUDA toolkit's stub instead of the driver that SageMaker's host mounts, and CUDA fails (CUDA_ERROR_STUB_LIBRARY).",
          at: "3:41-3:65",
        },
      ],
    },
    {
      title: "Stubs in the linker's configuration",
      dockerfile:
        'FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN echo "/usr/local/cuda/lib64/stubs" > /etc/ld.so.conf.d/z-cuda-stubs.conf \\\n && ldconfig\nCOPY train /usr/local/bin/train\n',
      findings: [
        {
          messageId: "inLinkerConfig",
          severity: "info",
          message:
            "/etc/ld.so.conf.d/z-cuda-stubs.conf names /usr/local/cuda/lib64/stubs: where the driver that SageMaker's host mounts is not found first, programs get the CUDA toolkit's stub and CUDA fails (CUDA_ERROR_STUB_LIBRARY).",
          at: "2:10-2:39",
        },
      ],
    },
    {
      title: "A built image",
      image: composeImage({
        config: {
          Entrypoint: ["/train"],
          Env: ["LD_LIBRARY_PATH=/usr/local/cuda/lib64:/usr/local/cuda/lib64/stubs"],
        },
        files: {
          "/usr/local/cuda/lib64/stubs/libcuda.so": { size: 62_000 },
          "/etc/ld.so.conf.d/x86_64-linux-gnu.conf": "/usr/lib/x86_64-linux-gnu\n",
        },
      }),
      findings: [
        {
          messageId: "inVariable",
          message:
            "LD_LIBRARY_PATH names /usr/local/cuda/lib64/stubs: programs that open libcuda.so get the CUDA toolkit's stub instead of the driver that SageMaker's host mounts, and CUDA fails (CUDA_ERROR_STUB_LIBRARY).",
          at: "/config/Env",
        },
      ],
    },
    {
      title: "A built image with the folder in the variable, and no stub in it",
      image: composeImage({
        config: { Entrypoint: ["/train"], Env: ["LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs"] },
      }),
    },
  ],
});

function isStubs(path: string): boolean {
  return /\/stubs\/*$/.test(path);
}

function hasStub(image: ImageModel, folder: string): boolean {
  return filesUnder(image.files, folder).some(({ path }) => /\/lib(?:cuda|nvidia-ml)\.so[^/]*$/.test(path));
}
