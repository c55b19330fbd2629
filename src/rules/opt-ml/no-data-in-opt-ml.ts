import { throughLinks } from "../../core/dockerfile/effects/links.ts";
import { survivingPlaces } from "../../core/dockerfile/effects/surviving.ts";
import type { DockerfileModel, Effect, PlaceEffect } from "../../core/dockerfile/model.ts";
import { inText } from "../../core/finding.ts";
import { composeImage } from "../../core/image/compose.ts";
import { filesUnder, headIncludes, resolvePath } from "../../core/image/lookup.ts";
import type { FileEntry, ImageModel } from "../../core/image/model.ts";
import { once } from "../../core/once.ts";
import { absolutePath, isWithin } from "../../core/paths.ts";
import { defineRule } from "../../core/rule.ts";
import { MOUNTED_FOLDERS, OPT_ML, toolkitIn } from "../../core/sagemaker.ts";

const CODE = `${OPT_ML}/code`;

/** TL201: /opt/ml belongs to SageMaker. */
export const noDataInOptMl = defineRule({
  id: "TL201",
  name: "no-data-in-opt-ml",
  summary: "files, volumes or a working directory under `/opt/ml`, which SageMaker reserves",
  rationale: `\`/opt/ml\` and all its sub-folders are reserved: SageMaker puts the job's data, configuration and model
folder there, and what the image has in the same place may be hidden during training. Under \`input\`, \`model\`,
\`output\` and \`checkpoints\` that is certain; elsewhere it is possible.

\`/opt/ml/code\` is the exception that AWS itself uses: the SageMaker training toolkit expects the program there. With
the toolkit it is only mentioned, without it is a warning. An empty folder and a variable do no harm.`,
  refs: [
    {
      title: "How Amazon SageMaker Runs Your Training Image",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html",
    },
    {
      title: "Adapting your own training container",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/adapt-training-container.html",
    },
  ],
  severity: "error",
  precision: "very-high",
  options: {},
  needs: {
    depth: "files",
    queries: () => [
      { kind: "tree", path: OPT_ML },
      { kind: "path", path: "/usr/local/bin/train", head: 4096 },
      { kind: "path", path: "/opt/conda/bin/train", head: 4096 },
    ],
  },
  messages: {
    placed: ({ by, path, certainty }: { by: string; path: string; certainty: string }) => ({
      message: `${by} puts files under ${path}, which SageMaker reserves: ${certainty} during training.`,
      help: "Put them somewhere else, such as /opt/program, or pass data to the job as an input channel.",
    }),
    code: ({ by, path }: { by: string; path: string }) => ({
      message: `${by} puts code under ${path} without the SageMaker training toolkit: all of /opt/ml is reserved, and only the toolkit is known to use /opt/ml/code.`,
      help: "Put the program somewhere else, such as /opt/program, or install sagemaker-training.",
    }),
    codeWithToolkit: ({ by, path }: { by: string; path: string }) => ({
      message: `${by} puts code under ${path}, where the SageMaker training toolkit expects it. A submitted source_dir is silently skipped while this folder is not empty.`,
      help: "Nothing needs to change unless jobs submit their own source.",
    }),
    volume: ({ path }: { path: string }) => ({
      message: `VOLUME ${path} lies under /opt/ml, which SageMaker reserves and mounts itself.`,
      help: "Remove the VOLUME; SageMaker makes the folders of /opt/ml.",
    }),
    workdir: ({ path }: { path: string }) => ({
      message: `WORKDIR ${path} lies under /opt/ml, which SageMaker reserves: relative paths in the container lead there.`,
      help: "Use a folder of your own, such as /opt/program, unless the training toolkit needs this one.",
    }),
    inImage: ({
      count,
      folder,
      examples,
      certainty,
    }: {
      count: number;
      folder: string;
      examples: string;
      certainty: string;
    }) => ({
      message: `The image has ${count} ${count === 1 ? "file" : "files"} under ${folder} (${examples}), which SageMaker reserves: ${certainty} during training.`,
      help: "Build the image without them: put them somewhere else, such as /opt/program, or pass data as an input channel.",
    }),
  },
  check: {
    *dockerfile(dockerfile, { messages }) {
      const toolkit = toolkitIn(dockerfile);
      const places = filesIn(dockerfile).filter((file) => isWithin(file.path, OPT_ML));
      const isNew = once<PlacedFile>(({ range }) => `${range.start.line}:${range.start.column}`);
      for (const file of places) {
        if (!isNew(file)) continue;
        const at = inText(dockerfile.path, file.range);
        const args = { by: file.by, path: file.path };
        const evidence = { path: file.path, sources: file.sources };
        if (!isWithin(file.path, CODE)) {
          yield { ...messages.placed({ ...args, certainty: certaintyOf(file.path) }), at, evidence };
        } else if (toolkit === "absent") {
          yield { ...messages.code(args), at, severity: "warning", evidence };
        } else yield { ...messages.codeWithToolkit(args), at, severity: "info", evidence };
      }
      for (const effect of dockerfile.effects) {
        if (effect.kind !== "volume" || !isWithin(effect.path, OPT_ML)) continue;
        yield {
          ...messages.volume({ path: effect.path }),
          at: inText(dockerfile.path, effect.range),
          severity: "warning",
        };
      }
      const { workingDir } = dockerfile.config;
      if (workingDir.known && workingDir.instruction !== null && isWithin(workingDir.value, OPT_ML)) {
        const at = inText(dockerfile.path, workingDir.instruction.range);
        if (!places.some((place) => explains(place, workingDir.value))) {
          yield { ...messages.workdir({ path: workingDir.value }), at, severity: "info" };
        }
      }
    },
    *image(image, { messages }) {
      const groups = new Map<string, FileEntry[]>();
      for (const entry of filesUnder(image.files, OPT_ML)) {
        if (entry.type === "directory") continue;
        const first = entry.path.slice(OPT_ML.length + 1).split("/");
        const folder = first.length > 1 ? `${OPT_ML}/${first[0]}` : OPT_ML;
        groups.set(folder, [...(groups.get(folder) ?? []), entry]);
      }
      const toolkit = hasToolkit(image);
      for (const [folder, entries] of groups) {
        const first = entries[0];
        if (first === undefined) continue;
        const at = {
          kind: "image-file" as const,
          image: image.name,
          layer: first.layer,
          path: first.path,
          instruction:
            image.history.find((entry) => entry.layer !== null && entry.layer === first.layer)?.createdBy ??
            null,
        };
        const evidence = { count: entries.length, paths: entries.slice(0, 20).map((entry) => entry.path) };
        if (folder === CODE) {
          const args = { by: "The image", path: folder };
          yield toolkit
            ? { ...messages.codeWithToolkit(args), at, severity: "info", evidence }
            : { ...messages.code(args), at, severity: "warning", evidence };
          continue;
        }
        const examples = entries
          .slice(0, 3)
          .map((entry) => entry.path)
          .join(", ");
        yield {
          ...messages.inImage({
            count: entries.length,
            folder,
            examples,
            certainty: certaintyOf(first.path),
          }),
          at,
          evidence,
        };
      }
      for (const volume of image.config.Volumes) {
        const path = absolutePath("/", volume);
        if (!isWithin(path, OPT_ML)) continue;
        const at = { kind: "image-config" as const, image: image.name, pointer: "/config/Volumes" };
        yield { ...messages.volume({ path }), at, severity: "warning" };
      }
      const workingDir = absolutePath("/", image.config.WorkingDir);
      if (isWithin(workingDir, OPT_ML) && groups.size === 0) {
        const at = { kind: "image-config" as const, image: image.name, pointer: "/config/WorkingDir" };
        yield { ...messages.workdir({ path: workingDir }), at, severity: "info" };
      }
    },
  },
  examples: [
    {
      title: "A folder of one's own",
      dockerfile: "FROM python:3.12\nCOPY . /opt/program\nCOPY x /opt/ml_app/\n",
    },
    {
      title: "Empty folders and variables",
      dockerfile: "FROM python:3.12\nRUN mkdir -p /opt/ml/model\nENV MODEL=/opt/ml/model\n",
    },
    {
      title: "Weights in the model folder",
      dockerfile: "FROM python:3.12\nWORKDIR /opt/ml\nCOPY weights.bin model/\n",
      findings: [
        {
          messageId: "placed",
          severity: "error",
          message:
            "COPY puts files under /opt/ml/model/weights.bin, which SageMaker reserves: they will be hidden or overwritten during training.",
          at: "3:18-3:24",
        },
      ],
    },
    {
      title: "Code without the toolkit",
      dockerfile: "FROM python:3.12\nCOPY train.py /opt/ml/code/train.py\n",
      findings: [
        {
          messageId: "code",
          severity: "warning",
          message:
            "COPY puts code under /opt/ml/code/train.py without the SageMaker training toolkit: all of /opt/ml is reserved, and only the toolkit is known to use /opt/ml/code.",
          at: "2:15-2:36",
        },
      ],
    },
    {
      title: "Code with the toolkit",
      dockerfile:
        "FROM python:3.12\nRUN pip install sagemaker-training\nCOPY train.py /opt/ml/code/train.py\n",
      findings: [
        {
          messageId: "codeWithToolkit",
          severity: "info",
          message:
            "COPY puts code under /opt/ml/code/train.py, where the SageMaker training toolkit expects it. A submitted source_dir is silently skipped while this folder is not empty.",
          at: "3:15-3:36",
        },
      ],
    },
    {
      title: "Through a link, and a link itself; a link that only leads to /opt/ml does no harm",
      dockerfile:
        "FROM python:3.12\nRUN ln -s /opt/ml/model /models && ln -s /srv/data /opt/ml/data\nCOPY weights.bin /models/\n",
      findings: [
        {
          messageId: "placed",
          message:
            "COPY puts files under /opt/ml/model/weights.bin, which SageMaker reserves: they will be hidden or overwritten during training.",
          at: "3:18-3:26",
        },
        {
          messageId: "placed",
          message:
            "ln puts files under /opt/ml/data, which SageMaker reserves: they may be hidden during training.",
          at: "2:52-2:64",
        },
      ],
    },
    {
      title: "A folder of another stage that has files of /opt/ml in it",
      dockerfile:
        "FROM python:3.12 AS build\nCOPY weights.bin /opt/ml/model/weights.bin\nCOPY app.py /opt/app/\nFROM python:3.12\nCOPY --from=build /opt/app /opt/app\nFROM python:3.12\nCOPY --from=build /opt /opt\n",
      findings: [
        {
          messageId: "placed",
          message:
            "COPY puts files under /opt/ml/model/weights.bin, which SageMaker reserves: they will be hidden or overwritten during training.",
          at: "7:24-7:28",
        },
      ],
    },
    {
      title: "A volume, and a working directory alone",
      dockerfile: "FROM python:3.12\nVOLUME /opt/ml/data\nWORKDIR /opt/ml/work\n",
      findings: [
        {
          messageId: "volume",
          severity: "warning",
          message: "VOLUME /opt/ml/data lies under /opt/ml, which SageMaker reserves and mounts itself.",
          at: "2:1-2:20",
        },
        {
          messageId: "workdir",
          severity: "info",
          message:
            "WORKDIR /opt/ml/work lies under /opt/ml, which SageMaker reserves: relative paths in the container lead there.",
          at: "3:1-3:21",
        },
      ],
    },
    {
      title: "A working directory in a folder that is reported itself",
      dockerfile: "FROM python:3.12\nCOPY . /opt/ml/\nWORKDIR /opt/ml/code\n",
      findings: [
        {
          messageId: "placed",
          message:
            "COPY puts files under /opt/ml, which SageMaker reserves: they may be hidden during training.",
          at: "2:8-2:16",
        },
      ],
    },
    {
      title: "An image with data inside",
      image: composeImage({
        files: { "/opt/ml/input/data/train/x.csv": "1", "/opt/ml/model": { type: "directory" } },
      }),
      findings: [
        {
          messageId: "inImage",
          message:
            "The image has 1 file under /opt/ml/input (/opt/ml/input/data/train/x.csv), which SageMaker reserves: they will be hidden or overwritten during training.",
          at: "/opt/ml/input/data/train/x.csv",
        },
      ],
    },
  ],
});

