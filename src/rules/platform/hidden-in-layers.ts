import { composeImage } from "../../core/image/compose.ts";
import type { FileEntry, ImageModel } from "../../core/image/model.ts";
import { DRIVER_FOLDERS, driverFile } from "../../core/nvidia/files.ts";
import { isWithin } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";
import { OPT_ML } from "../../core/sagemaker.ts";

/** TL404: deleted, and still there. */
export const hiddenInLayers = defineRule({
  id: "TL404",
  name: "hidden-in-layers",
  summary: "driver or `/opt/ml` files that a later layer deletes, and that ship with the image all the same",
  rationale: `Each instruction makes a layer of its own, and a later one only hides what an earlier one has added: the bytes stay
in the image, are pulled with it to every instance, and can be read by whoever has the image. A driver that is removed
again does no harm at run time, but its hundreds of megabytes are paid for at every start; training data that was
copied to \`/opt/ml\` and deleted is still in the registry.

Only the layers show this. An engine gives them with the whole image alone, so for a large image of an engine this
rule asks for \`--layers\`.`,
  refs: [
    {
      title: "OCI image specification: whiteouts",
      url: "https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts",
    },
    {
      title: "Docker: use multi-stage builds",
      url: "https://docs.docker.com/build/building/multi-stage/",
    },
  ],
  severity: "info",
  precision: "high",
  options: {},
  needs: {
    depth: "layers",
    queries: () => [...DRIVER_FOLDERS, OPT_ML].map((path) => ({ kind: "tree", path })),
  },
  messages: {
    driver: (args: Hidden) => ({
      message: `The image ships ${filesOf(args)} of the NVIDIA driver that a later layer deletes: nobody sees them, and every instance pulls them.`,
      help: HELP,
    }),
    optMl: (args: Hidden) => ({
      message: `The image ships ${filesOf(args)} under /opt/ml that a later layer deletes: nobody sees them, every instance pulls them, and whoever has the image can read them.`,
      help: HELP,
    }),
  },
  check: {
    *image(image, { messages }) {
      if (image.depth !== "layers") {
        yield { skip: "the layers of a large image are read from an engine only with --layers" };
        return;
      }
      const deleted = image.files.hidden.filter(
        ({ path, type, size }) => type === "file" && size > 0 && !image.files.visible.has(path),
      );
      const driver = deleted.filter(({ path }) => driverFile(path) !== null);
      const optMl = deleted.filter(({ path }) => isWithin(path, OPT_ML));
      for (const [files, compose] of [
        [driver, messages.driver],
        [optMl, messages.optMl],
      ] as const) {
        for (const group of byLayer(files)) yield reportOf(image, group, compose);
      }
    },
  },
  examples: [
    {
      title: "Nothing deleted; something that is neither",
      image: composeImage({
        hidden: { "/tmp/cache": { size: 1000 } },
        files: { "/usr/bin/train": "#!/bin/sh" },
      }),
    },
    {
      title: "A driver and data that were removed too late",
      image: composeImage({
        hidden: {
          "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14": { size: 29_000_000 },
          "/opt/ml/input/data/train.csv": { size: 1_500 },
          "/opt/ml/input/data/test.csv": { size: 500 },
        },
      }),
      findings: [
        {
          messageId: "optMl",
          severity: "info",
          message:
            "The image ships 2 files (2.0 kB; /opt/ml/input/data/test.csv, /opt/ml/input/data/train.csv) under /opt/ml that a later layer deletes: nobody sees them, every instance pulls them, and whoever has the image can read them.",
          at: "/opt/ml/input/data/test.csv",
        },
        {
          messageId: "driver",
          message:
            "The image ships 1 file (29.0 MB; /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14) of the NVIDIA driver that a later layer deletes: nobody sees them, and every instance pulls them.",
          at: "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14",
        },
      ],
    },
  ],
});

const HELP =
  "Delete it in the instruction that adds it, or do not add it at all: take it out of the COPY, or build in a stage of its own and copy what is needed.";

interface Hidden {
  readonly count: number;
  readonly bytes: number;
  readonly examples: string;
}

function filesOf({ count, bytes, examples }: Hidden): string {
  return `${count} ${count === 1 ? "file" : "files"} (${sizeText(bytes)}; ${examples})`;
}

function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${bytes} bytes` : `${value.toFixed(1)} ${units[unit]}`;
}

/** One group for each layer that the files come from: each is one instruction to change. */
function byLayer(files: readonly FileEntry[]): FileEntry[][] {
  const groups = new Map<string | null, FileEntry[]>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    groups.set(file.layer, [...(groups.get(file.layer) ?? []), file]);
  }
  return [...groups.values()];
}

function reportOf<M>(image: ImageModel, files: readonly FileEntry[], compose: (args: Hidden) => M) {
  const paths = files.map(({ path }) => path);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const [first] = files as [FileEntry];
  return {
    ...compose({ count: files.length, bytes, examples: paths.slice(0, 3).join(", ") }),
    at: {
      kind: "image-file" as const,
      image: image.name,
      layer: first.layer,
      path: first.path,
      instruction: null,
    },
    evidence: { count: files.length, bytes, paths: paths.slice(0, 20) },
  };
}
