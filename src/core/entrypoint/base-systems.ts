import { splitReference } from "../dockerfile/bases.ts";
import type { DockerfileModel } from "../dockerfile/model.ts";

/** What a family of base images brings, as far as it matters to who starts what. */
export interface BaseSystem {
  /** Which program /bin/sh is; `none` where there is no shell at all. */
  readonly sh: "dash" | "bash" | "busybox" | "none";
  readonly libc: "glibc" | "musl";
}

const DEBIAN: BaseSystem = { sh: "dash", libc: "glibc" };
const RED_HAT: BaseSystem = { sh: "bash", libc: "glibc" };
const ALPINE: BaseSystem = { sh: "busybox", libc: "musl" };

/**
 * Images by repository and tag; first match wins. Sources: the distributions' own documentation of /bin/sh
 * (Debian and Ubuntu: dash; Red Hat's family: bash; Alpine: busybox), and the Dockerfiles of the named images
 * for what they are built on. Looked at 2026-11.
 */
const TABLE: readonly { readonly repository: RegExp; readonly tag: RegExp; readonly system: BaseSystem }[] = [
  { repository: /^alpine$/, tag: /./, system: ALPINE },
  { repository: /^(?:python|pypy|node|golang|ruby|rust|php|haskell)$/, tag: /(?:^|-)alpine/, system: ALPINE },
  { repository: /^(?:ubuntu|debian|buildpack-deps|r-base)$/, tag: /./, system: DEBIAN },
  { repository: /^public\.ecr\.aws\/(?:ubuntu\/ubuntu|debian\/debian)$/, tag: /./, system: DEBIAN },
  {
    repository: /^(?:python|pypy|node|golang|ruby|rust|gcc|perl)$/,
    tag: /^(?!.*(?:windows|nanoserver|alpine)).*$/,
    system: DEBIAN,
  },
  {
    repository: /^(?:rocker\/r-(?:ver|base)|condaforge\/(?:miniforge3|mambaforge))$/,
    tag: /./,
    system: DEBIAN,
  },
  { repository: /^(?:continuumio\/(?:ana|mini)conda3)$/, tag: /^(?!.*alpine).*$/, system: DEBIAN },
  { repository: /^(?:pytorch\/pytorch|(?:quay\.io\/)?jupyter\/.*)$/, tag: /./, system: DEBIAN },
  { repository: /^(?:nvcr\.io\/)?nvidia\/cuda$/, tag: /ubuntu/, system: DEBIAN },
  { repository: /^(?:nvcr\.io\/)?nvidia\/cuda$/, tag: /(?:ubi|rocky|centos|amzn)/, system: RED_HAT },
  {
    repository: /^(?:amazonlinux|centos|rockylinux|almalinux|fedora|oraclelinux|rockylinux\/rockylinux)$/,
    tag: /./,
    system: RED_HAT,
  },
  {
    repository: /^(?:public\.ecr\.aws\/amazonlinux\/amazonlinux|quay\.io\/centos\/centos)$/,
    tag: /./,
    system: RED_HAT,
  },
  { repository: /^registry\.access\.redhat\.com\/ubi[89]\/ubi(?:-minimal)?$/, tag: /./, system: RED_HAT },
  {
    repository: /^gcr\.io\/distroless\/[\w.-]+$/,
    tag: /^(?!.*debug).*$/,
    system: { sh: "none", libc: "glibc" },
  },
];

/** What the base that a Dockerfile stands on brings; `null` where that is not known. */
export function baseSystem(dockerfile: DockerfileModel): BaseSystem | null {
  const { base } = dockerfile;
  if (base.kind === "scratch") return { sh: "none", libc: "glibc" };
  if (base.kind !== "image") return null;
  const { repository, tag } = splitReference(base.reference);
  const row = TABLE.find(
    (candidate) => candidate.repository.test(repository) && candidate.tag.test(tag || "latest"),
  );
  return row?.system ?? null;
}
