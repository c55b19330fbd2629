import { absolutePath, baseName, isWithin } from "../../paths.ts";
import type { Effect, InstallEffect, PackageManager, PlaceEffect } from "../model.ts";
import { survivingPlaces } from "./surviving.ts";

/** A path of another stage that is copied to where `to` says. */
export interface CopiedPath {
  /** Absolute; may hold patterns. */
  readonly path: string;
  /** The copy itself, as far as its own words tell. */
  readonly to: PlaceEffect;
}

/** Managers whose packages are files of the whole system. */
const SYSTEM: ReadonlySet<PackageManager> = new Set([
  "apt",
  "dpkg",
  "yum",
  "dnf",
  "rpm",
  "zypper",
  "apk",
  "pacman",
]);

/** Folders that hold what system packages install; copying one of them whole brings it along. */
const SYSTEM_FOLDERS =
  /^\/(?:usr(?:\/(?:s?bin|lib(?:32|64)?(?:\/(?:x86_64|aarch64)-linux-gnu|\/nvidia)?))?|lib(?:64)?(?:\/(?:x86_64|aarch64)-linux-gnu)?)?(?:\/\*)?$/;

/** Folders of Python environments. */
const PYTHON_FOLDERS =
  /^\/(?:usr(?:\/local(?:\/(?:bin|lib|lib\/python[\d.]+))?)?)?$|^\/opt\/conda(?:\/|$)|(?:^|\/)(?:\.?venv|virtualenv|\.local|site-packages|dist-packages|envs?)(?:\/|$)/;

/** Whether copying this path of a stage copies the system's own programs and libraries. */
export function copiesSystem(path: string): boolean {
  return SYSTEM_FOLDERS.test(path);
}

/** What a copy brings along of what another stage placed and installed. */
export function carriedBy(copy: CopiedPath, stageEffects: readonly Effect[]): Effect[] {
  const places = survivingPlaces(stageEffects);
  const environments = places.filter(isEnvironment);
  const installs = stageEffects.filter(
    (effect): effect is InstallEffect =>
      effect.kind === "install" && bringsInstall(copy.path, effect, environments),
  );
  return [...installs, ...places.flatMap((place) => moved(place, copy))];
}

function bringsInstall(path: string, install: InstallEffect, environments: readonly PlaceEffect[]): boolean {
  if (SYSTEM.has(install.manager)) return copiesSystem(path);
  if (PYTHON_FOLDERS.test(path)) return true;
  return environments.some((place) => isWithin(place.path, path) || isWithin(path, place.path));
}

/** A virtual environment, or a folder that pip or conda installs into. */
function isEnvironment(place: PlaceEffect): boolean {
  return (
    place.extent === "below" &&
    /^(?:python\S*|pip\S*|uv|virtualenv|pyvenv|conda|mamba|micromamba)$/.test(place.by)
  );
}

/** The place of another stage's file after the copy; none when it is not copied, or is the copied path itself. */
function moved(place: PlaceEffect, { path, to }: CopiedPath): PlaceEffect[] {
  const from = copiedRoot(place.path, path);
  if (from === null || (from === place.path && from === path)) return [];
  const rest = place.path.slice(from === "/" ? 0 : from.length);
  const target =
    from === place.path ? absolutePath(to.path, baseName(from)) : absolutePath(to.path, `.${rest}`);
  const { extent, content, mode } = place;
  return [
    { ...to, path: target, extent, content, mode: to.mode ?? mode, sources: [place.path], carried: true },
  ];
}

/** The copied path, or what a pattern in it stands for, that a file is or lies below; `null` when it is neither. */
function copiedRoot(file: string, path: string): string | null {
  if (!/[*?[]/.test(path)) return isWithin(file, path) ? path : null;
  const parts = path.split("/");
  const own = file.split("/").slice(0, parts.length);
  if (own.length < parts.length) return null;
  return parts.every((part, index) => matchesPart(own[index] ?? "", part)) ? own.join("/") : null;
}

/** One part of a path against a pattern of Go's `filepath.Match`; brackets are not followed. */
function matchesPart(name: string, pattern: string): boolean {
  if (!/[*?[]/.test(pattern)) return name === pattern;
  if (/[[\]\\]/.test(pattern) || pattern.split("*").length > 6) return false;
  const body = pattern.replace(/\*+|\?|[^*?]/g, (token) =>
    token.startsWith("*") ? ".*" : token === "?" ? "." : token.replace(/[.+^${}()|\\]/, "\\$&"),
  );
  return new RegExp(`^${body}$`).test(name);
}
