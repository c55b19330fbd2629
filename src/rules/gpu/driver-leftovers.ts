import { composeImage } from "../../core/image/compose.ts";
import { DRIVER_FOLDERS, driverFile } from "../../core/nvidia/files.ts";
import { defineRule } from "../../core/rule.ts";

/** TL305: mount points that the NVIDIA runtime left in the image. */
export const driverLeftovers = defineRule({
  id: "TL305",
  name: "driver-leftovers",
  summary:
    "empty files of the NVIDIA driver, left by building or committing the image under the NVIDIA runtime",
  rationale: `The NVIDIA container runtime mounts the driver's files over empty files that it makes in the container. When a
container is committed, or when the image is built with the NVIDIA runtime as the engine's default, these empty files
stay in the image: \`libcuda.so.550.54.15\` of no bytes, an empty \`nvidia-smi\`. They are not a driver (that is TL301), but
they carry the version of the machine that built the image. On a host with another version the mounts may fail with
\`file exists\`, and links such as \`libcuda.so.1\` may lead to a file of no bytes.`,
  refs: [
    {
      title: "Zero-byte libraries after docker commit",
      url: "https://github.com/NVIDIA/libnvidia-container/issues/140",
    },
    {
      title: "Images built under the NVIDIA runtime",
      url: "https://github.com/NVIDIA/nvidia-docker/issues/1504",
    },
  ],
  severity: "warning",
  precision: "high",
  roles: ["training", "serving", "processing"],
  options: {},
  needs: { depth: "files", queries: () => DRIVER_FOLDERS.map((path) => ({ kind: "tree", path })) },
  messages: {
    leftOver: ({ count, examples }: { count: number; examples: string }) => ({
      message: `The image holds ${count} empty ${count === 1 ? "file" : "files"} where the NVIDIA driver's would be (${examples}), left by a build or a commit under the NVIDIA runtime: on a host with another driver version the container may not start (file exists), or CUDA may not find its library.`,
      help: "Build the image with an engine whose default runtime is runc, from a base image without these files, and do not commit containers that ran with GPUs.",
    }),
  },
  check: {
    *image(image, { messages }) {
      const empty = [...image.files.visible.values()]
        .filter((entry) => entry.type === "file" && entry.size === 0 && isMounted(entry.path))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      const first = empty[0];
      if (first === undefined) return;
      const paths = empty.map(({ path }) => path);
      yield {
        ...messages.leftOver({ count: empty.length, examples: paths.slice(0, 3).join(", ") }),
        at: {
          kind: "image-file",
          image: image.name,
          layer: first.layer,
          path: first.path,
          instruction: null,
        },
        evidence: { count: empty.length, paths: paths.slice(0, 20) },
      };
    },
  },
  examples: [
    {
      title: "No trace of a driver; an empty file that is nobody's",
      image: composeImage({ config: { Entrypoint: ["/train"] }, files: { "/usr/bin/empty": { size: 0 } } }),
    },
    {
      title: "Mount points that stayed behind",
      image: composeImage({
        config: { Entrypoint: ["/train"] },
        files: {
          "/usr/bin/nvidia-smi": { size: 0 },
          "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.15": { size: 0 },
          "/usr/lib/x86_64-linux-gnu/libcuda.so.1": { link: "libcuda.so.550.54.15" },
        },
      }),
      findings: [
        {
          messageId: "leftOver",
          severity: "warning",
          message:
            "The image holds 2 empty files where the NVIDIA driver's would be (/usr/bin/nvidia-smi, /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.15), left by a build or a commit under the NVIDIA runtime: on a host with another driver version the container may not start (file exists), or CUDA may not find its library.",
          at: "/usr/bin/nvidia-smi",
        },
      ],
    },
  ],
});

/** Libraries and programs: what the runtime mounts as files. */
function isMounted(path: string): boolean {
  const what = driverFile(path);
  return what === "library" || what === "program";
}
