import type { JobModel } from "./model.ts";
import { isOpen, listAt } from "./request.ts";

/** What SageMaker starts unless the request says otherwise: the image's ENTRYPOINT, with the argument `train`. */
export type LaunchPart = "entrypoint" | "train";

/** Why a judgement that rests on these parts says nothing about this job; `null` when it does. */
export function replacedReason(parts: readonly LaunchPart[], job: JobModel): string | null {
  if (parts.length > 0 && gives(job, "ContainerEntrypoint")) {
    return "the request's ContainerEntrypoint takes the place of the image's ENTRYPOINT and of `train`";
  }
  if (parts.includes("train") && gives(job, "ContainerArguments")) {
    return "the request's ContainerArguments take the place of `train`";
  }
  return null;
}

function gives(job: JobModel, member: string): boolean {
  const path = ["AlgorithmSpecification", member] as const;
  return listAt(job, ...path).length > 0 || isOpen(job, ...path);
}
