import { EnvironmentError } from "../../core/errors.ts";

/**
 * How long an engine may take to answer a short question before it counts as hanging; seconds. Slow remote
 * engines may need more: TRAINLINT_ENGINE_TIMEOUT.
 */
export const ANSWER_SECONDS = Number(process.env.TRAINLINT_ENGINE_TIMEOUT) || 30;
/** The same for what is real work for the engine: creating, starting, removing a container. */
export const WORK_SECONDS = ANSWER_SECONDS * 4;

/** The HTTP status that the engine answered with; `null` for anything else that went wrong. */
export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : null;
}

/** The engine's own words, without dockerode's wrapping. */
export function reasonOf(error: unknown): string {
  const json = (error as { json?: { message?: unknown } } | null)?.json;
  if (typeof json?.message === "string") return json.message.trim();
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^\(HTTP code \d+\) [^-]*- /, "").trim();
}

/**
 * Awaits one answer of the engine, bounded in time. An answer with an HTTP status is thrown as it is, for the
 * caller to read.
 * @throws EnvironmentError when the engine can't be reached, breaks off or does not answer.
 */
export async function ask<T>(what: string, answer: Promise<T>, seconds = ANSWER_SECONDS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(engineLost(what, `no answer for ${seconds} seconds`, undefined)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (error instanceof EnvironmentError || statusOf(error) !== null) throw error;
    throw engineLost(what, reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

export function engineLost(what: string, reason: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(`The container engine failed at "${what}": ${reason}`, {
    help: "Check that the engine runs and answers (`docker info`), then start the run again.",
    cause,
  });
}
