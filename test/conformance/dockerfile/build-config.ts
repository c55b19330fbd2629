import { posix } from "node:path";
import { Readable } from "node:stream";
import { docker, removeImage, tarOf } from "../../engine/support/images.ts";

/** Older frontends keep `/a/../b/` as written; newer ones, and the engine at start, normalize it. */
function normalized(path: string): string {
  return posix.resolve("/", path);
}

export interface Inspected {
  readonly [name: string]: unknown;
}

/** An image configuration in a form that is compared: what is not there and what is empty are the same. */
export function comparable(config: Inspected): Record<string, unknown> {
  const keys = (name: string): string[] => Object.keys((config[name] as object | null) ?? {}).toSorted();
  return {
    Entrypoint: config.Entrypoint ?? null,
    Cmd: config.Cmd ?? null,
    Env: config.Env ?? [],
    WorkingDir: normalized((config.WorkingDir as string | undefined) ?? ""),
    User: config.User,
    Volumes: keys("Volumes"),
    ExposedPorts: keys("ExposedPorts"),
    Labels: config.Labels ?? {},
    StopSignal: config.StopSignal ?? null,
    Shell: config.Shell ?? null,
    Healthcheck: config.Healthcheck ?? null,
    OnBuild: config.OnBuild ?? null,
  };
}

/** Builds an image with the engine's BuildKit; rejects with the builder's refusal. */
export async function buildWithBuildKit(
  files: { readonly Dockerfile: string; readonly [path: string]: string },
  tag: string,
): Promise<void> {
  const stream = await docker.buildImage(Readable.from([tarOf(files)]), { t: tag, version: "2" });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error: Error | null, events: { error?: string }[]) => {
      const failure = error?.message ?? events.find((event) => event.error !== undefined)?.error;
      if (failure === undefined) resolve();
      else reject(new Error(failure));
    });
  });
}

/** The configuration that BuildKit makes, or its refusal. The image is gone afterwards. */
export async function buildConfig(
  dockerfile: string,
  tag: string,
): Promise<Record<string, unknown> | { refused: string }> {
  try {
    await buildWithBuildKit({ Dockerfile: dockerfile }, tag);
    const image = await docker.getImage(tag).inspect();
    return comparable(image.Config as unknown as Inspected);
  } catch (error) {
    return { refused: (error as Error).message };
  } finally {
    await removeImage(tag);
  }
}
