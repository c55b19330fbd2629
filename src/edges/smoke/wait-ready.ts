import { NEVER_READY } from "../../core/run/story.ts";
import type { RunProcess, Transcript } from "../../core/run/transcript.ts";
import { pause } from "./clock.ts";
import { isThere } from "./files.ts";
import { SMOKE_DEFAULTS, type SmokeOptions } from "./options.ts";
import { HandlerWatch } from "./readiness.ts";
import { processesOf, type Running, throwIfAborted } from "./running.ts";

/** Between two looks; seconds. A look through the engine costs a request. */
const LOOK_EVERY = { proc: 0.1, top: 0.25 } as const;
/** The same for a file, which is always a request. */
const FILE_EVERY = 0.25;

/** What the wait for readiness ended with. */
export interface Readied {
  /** `null` when the container ended by itself. */
  readonly readiness: Transcript["readiness"];
  /** The last list of processes that was not empty. */
  readonly processes: readonly RunProcess[];
}

/** Whether the time was over without evidence, so that the program may not be at work yet. */
export function isGuess({ by }: NonNullable<Transcript["readiness"]>): boolean {
  return by === "run-for" || by === NEVER_READY;
}

/** Waits for the first evidence that the program is at work, or for its end. */
export async function untilReady(running: Running): Promise<Readied> {
  const { options, clock, recorder, life, view, progress } = running;
  const started = clock.now();
  const limit = limitOf(options);
  const masks = byMasks(options) ? new HandlerWatch() : null;
  const step = Math.max(LOOK_EVERY[view.source], options.readyFile === undefined ? 0 : FILE_EVERY);
  let processes: readonly RunProcess[] = [];
  for (;;) {
    if (life.ended) return { readiness: null, processes };
    throwIfAborted(options);
    const seen = await processesOf(running);
    if (seen.length > 0) processes = seen;
    const readiness = await evidence(running, masks, seen);
    if (readiness !== null) return { readiness, processes };
    const left = limit.seconds - (clock.now() - started);
    if (left <= 0) {
      const detail = `${limit.seconds} seconds after the start`;
      return { readiness: { by: limit.by, detail }, processes };
    }
    progress({ phase: "running", elapsed: clock.now(), lastLine: recorder.lastLine });
    await Promise.race([life.exit, recorder.readyLineSeen, pause(Math.min(step, left), options.signal)]);
  }
}

async function evidence(
  { options, recorder, clock, container }: Running,
  masks: HandlerWatch | null,
  processes: readonly RunProcess[],
): Promise<Transcript["readiness"]> {
  if (recorder.readyLine !== null) return { by: "log", detail: recorder.readyLine };
  if (options.readyFile !== undefined && (await isThere(container, pathOf(options.readyFile)))) {
    return { by: "file", detail: pathOf(options.readyFile) };
  }
  const handler = masks?.look(processes, clock.now()) ?? null;
  return handler === null ? null : { by: "signal-masks", detail: handler };
}

function pathOf(readyFile: string): string {
  return readyFile.startsWith("/") ? readyFile : `/opt/ml/${readyFile}`;
}

/** The masks count where the user has named no other evidence. */
function byMasks({ untilExit, stopAfter, readyLog, readyFile }: SmokeOptions): boolean {
  return untilExit !== true && stopAfter === undefined && readyLog === undefined && readyFile === undefined;
}

/** When the stop is sent without evidence. */
function limitOf(options: SmokeOptions): { readonly by: string; readonly seconds: number } {
  const { untilExit, stopAfter, runFor, maxSeconds, readyLog, readyFile } = options;
  if (untilExit === true) return { by: "max-seconds", seconds: maxSeconds ?? SMOKE_DEFAULTS.maxSeconds };
  if (stopAfter !== undefined) return { by: "stop-after", seconds: stopAfter };
  const named = readyLog !== undefined || readyFile !== undefined;
  if (named) return { by: NEVER_READY, seconds: runFor ?? SMOKE_DEFAULTS.readyWithin };
  return { by: "run-for", seconds: runFor ?? SMOKE_DEFAULTS.runFor };
}
