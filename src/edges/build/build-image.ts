import { EnvironmentError, UserError } from "../../core/errors.ts";
import { reasonOf, statusOf } from "../engine/ask.ts";
import type { Engine } from "../engine/connect.ts";
import { type BuilderOutcome, followBuilder } from "./builder-output.ts";
import { packContext } from "./context-tar.ts";

/** An image to build. */
export interface BuildOptions {
  /** Absolute path of the build context's folder. */
  readonly context: string;
  /** Absolute path. */
  readonly dockerfile: string;
  /** The image's name. */
  readonly tag: string;
  readonly target: string | null;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly platform: string | null;
  readonly signal: AbortSignal;
  /** Told each step that begins. */
  readonly step: (name: string) => void;
}

/** An image that was built. */
export interface BuiltImage {
  readonly name: string;
  readonly builder: "BuildKit" | "classic";
}

/**
 * Builds an image as `docker build` does: with BuildKit, and with the classic builder where the engine has no
 * BuildKit or can't get the frontend that the Dockerfile asks for.
 *
 * @throws UserError with the end of the output when the build fails, EnvironmentError when the engine does.
 */
export async function buildImage(engine: Engine, options: BuildOptions): Promise<BuiltImage> {
  const first = await attempt(engine, options, "2");
  if (first.error === null) return { name: options.tag, builder: "BuildKit" };
  if (!first.unsupported && !isFrontendMissing(first.error)) throw buildFailure(first);
  const second = await attempt(engine, options, "1");
  // What the first builder said is nearer to what `docker build` would say.
  if (second.error !== null) throw buildFailure(first.unsupported ? second : first);
  return { name: options.tag, builder: "classic" };
}

interface Attempt extends BuilderOutcome {
  /** The engine does not know this builder. */
  readonly unsupported: boolean;
}

async function attempt(engine: Engine, options: BuildOptions, version: "1" | "2"): Promise<Attempt> {
  const { signal, tag, target, platform, buildArgs } = options;
  const context = await packContext(options.context, options.dockerfile);
  const settings = {
    t: tag,
    dockerfile: context.dockerfile,
    buildargs: buildArgs,
    rm: true,
    forcerm: true,
    ...(target === null ? {} : { target }),
    ...(platform === null ? {} : { platform }),
    // As a number: for the text "2" dockerode opens a session over gRPC, which only serves registry passwords.
    version: Number(version) as unknown as "2",
    abortSignal: signal,
  };
  try {
    const answer = await engine.client.buildImage(context.stream, settings);
    const outcome = await followBuilder(answer as AsyncIterable<Uint8Array>, options.step);
    const error = outcome.error ?? (outcome.imageId === null ? "the builder ended without an image" : null);
    return { ...outcome, error, unsupported: false };
  } catch (error) {
    if (signal.aborted && signal.reason instanceof EnvironmentError) throw signal.reason;
    if (error instanceof UserError || error instanceof EnvironmentError) throw error;
    const status = statusOf(error);
    if (status === null) {
      throw new EnvironmentError(`The engine broke off the build: ${reasonOf(error)}`, { cause: error });
    }
    const unsupported = version === "2" && /buildkit|builder|experimental|version/i.test(reasonOf(error));
    return { imageId: null, error: reasonOf(error), lines: [], unsupported };
  } finally {
    context.stream.destroy();
  }
}

/** Whether BuildKit could not get what `# syntax=` names; the classic builder does not ask for it. */
function isFrontendMissing(error: string): boolean {
  if (error.includes("frontend gateway")) return true;
  return /docker\/dockerfile(?:-upstream)?[:@]/.test(error) && error.includes(": failed");
}

function buildFailure({ error, lines }: Attempt): UserError {
  return new UserError(`The image could not be built: ${firstLine(error ?? "")}`, {
    help: "Correct the Dockerfile or its context; `docker build` shows the whole output.",
    lines,
  });
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).trim().slice(0, 500);
}

/** Takes a name off an image, and the image away where it has no other; its layers stay for the next build. */
export async function removeTag(engine: Engine, tag: string): Promise<void> {
  try {
    await engine.client.getImage(tag).remove({ noprune: true });
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw new EnvironmentError(reasonOf(error), { cause: error });
  }
}
