import { launchPlan } from "../../core/job/launch.ts";
import { jobLaunchRequest } from "../../core/job/launch-request.ts";
import type { JobModel } from "../../core/job/model.ts";
import { pointerOf } from "../../core/job/pointer.ts";
import { stringAt } from "../../core/job/request.ts";
import type { Shown } from "./shown.ts";

/** What a request starts. Without ContainerEntrypoint that rests on the image, which is not at hand. */
export function showJob(job: JobModel): Shown {
  const { containerEntrypoint, containerArguments } = jobLaunchRequest(job);
  const reasons = unknownReasons(job, (containerEntrypoint?.length ?? 0) > 0);
  const known = Object.keys(reasons).length === 0;
  // Words that are given count as given, although they are not known.
  const launch = {
    containerEntrypoint: "ContainerEntrypoint" in reasons ? [UNKNOWN] : containerEntrypoint,
    containerArguments: "ContainerArguments" in reasons ? [UNKNOWN] : containerArguments,
  };
  const plan = launchPlan({ Entrypoint: null, Cmd: null }, launch);
  const args = plan.args.filter((word) => word !== UNKNOWN);
  return {
    subject: { kind: "job", name: job.path },
    config: null,
    unknown: Object.keys(reasons),
    reasons,
    inherited: null,
    launch: { argv: known ? plan.argv : null, args, dropped: plan.dropped, notes: [] },
  };
}

const UNKNOWN = "\u0000";

function unknownReasons(job: JobModel, hasEntrypoint: boolean): Shown["reasons"] {
  const reasons: { [name: string]: string } = {};
  for (const member of ["ContainerEntrypoint", "ContainerArguments"]) {
    const why = openWord(job, member);
    if (why !== null) reasons[member] = why;
  }
  if (hasEntrypoint || "ContainerEntrypoint" in reasons) return reasons;
  const image = stringAt(job, "AlgorithmSpecification", "TrainingImage");
  const which = image === null ? "the image" : `the image ${image}`;
  return { ...reasons, Entrypoint: `it rests on ${which}, which is not at hand` };
}

/** Why words of this member are not known here; `null` where all are. */
function openWord(job: JobModel, member: string): string | null {
  const pointer = pointerOf("AlgorithmSpecification", member);
  const open = [...job.unknown].find(([at]) => at === pointer || at.startsWith(`${pointer}/`));
  return open?.[1] ?? null;
}
