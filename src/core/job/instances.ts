import type { JobModel } from "./model.ts";
import { listAt, stringAt } from "./request.ts";

/** An instance type that the request asks for, with its path in the request. */
export interface AskedInstance {
  readonly type: string;
  readonly path: readonly (string | number)[];
}

/** The instance types of ResourceConfig, in whichever of the three ways they are given. */
export function instancesOf(job: JobModel): AskedInstance[] {
  const paths: (string | number)[][] = [["ResourceConfig", "InstanceType"]];
  for (const list of ["InstanceGroups", "InstancePreferences"]) {
    for (const index of listAt(job, "ResourceConfig", list).keys()) {
      paths.push(["ResourceConfig", list, index, "InstanceType"]);
    }
  }
  return paths.flatMap((path) => {
    const type = stringAt(job, ...path);
    return type === null ? [] : [{ type, path }];
  });
}

/** `g5` of `ml.g5.xlarge`; "" for another form. */
export function familyOf(type: string): string {
  return /^ml\.([a-z0-9-]+)\.[a-z0-9]+$/.exec(type)?.[1] ?? "";
}

/** Families of x86-64 processors. Only `ml.p6e-gb200` is Arm, by the name of its processor (Grace). */
export function architectureOf(type: string): "amd64" | "arm64" | null {
  const family = familyOf(type);
  if (family === "") return null;
  return family === "p6e-gb200" ? "arm64" : "amd64";
}

/** Families with NVIDIA GPUs, with accelerators of AWS, or with processors alone; `null` when not known. */
export function acceleratorOf(type: string): "gpu" | "neuron" | "none" | null {
  const family = familyOf(type);
  if (/^(?:p\d|g\d)/.test(family)) return "gpu";
  if (/^(?:trn|inf)\d/.test(family)) return "neuron";
  return /^[mcrt]\d/.test(family) ? "none" : null;
}

/** Families with a local NVMe disk that takes the place of the EBS volume, and families with EBS alone. */
const NVME = new Set([
  "p3dn",
  "p4d",
  "p4de",
  "p5",
  "p5e",
  "p5en",
  "g4dn",
  "g5",
  "g6",
  "g6e",
  "r5d",
  "trn1",
  "trn1n",
]);
const EBS_ONLY = new Set("m4 m5 m6i m7i m7i-flex c4 c5 c5n c6i c7i c7i-flex r5 r6i r7i t3 p2 p3".split(" "));

/** Where an instance type keeps its data; `null` when that is not certain. */
export function storageOf(type: string): "nvme" | "ebs" | null {
  const family = familyOf(type);
  if (NVME.has(family)) return "nvme";
  return EBS_ONLY.has(family) ? "ebs" : null;
}
