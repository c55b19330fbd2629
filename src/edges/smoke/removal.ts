import { EnvironmentError } from "../../core/errors.ts";
import { WORK_SECONDS } from "../engine/ask.ts";
import type { Container } from "../engine/dockerode-types.ts";
import { within } from "./clock.ts";
import type { SmokeOptions } from "./options.ts";
import { removeContainer } from "./owner.ts";
import { sendSignal } from "./stop.ts";

/** An interrupted run's container may tidy up for so long; seconds. */
const LAST_WORDS = 3;
/** How long an engine that has just failed is asked once more; seconds. */
const LAST_TRY = 5;

/**
 * Removes the container of a run that is over, or that failed with `failure`. The answer is what is to be thrown:
 * the failure itself with what became of the container, or `null` when all is well.
 */
export async function dispose(
  options: SmokeOptions,
  container: Container,
  failure: unknown,
): Promise<unknown> {
  const interrupted = options.signal?.aborted === true;
  const engineFailed = failure instanceof EnvironmentError && !interrupted;
  try {
    if (interrupted) await askToEnd(container);
    await removeContainer(options.engine, container.id, engineFailed ? LAST_TRY : WORK_SECONDS);
  } catch (error) {
    return leftBehind(failure ?? error, container.id);
  }
  if (!interrupted || failure === null) return failure;
  const how = failure instanceof EnvironmentError ? failure.message : "The smoke run was interrupted.";
  return new EnvironmentError(`${how} The container was stopped and removed.`, { cause: failure });
}

/** SIGTERM first, as a stop of the job would begin; it was the user who could not wait. */
async function askToEnd(container: Container): Promise<void> {
  const running = await sendSignal(container, "SIGTERM");
  if (running)
    await within(
      container.wait({ condition: "not-running" }).catch(() => null),
      LAST_WORDS,
    );
}

function leftBehind(failure: unknown, id: string): unknown {
  if (!(failure instanceof EnvironmentError)) return failure;
  const later = `The container ${id.slice(0, 12)} may still be there; the next run removes it, and so does \`trainlint clean\`.`;
  return new EnvironmentError(failure.message, {
    help: [failure.help, later].filter((part) => part !== undefined).join(" "),
    cause: failure,
  });
}
