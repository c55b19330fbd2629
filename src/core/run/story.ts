import type { RunLocation } from "../finding.ts";
import type { Json } from "../json.ts";
import { termDisposition } from "./signals.ts";
import type { RunEventName, RunFile, RunProcess, Transcript } from "./transcript.ts";

/** `readiness.by` of a run whose user named a line or a file to wait for, which did not come. */
export const NEVER_READY = "ready-within";

/**
 * Seconds from the start to the first evidence that the program was at work, or, where that did not come, that
 * it was waited for; `null` where the run says nothing about it.
 */
export function secondsToReady(run: Transcript): number | null {
  if (!["log", "file", "signal-masks", NEVER_READY].includes(run.readiness?.by ?? "")) return null;
  const [started, ready] = [timeOf(run, "started"), timeOf(run, "ready")];
  return started === null || ready === null ? null : Math.round((ready - started) * 10) / 10;
}

/** When an event last happened, in seconds on the run's clock; `null` when it did not. */
export function timeOf(run: Transcript, name: RunEventName): number | null {
  return run.events.findLast((event) => event.name === name)?.at ?? null;
}

/** The place of a finding that is about a moment of the run. */
export function atEvent(run: Transcript, event: RunEventName): RunLocation {
  const time = timeOf(run, event);
  return { kind: "run", image: run.image.name, event, ...(time === null ? {} : { time }) };
}

/** Seconds from the start to the end; `null` when it did not start or did not end. */
export function lifetime(run: Transcript): number | null {
  const [started, exited] = [timeOf(run, "started"), timeOf(run, "exited")];
  return started === null || exited === null ? null : Math.round((exited - started) * 1000) / 1000;
}

/** Why a rule about SIGTERM can't judge this run; `null` when it can. */
export function withoutStop(run: Transcript): string | null {
  if (run.exit === null) return "not judged: the container did not start";
  if (run.stop === null) return `skipped: finished before the stop, with exit code ${run.exit.code}`;
  return null;
}

/** A process as evidence: its command, and what its masks say of SIGTERM. */
export function processEvidence(process: RunProcess | null): { readonly [key: string]: Json } {
  if (process === null) return {};
  const { masks } = process;
  return {
    pid: process.pid,
    command: process.command,
    ...(masks === null ? {} : { masks: { ...masks }, sigterm: termDisposition(masks) }),
  };
}

/** The kernel's times of files lag behind by up to this; seconds. */
const FILE_TIME_LAG = 0.012;

/**
 * Files that came between SIGTERM and the end: new or different compared with the last look before the signal, and,
 * where their times are known, not written between that look and the signal. One that is older than the look and was
 * not there has been moved or copied in since, times and all.
 */
export function savedDuringStop(run: Transcript): readonly string[] {
  const before = new Map(run.filesBeforeStop.map((file) => [file.path, file]));
  const since = (timeOf(run, "sigterm") ?? 0) - FILE_TIME_LAG;
  // The files were listed after the first "ready"; a stop that came too early is followed by a second one.
  const look = run.events.find(({ name }) => name === "ready")?.at ?? 0;
  return run.filesAtEnd
    .filter((file) => {
      const old = before.get(file.path);
      if (old !== undefined && isSame(old, file)) return false;
      return file.modified === null || file.modified >= since || file.modified < look - FILE_TIME_LAG;
    })
    .map((file) => file.path);
}

function isSame(old: RunFile, file: RunFile): boolean {
  return old.size === file.size && old.sha256 === file.sha256 && old.modified === file.modified;
}