function certaintyOf(path: string): string {
  const certain = MOUNTED_FOLDERS.some((folder) => isWithin(path, `${OPT_ML}/${folder}`));
  return certain ? "they will be hidden or overwritten" : "they may be hidden";
}

/** A file or link that the build leaves in the image, where it really lies. */
type PlacedFile = Pick<PlaceEffect, "path" | "range" | "by"> & { readonly sources: readonly string[] };

function filesIn(dockerfile: DockerfileModel): PlacedFile[] {
  const { effects } = dockerfile;
  const places = throughLinks(effects, survivingPlaces(effects));
  const links = effects.flatMap((effect) =>
    effect.kind === "link" && !isRemoved(effect.path, effects)
      ? [{ path: effect.path, range: effect.range, by: "ln", sources: [effect.target] }]
      : [],
  );
  return [...places, ...links];
}

function isRemoved(path: string, effects: readonly Effect[]): boolean {
  return effects.some(
    (effect) => effect.kind === "remove" && !effect.conditional && isWithin(path, effect.path),
  );
}

/** A working directory is not alone where files lie below it, or it lies in a folder that is reported itself. */
function explains(file: PlacedFile, workingDir: string): boolean {
  return isWithin(file.path, workingDir) || isWithin(workingDir, file.path);
}

/** The toolkit's `train` is a small Python program that imports it. */
function hasToolkit(image: ImageModel): boolean {
  return ["/usr/local/bin/train", "/opt/conda/bin/train"].some((path) => {
    const found = resolvePath(image.files, path);
    return found !== null && headIncludes(found.entry, "sagemaker_training");
  });
}
