import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { CheckPlan } from "./check-request.ts";
import type { Session } from "./session.ts";

/** An image that `check` built, and what takes it away again where nobody asked to keep it. */
export interface CheckedBuild {
  readonly image: string;
  readonly discard: () => Promise<void>;
}

/** Builds the image of a check; under a name of the user's, or one that is taken away in the end. */
export async function buildStep(session: Session, plan: CheckPlan): Promise<CheckedBuild> {
  const { connectEngine } = await import("../edges/engine/connect.ts");
  const { engineOf, imageReference } = await import("../edges/images.ts");
  const { buildImage, removeTag } = await import("../edges/build/build-image.ts");
  const { cwd, signal, progress } = session.request;
  const dockerfile = resolve(cwd, plan.dockerfile ?? "");
  if (plan.image !== null && /[\\/]/.test(plan.image) && /^[./~]/.test(plan.image)) {
    throw new UserError(`\`${plan.image}\` is a path, and a build needs a name for its image.`);
  }
  const engine = await connectEngine(engineOption(plan.image === null ? null : engineOf(plan.image)));
  const tag = plan.image === null ? ownName(dockerfile, plan.target) : imageReference(plan.image);
  progress(`building ${tag}`);
  await buildImage(engine, {
    context: plan.context === null ? dirname(dockerfile) : resolve(cwd, plan.context),
    dockerfile,
    tag,
    target: plan.target,
    buildArgs: plan.buildArgs,
    platform: plan.platform,
    signal,
    step: (name) => progress(`building ${tag}: ${name}`),
  });
  const discard = plan.image === null ? () => removeTag(engine, tag) : async () => {};
  return { image: plan.image ?? tag, discard };
}

function engineOption(kind: "docker" | "podman" | null): { engine?: "docker" | "podman" } {
  return kind === null ? {} : { engine: kind };
}

/** The same for the same Dockerfile, so that findings keep their identity, and no other one's. */
function ownName(dockerfile: string, target: string | null): string {
  const hash = createHash("sha256")
    .update(`${dockerfile}\n${target ?? ""}`)
    .digest("hex");
  return `trainlint-check:${hash.slice(0, 12)}`;
}
