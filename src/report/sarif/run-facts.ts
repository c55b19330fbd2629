import type { Transcript } from "../../core/run/transcript.ts";
import { shortImageName } from "../place.ts";

/** The key facts of a smoke run; the transcript itself has the rest. */
export function runFacts(run: Transcript): object {
  return {
    image: shortImageName(run.image.name),
    argv: run.argv,
    graceSeconds: run.graceSeconds,
    exit: run.exit,
    stop: run.stop,
    startError: run.startError,
    events: run.events,
  };
}
