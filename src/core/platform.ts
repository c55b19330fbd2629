import { splitReference } from "./dockerfile/bases.ts";
import type { DockerfileModel, Stage } from "./dockerfile/model.ts";
import type { Range } from "./text.ts";

/** The platforms that the instance types of SageMaker training run; `ml.p6e-gb200` alone is Arm. */
export const TRAINING_PLATFORMS: readonly string[] = ["linux/amd64"];

/** What decides a platform. */
export type PlatformSource = "flag" | "build" | "repository" | "tag" | "windows";

/** The platform that a Dockerfile's image is built for, as far as the file (or the command line) tells. */
export interface BuiltPlatform {
  /** `os/architecture` in the engine's spelling, e.g. `linux/arm64`. */
  readonly platform: string;
  readonly source: PlatformSource;
  /** The words that say it. */
  readonly range: Range;
}

const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm"],
  ["armel", "arm"],
  ["i386", "386"],
]);

const OPERATING_SYSTEMS = /^(?:linux|windows|darwin|freebsd|solaris|wasip1)$/;

/** `os/architecture` of a platform as people write it (`linux/arm64/v8`, `aarch64`); `null` when half is missing. */
export function normalPlatform(text: string): string | null {
  const parts = text.toLowerCase().split("/");
  const [first = "", second] = parts;
  const architecture = second ?? (OPERATING_SYSTEMS.test(first) ? "" : first);
  if (architecture === "") return null;
  return `${second === undefined ? "linux" : first}/${ARCHITECTURES.get(architecture) ?? architecture}`;
}

/**
 * The platform of the image that the target stage makes; `null` where the builder's own machine decides. Only the
 * image that the whole lineage stands on has a say: a platform on `FROM other-stage` changes nothing.
 */
export function builtPlatform(dockerfile: DockerfileModel): BuiltPlatform | null {
  const root = dockerfile.stages[dockerfile.lineage.at(-1) ?? -1];
  if (root === undefined || dockerfile.base.kind === "scratch") return askedFor(dockerfile);
  const flag = flagged(root);
  if (flag === "open") return null;
  return flag ?? named(root) ?? askedFor(dockerfile);
}

function flagged(root: Stage): BuiltPlatform | "open" | null {
  if (root.platform === null) return null;
  const platform = root.platform.known ? normalPlatform(root.platform.value) : null;
  const flag = root.from.flags.find(({ name }) => name === "platform");
  return platform === null ? "open" : { platform, source: "flag", range: flag?.range ?? root.from.range };
}

/** Docker Hub's organizations that hold the official images of one architecture. */
const REPOSITORY = /^(?:docker\.io\/)?(arm64v8|arm32v[567]|ppc64le|s390x|riscv64|mips64le)\//;
const OFFICIAL_ARCHITECTURES: Readonly<Record<string, string>> = { arm64v8: "arm64" };

/** AWS's repositories with images for Arm. */
const AWS_ARM = /\.amazonaws\.com(?:\.cn)?\/[a-z-]+-(?:arm64|graviton)$/;

const WINDOWS = /^mcr\.microsoft\.com\/(?:windows(?:$|\/)|dotnet\/framework\/)/;

/** What the name of the base image says of its platform. */
function named(root: Stage): BuiltPlatform | null {
  if (root.base.kind !== "image") return null;
  const { repository, tag } = splitReference(root.base.reference);
  const { range } = root.from;
  const official = REPOSITORY.exec(repository)?.[1];
  if (official !== undefined) {
    const architecture = OFFICIAL_ARCHITECTURES[official] ?? official.replace(/^arm32.*/, "arm");
    return { platform: `linux/${architecture}`, source: "repository", range };
  }
  if (AWS_ARM.test(repository)) return { platform: "linux/arm64", source: "repository", range };
  if (WINDOWS.test(repository) || /windowsservercore|nanoserver/.test(tag))
    return { platform: "windows/amd64", source: "windows", range };
  if (/(?:^|[-_])(?:arm64(?:v8)?|aarch64)$/.test(tag))
    return { platform: "linux/arm64", source: "tag", range };
  return null;
}

/** What the command line asks for, where no FROM says otherwise. */
function askedFor(dockerfile: DockerfileModel): BuiltPlatform | null {
  const platform = dockerfile.buildPlatform === null ? null : normalPlatform(dockerfile.buildPlatform);
  return platform === null ? null : { platform, source: "build", range: dockerfile.target.from.range };
}
