import { madeBy } from "./made-by.ts";
import type { ImageBase, ImageModel } from "./model.ts";

/** A public base image as its own builds show in the history of what is built on it. */
interface Trace {
  readonly name: string;
  /** An entry that only this base's own Dockerfile makes. */
  readonly begins: Pick<RegExp, "test">;
  /** The entry that ends it, searched for behind that one. */
  readonly ends: RegExp;
}

/**
 * Source: the Dockerfiles of the Docker official images and of NVIDIA's CUDA images, as their builds show in the
 * history. Each is found by what nobody else writes; what stands on top of them is somebody's own.
 */
const TRACES: readonly Trace[] = [
  {
    name: "its distribution's base image",
    begins: { test: placesRootFiles },
    ends: /^CMD \["(?:bash|\/bin\/bash|\/bin\/sh|sh)"\]$/,
  },
  { name: "python", begins: /^ENV PYTHON_VERSION=/, ends: /^CMD \["python3"\]$/ },
  {
    name: "nvidia/cuda",
    begins: /^(?:ENV NVARCH=|ENV NV_CUDA_|LABEL maintainer=NVIDIA CORPORATION)/,
    ends: /^(?:ENV NV_|ENV NVIDIA_PRODUCT_NAME=|ENV NVIDIA_REQUIRE_CUDA=|LABEL maintainer=NVIDIA CORPORATION|ENTRYPOINT \["\/opt\/nvidia\/nvidia_entrypoint\.sh"\]|ENV LIBRARY_PATH=\/usr\/local\/cuda)/,
  },
];

/** A root file system put in place: by debian.sh, or as an archive that is unpacked at `/`. */
function placesRootFiles(instruction: string): boolean {
  if (/^RUN (?:# )?debian\.sh /.test(instruction)) return true;
  const archive = /^(?:ADD|COPY) (\S+) (?:in )?\/$/.exec(instruction)?.[1] ?? "";
  return /^(?:file:[0-9a-f]+$|rootfs)|-minirootfs-.|.-root\.tar/.test(archive);
}

/** The known base that an image stands on, by its history; `null` where nothing shows it. */
export function knownBase(image: ImageModel): ImageBase | null {
  const entries = image.history.map(({ createdBy }) => {
    const { keyword, text } = madeBy(createdBy);
    return `${keyword} ${text.replace(/\s+/g, " ").trim()}`;
  });
  let found: ImageBase | null = null;
  for (const { name, begins, ends } of TRACES) {
    const begin = entries.findIndex((entry) => begins.test(entry));
    if (begin === -1) continue;
    // NVIDIA's images have many such entries and the last one ends them; of the others there is one.
    const last =
      name === "nvidia/cuda"
        ? entries.findLastIndex((entry) => ends.test(entry))
        : firstBehind(entries, begin, ends);
    const count = Math.max(begin, last) + 1;
    if (found === null || count > found.entries)
      found = { name, entries: count, layers: layersIn(image, count) };
  }
  return found;
}

function firstBehind(entries: readonly string[], begin: number, ends: RegExp): number {
  return entries.findIndex((entry, at) => at > begin && ends.test(entry));
}

function layersIn(image: ImageModel, entries: number): number {
  return image.history.slice(0, entries).filter(({ layer }) => layer !== null).length;
}
