import { launchPlan } from "../../core/job/launch.ts";
import { jobLaunchRequest } from "../../core/job/launch-request.ts";
import type { JobModel } from "../../core/job/model.ts";
import type { Shown } from "./shown.ts";

/** What a request starts. Without ContainerEntrypoint that rests on the image, which is not at hand. */
export function showJob(job: JobModel): Shown {
  const launch = jobLaunchRequest(job);
  const plan = launchPlan({ Entrypoint: null, Cmd: null }, launch);
  const known = (launch.containerEntrypoint?.length ?? 0) > 0;
  const why = "it rests on the image, which is not at hand";
  return {
    subject: { kind: "job", name: job.path },
    config: null,
    unknown: known ? [] : ["Entrypoint"],
    reasons: known ? {} : { Entrypoint: why },
    launch: { argv: known ? plan.argv : null, args: plan.args, dropped: plan.dropped },
  };
}
