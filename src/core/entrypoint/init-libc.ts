import type { DockerfileModel } from "../dockerfile/model.ts";
import { elfHeader } from "../image/elf.ts";
import { isMissing } from "../image/lookup.ts";
import { baseName } from "../paths.ts";
import { baseSystem } from "./base-systems.ts";
import type { ImageParts } from "./image-files.ts";
import type { ProgramFiles } from "./program-files.ts";

/** The C library that an init was built with: glibc's getopt permutes words, musl's does not. */
export type InitLibc = "glibc" | "musl" | null;

/** What a Dockerfile tells of it: the name of a release, the base image, the package manager in use. */
export function initLibcOf(dockerfile: DockerfileModel, program: string): InitLibc {
  if (/muslc/.test(baseName(program))) return "musl";
  const system = baseSystem(dockerfile);
  if (system !== null && system.sh !== "none") return system.libc;
  const managers = new Set(
    dockerfile.effects.flatMap((effect) => (effect.kind === "install" ? [effect.manager] : [])),
  );
  if (managers.has("apk")) return "musl";
  const hasGlibc = (["apt", "dpkg", "yum", "dnf", "rpm", "zypper", "conda"] as const).some((manager) =>
    managers.has(manager),
  );
  return hasGlibc ? "glibc" : null;
}

/** The same for an image: the loader that the program asks for, or the distribution of a static one. */
export function imageInitLibc(image: ImageParts, files: ProgramFiles, program: string): InitLibc {
  const origin = files.program(program)?.origin;
  files.program("/etc/alpine-release");
  const head = origin?.kind === "image" ? origin.entry.head : null;
  const header = head === null ? null : elfHeader(head);
  if (header === null || header.interpreter === undefined) return null;
  if (header.interpreter !== null) return /ld-musl/.test(header.interpreter) ? "musl" : "glibc";
  return isMissing(image.files, "/etc/alpine-release") ? "glibc" : null;
}
