import type { Config } from "../core/config.ts";
import { baseGiven } from "../core/image/base.ts";
import type { ImageModel, ImageNeeds } from "../core/image/model.ts";
import type { JobModel } from "../core/job/model.ts";
import { ROLE_NEEDS } from "../core/role/image-signs.ts";
import { rules } from "../rules/index.ts";
import { finish, type Outcome } from "./finish.ts";
import { attempt } from "./problems.ts";
import type { JudgeRequest } from "./request.ts";
import { beginSession, configFor, judgeSubjects, type Session } from "./session.ts";

/** `trainlint image`: built images. */
export interface ImageRequest extends JudgeRequest {
  readonly images: readonly string[];
  /** `os/architecture[/variant]`, for a layout with several images. */
  readonly platform: string | null;
}

const ABSENT = {
  dockerfile: "no Dockerfile was given",
  run: "no smoke run was made; `trainlint run` and `trainlint check --run` make it",
  job: "no training-job request was given",
} as const;

/** Judges each image; one that can't be read does not lose the others. */
export async function inspectImages(request: ImageRequest): Promise<Outcome> {
  const session = beginSession(request, rules);
  const config = await configFor(session, request.cwd);
  for (const name of request.images) {
    const image = await attempt(session, { kind: "image", name }, () =>
      imageModelOf(session, name, config, request.platform),
    );
    if (image === null) continue;
    const at = { kind: "image-config", image: image.name, pointer: "/config" } as const;
    judgeSubjects(session, { image }, config, ABSENT, at);
  }
  return await finish(session);
}

/** The model of an image, read as far as the rules that are on need it, also for what `job` starts in it. */
export async function imageModelOf(
  session: Session,
  name: string,
  config: Config,
  platform: string | null,
  job?: JobModel,
): Promise<ImageModel> {
  const { readImage } = await import("../edges/images.ts");
  const { base, layers, progress, signal } = session.request;
  const options = { signal, ...(platform === null ? {} : { platform }) };
  progress(`reading ${name}`);
  const image = await readImage(name, imageNeeds(session, config, job), {
    ...options,
    layers: layers === true ? "always" : "when-small",
    progress: (read, all) => progress(`reading ${name}: ${read} of ${all} layers`),
  });
  session.subjects.push({ kind: "image", name: image.name, source: image.source });
  if (typeof base !== "string") return image;
  // Its history is only told with files, of which none is asked for.
  return { ...image, base: baseGiven(image, await readImage(base, [{ depth: "files" }], options)) };
}

function imageNeeds(session: Session, config: Config, job: JobModel | undefined): readonly ImageNeeds[] {
  const needed = session.rules.flatMap(({ id, needs }) =>
    needs === undefined || config.rules.get(id)?.level === "off" ? [] : [withJob(needs, job)],
  );
  return config.role === null ? [...needed, ROLE_NEEDS] : needed;
}

function withJob(needs: ImageNeeds, job: JobModel | undefined): ImageNeeds {
  const { queries, followUps } = needs;
  return {
    ...needs,
    ...(queries === undefined ? {} : { queries: (config) => queries(config, job) }),
    ...(followUps === undefined ? {} : { followUps: (config, files) => followUps(config, files, job) }),
  };
}
