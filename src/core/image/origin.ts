import type { DockerfileModel, Instruction } from "../dockerfile/model.ts";
import { type Finding, inText, type Related } from "../finding.ts";
import { type MatchedHistory, matchHistory } from "./dockerfile-history.ts";
import { knownBase } from "./known-base.ts";
import { madeBy } from "./made-by.ts";
import type { HistoryEntry, ImageBase, ImageModel } from "./model.ts";

/**
 * Says of findings on an image where they come from, as far as it can be told: the instruction in the image's
 * history, the line of the Dockerfile when it is given too, and whether it is the base image's doing, which the
 * user can't change but only override or replace.
 */
export function withOrigins(
  findings: readonly Finding[],
  image: ImageModel,
  dockerfile: DockerfileModel | undefined,
): Finding[] {
  const matched = dockerfile === undefined ? null : matchHistory(dockerfile, image.history);
  const base = image.base ?? baseOf(image, dockerfile, matched) ?? knownBase(image);
  return findings.map((finding) => {
    const { location } = finding;
    if (location.kind !== "image-file" && location.kind !== "image-config") return finding;
    const at =
      location.kind === "image-file"
        ? entryOfLayer(image.history, location.layer)
        : entryOfConfig(image.history, location.pointer);
    const layer = location.kind === "image-file" ? location.layer : null;
    const origin = base === null ? null : originOf(base, at, layer, image);
    return explained(finding, image.history[at ?? -1], origin, lineOf(matched, at, dockerfile), base);
  });
}

type Origin = "base" | "own";

/** The base image as the Dockerfile tells: what stands in the history before its first instruction. */
function baseOf(
  image: ImageModel,
  dockerfile: DockerfileModel | undefined,
  matched: MatchedHistory | null,
): ImageBase | null {
  if (matched === null || dockerfile === undefined || dockerfile.base.kind !== "image") return null;
  const entries = matched.baseEntries;
  const layers = image.history.slice(0, entries).filter(({ layer }) => layer !== null).length;
  return { name: dockerfile.base.reference, layers, entries };
}

function originOf(
  base: ImageBase,
  at: number | null,
  layer: string | null,
  image: ImageModel,
): Origin | null {
  const position = layer === null ? -1 : image.layers.findIndex(({ digest }) => digest === layer);
  if (position >= 0) return position < base.layers ? "base" : "own";
  if (at === null) return null;
  return at < base.entries ? "base" : "own";
}

function entryOfLayer(history: readonly HistoryEntry[], layer: string | null): number | null {
  const at = layer === null ? -1 : history.findIndex((entry) => entry.layer === layer);
  return at === -1 ? null : at;
}

/** The instruction that sets each value of the configuration. */
const SETS: { readonly [pointer: string]: string } = {
  "/config/Entrypoint": "ENTRYPOINT",
  "/config/Cmd": "CMD",
  "/config/Env": "ENV",
  "/config/WorkingDir": "WORKDIR",
  "/config/User": "USER",
  "/config/Volumes": "VOLUME",
  "/config/StopSignal": "STOPSIGNAL",
  "/config/Shell": "SHELL",
  "/config/Healthcheck": "HEALTHCHECK",
};

/** The last one wins. Where several add up (ENV, VOLUME), which of them it was is not known if there are more. */
function entryOfConfig(history: readonly HistoryEntry[], pointer: string): number | null {
  const keyword = SETS[pointer];
  if (keyword === undefined) return null;
  const setting = history.flatMap(({ createdBy }, at) => (madeBy(createdBy).keyword === keyword ? [at] : []));
  const addsUp = keyword === "ENV" || keyword === "VOLUME";
  if (addsUp && setting.length > 1) return null;
  return setting.at(-1) ?? null;
}

function lineOf(
  matched: MatchedHistory | null,
  at: number | null,
  dockerfile: DockerfileModel | undefined,
): Related[] {
  const instruction: Instruction | undefined = at === null ? undefined : matched?.instructions.get(at);
  if (instruction === undefined || dockerfile === undefined) return [];
  const message = `${instruction.keyword} makes it`;
  return [{ location: inText(dockerfile.path, instruction.range), message }];
}

function explained(
  finding: Finding,
  entry: HistoryEntry | undefined,
  origin: Origin | null,
  lines: readonly Related[],
  base: ImageBase | null,
): Finding {
  const { location } = finding;
  const isOfBase = origin === "base" && base !== null;
  return {
    ...finding,
    location:
      location.kind === "image-file" && location.instruction === null
        ? { ...location, instruction: entry?.createdBy ?? null }
        : location,
    help: isOfBase ? `${finding.help} ${baseHelp(finding, base)}` : finding.help,
    evidence: {
      ...finding.evidence,
      ...(location.kind === "image-config" && entry !== undefined ? { instruction: entry.createdBy } : {}),
      ...(origin === null
        ? {}
        : { origin: isOfBase ? `base image ${base.name}` : "this image's own layers" }),
    },
    related: [...finding.related, ...lines],
  };
}

function baseHelp({ location }: Finding, { name }: ImageBase): string {
  return location.kind === "image-config"
    ? `It comes from the base image ${name}: set it anew in your Dockerfile, or choose another base.`
    : `It comes from the base image ${name}, which your Dockerfile can't change: choose another base, or another tag of it.`;
}
