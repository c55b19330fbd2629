import type { DockerfileModel, Setting } from "../../core/dockerfile/model.ts";
import { inText, type Location } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { environmentOf, resolvePath } from "../../core/image/lookup.ts";
import type { ImageModel } from "../../core/image/model.ts";
import { toolkitSource } from "../../core/nvidia/toolkit.ts";
import { defineRule } from "../../core/rule.ts";

const DEVICES = "NVIDIA_VISIBLE_DEVICES";
const CAPABILITIES = "NVIDIA_DRIVER_CAPABILITIES";
const CUDA_DEVICES = "CUDA_VISIBLE_DEVICES";
const TOOLKIT = "/usr/local/cuda";

const BOTH = `ENV ${DEVICES}=all ${CAPABILITIES}=compute,utility`;

/** TL304: what makes the driver visible in a container. */
export const gpuVisible = defineRule({
  id: "TL304",
  name: "gpu-visible",
  summary: "the CUDA toolkit in an image whose variables do not show it the GPUs and the driver",
  rationale: `The NVIDIA container runtime reads two variables of the image: \`NVIDIA_VISIBLE_DEVICES\` names the GPUs that the
container gets, \`NVIDIA_DRIVER_CAPABILITIES\` the parts of the driver (\`compute\` is CUDA). The \`nvidia/cuda\` images and
what is built on them set both. An image that brings the toolkit another way has none of them: whether it gets a GPU then
depends on how the host starts it.

Values that hide the GPUs (\`none\`, \`void\`, an empty \`CUDA_VISIBLE_DEVICES\`, capabilities without \`compute\`) are
warnings: the program runs on the processor of an instance with GPUs.`,
  refs: [
    {
      title: "NVIDIA container toolkit: specialized configurations with Docker",
      url: "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",
    },
    {
      title: "CUDA environment variables",
      url: "https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#env-vars",
    },
  ],
  severity: "info",
  precision: "medium",
  roles: ["training", "serving", "processing"],
  options: {},
  needs: { depth: "files", queries: () => [{ kind: "path", path: TOOLKIT }] },
  messages: {
    missing: ({ what }: { what: string }) => ({
      message: `${what}, and nothing sets ${DEVICES}: whether the container gets a GPU and the driver depends on how the host starts it.`,
      help: `Add ${BOTH}, as the nvidia/cuda images do.`,
    }),
    hidden: ({ name, value }: { name: string; value: string }) => ({
      message: `${name} is "${value}", which hides the GPUs from the container: the program will not find the GPU of the instance.`,
      help: `Remove it, or add ${BOTH}.`,
    }),
    noCompute: ({ value }: { value: string }) => ({
      message: `${CAPABILITIES} is "${value}" without compute: SageMaker's host does not mount the CUDA driver, and the program will not find the GPU of the instance.`,
      help: `Add ${BOTH}.`,
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const { base, config } = dockerfile;
      const known = base.kind === "image" ? base.known : null;
      const source = toolkitSource(dockerfile);
      if (source === null && known?.kind !== "cuda") return;
      const place = (setting: Setting<string>): Location =>
        inText(dockerfile.path, (setting.instruction ?? dockerfile.target.from).range);
      const devices = config.env.get(DEVICES);
      for (const [name, setting] of [
        [DEVICES, devices],
        [CUDA_DEVICES, config.env.get(CUDA_DEVICES)],
      ] as const) {
        if (setting?.known !== true || !hides(name, setting.value)) continue;
        yield { ...messages.hidden({ name, value: setting.value }), at: place(setting), severity: "warning" };
      }
      const capabilities = config.env.get(CAPABILITIES);
      if (capabilities?.known === true && !hasCompute(capabilities.value)) {
        const composed = messages.noCompute({ value: capabilities.value });
        yield { ...composed, at: place(capabilities), severity: "warning" };
      }
      if (source === null || devices !== undefined || !bringsNothing(dockerfile)) return;
      yield {
        ...messages.missing({ what: `${source.name} brings CUDA` }),
        at: inText(dockerfile.path, source.range),
        evidence: known === null ? {} : { source: known.source, asOf: known.asOf },
      };
    },
    *image(image, { messages }) {
      if (!hasToolkit(image)) return;
      const env = environmentOf(image.config);
      const at = { kind: "image-config" as const, image: image.name, pointer: "/config/Env" };
      const devices = env.get(DEVICES);
      for (const name of [DEVICES, CUDA_DEVICES]) {
        const value = env.get(name);
        if (value === undefined || !hides(name, value)) continue;
        yield { ...messages.hidden({ name, value }), at, severity: "warning" };
      }
      const capabilities = env.get(CAPABILITIES);
      if (capabilities !== undefined && !hasCompute(capabilities))
        yield { ...messages.noCompute({ value: capabilities }), at, severity: "warning" };
      if (devices === undefined)
        yield { ...messages.missing({ what: "The image has the CUDA toolkit" }), at };
    },
  },
  examples: [
    {
      title: "A CUDA image sets them",
      dockerfile: "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "A base image that is not known may set them",
      dockerfile:
        "FROM registry.example.com/base:1\nRUN apt-get install -y cuda-toolkit-12-4\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "Hidden GPUs do not matter without CUDA",
      dockerfile: "FROM python:3.12\nENV NVIDIA_VISIBLE_DEVICES=none\nCOPY train /usr/local/bin/train\n",
    },
    {
      title: "The toolkit on a plain image",
      dockerfile:
        "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y cuda-toolkit-12-4\nCOPY train /usr/local/bin/train\n",
      findings: [
        {
          messageId: "missing",
          severity: "info",
          message:
            "cuda-toolkit-12-4 brings CUDA, and nothing sets NVIDIA_VISIBLE_DEVICES: whether the container gets a GPU and the driver depends on how the host starts it.",
          at: "2:42-2:59",
        },
      ],
    },
    {
      title: "Hidden GPUs",
      dockerfile:
        'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nENV NVIDIA_VISIBLE_DEVICES=void \\\n    NVIDIA_DRIVER_CAPABILITIES=graphics,display\nENV CUDA_VISIBLE_DEVICES=""\nCOPY train /usr/local/bin/train\n',
      findings: [
        {
          messageId: "hidden",
          severity: "warning",
          message:
            'NVIDIA_VISIBLE_DEVICES is "void", which hides the GPUs from the container: the program will not find the GPU of the instance.',
          at: "2:1-3:48",
        },
        {
          messageId: "noCompute",
          severity: "warning",
          message:
            'NVIDIA_DRIVER_CAPABILITIES is "graphics,display" without compute: SageMaker\'s host does not mount the CUDA driver, and the program will not find the GPU of the instance.',
          at: "2:1-3:48",
        },
        {
          messageId: "hidden",
          severity: "warning",
          message:
            'CUDA_VISIBLE_DEVICES is "", which hides the GPUs from the container: the program will not find the GPU of the instance.',
          at: "4:1-4:28",
        },
      ],
    },
    {
      title: "A built image with the toolkit",
      image: composeImage({
        config: { Entrypoint: ["/train"] },
        files: {
          "/usr/local/cuda": { link: "/usr/local/cuda-12.4" },
          "/usr/local/cuda-12.4": { type: "directory" },
        },
      }),
      findings: [
        {
          messageId: "missing",
          message:
            "The image has the CUDA toolkit, and nothing sets NVIDIA_VISIBLE_DEVICES: whether the container gets a GPU and the driver depends on how the host starts it.",
          at: "/config/Env",
        },
      ],
    },
  ],
});

/** Values with which the NVIDIA runtime, or CUDA itself, shows no GPU. */
function hides(name: string, value: string): boolean {
  return name === DEVICES ? /^(?:none|void|)$/.test(value) : /^(?:-1|NoDevFiles|)$/.test(value);
}

function hasCompute(capabilities: string): boolean {
  if (capabilities === "") return true;
  return capabilities.split(",").some((word) => /^(?:all|compute)$/.test(word.trim()));
}

/** Whether the base is known, and known to set nothing of the kind. */
function bringsNothing({ base }: DockerfileModel): boolean {
  return base.kind === "scratch" || (base.kind === "image" && base.known?.kind === "plain");
}

function hasToolkit(image: ImageModel): boolean {
  const env = environmentOf(image.config);
  return env.has("CUDA_VERSION") || resolvePath(image.files, TOOLKIT) !== null;
}
