import { Readable } from "node:stream";
import Docker from "dockerode";
import { describe } from "vitest";
// @ts-expect-error plain JavaScript, shared with the scripts that run before anything is installed
import { BUSYBOX_BASE, makeBases, PYTHON_BASE } from "../../../tools/setup/bases.mjs";
import { tarOf } from "./tar.ts";

export { tarOf };

/** A client of the engine that the tests run on. */
export const docker = new Docker();

const reachable = await docker.ping().then(
  () => true,
  () => false,
);
if (!reachable && process.env.CI === "true") {
  throw new Error("These tests need a Docker engine, and none is reachable.");
}

/** Like `describe`, skipped where there is no engine; with CI=true the lack of one is a failure. */
export const describeWithEngine = describe.skipIf(!reachable);

/** The tag of a base with a static busybox and its applets. */
export async function busyboxBase(): Promise<string> {
  await makeBases(docker, [BUSYBOX_BASE]);
  return BUSYBOX_BASE as string;
}

/** The tag of a small Debian base with Python (`python3`, `python`). */
export async function pythonBase(): Promise<string> {
  await makeBases(docker, [PYTHON_BASE]);
  return PYTHON_BASE as string;
}

/** Builds an image from texts with the engine's classic builder and returns its tag. */
export async function buildImage(options: {
  readonly dockerfile: string;
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly tag: string;
  /** The engine to build on, where it is not the usual one. */
  readonly on?: Docker;
}): Promise<string> {
  const files = { Dockerfile: options.dockerfile, ...options.files };
  const engine = options.on ?? docker;
  const stream = await engine.buildImage(Readable.from([tarOf(files)]), { t: options.tag });
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(
      stream,
      (error: Error | null, events: { stream?: string; error?: string }[]) => {
        const failure = events?.find((event) => event.error !== undefined)?.error;
        if (error === null && failure === undefined) resolve();
        else {
          const log = (events ?? []).map((event) => event.stream ?? "").join("");
          reject(new Error(`${options.tag} was not built: ${error?.message ?? failure}\n${log}`));
        }
      },
    );
  });
  return options.tag;
}

/** Removes an image and says nothing when it is gone already. */
export async function removeImage(tag: string): Promise<void> {
  await docker
    .getImage(tag)
    .remove({ force: true })
    .catch(() => undefined);
}
