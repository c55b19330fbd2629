import { savedDuringStop, timeOf } from "../../core/run/story.ts";
import type { ProcessFate, RunEvent, RunFile, RunProcess, Transcript } from "../../core/run/transcript.ts";

/** How a moment is to be taken; `plain` is neither good nor bad. */
export type Tone = "plain" | "good" | "stop" | "bad";

/** A moment of the run. Times here are seconds since the container was created. */
export interface Moment {
  readonly at: number;
  readonly label: string;
  readonly detail: string;
  readonly tone: Tone;
}

/** A process from where it was first seen to its end. */
export interface Bar {
  readonly pid: number;
  readonly command: string;
  readonly from: number;
  /** Up to here it is only known that the process was there by then. */
  readonly sureFrom: number;
  readonly to: number;
  readonly fate: string;
  readonly tone: Tone;
}

/** A smoke run as a picture: what ran when, on one clock. */
export interface Timeline {
  readonly end: number;
  readonly bars: readonly Bar[];
  readonly moments: readonly Moment[];
  /** From SIGTERM to where SIGKILL would come; `null` when the run was not stopped. */
  readonly grace: { readonly from: number; readonly to: number; readonly text: string } | null;
}

/** The picture of a run; an empty one when the container was never started. */
export function timelineOf(run: Transcript): Timeline {
  const moments = momentsOf(run);
  const end = Math.max(timeOf(run, "exited") ?? 0, ...moments.map(({ at }) => at));
  return { end, bars: barsOf(run, end), moments, grace: graceOf(run) };
}

function graceOf(run: Transcript): Timeline["grace"] {
  const from = timeOf(run, "sigterm");
  if (from === null || run.stop === null) return null;
  const used = run.stop.killed ? "all used" : `${seconds(run.stop.seconds)} used`;
  return { from, to: from + run.graceSeconds, text: `grace ${run.graceSeconds} s: ${used}` };
}

function momentsOf(run: Transcript): Moment[] {
  const moments = run.events.flatMap((event) => moment(event, run));
  for (const { path, modified } of lastWritten(run)) {
    moments.push({ at: modified, label: `wrote ${baseName(path)}`, detail: path, tone: "good" });
  }
  return moments.sort((a, b) => a.at - b.at);
}

function moment(event: RunEvent, run: Transcript): Moment[] {
  const { at, detail = "" } = event;
  switch (event.name) {
    case "created":
      return [{ at, label: "created", detail, tone: "plain" }];
    case "started":
      return [{ at, label: "started", detail, tone: "plain" }];
    case "first-output":
      return [{ at, label: "first output", detail, tone: "plain" }];
    case "ready":
      return [{ at, label: "ready", detail: detail || readiness(run), tone: "good" }];
    case "sigterm":
      return [{ at, label: "SIGTERM", detail, tone: "stop" }];
    case "process-ended":
      return [{ at, label: `PID ${event.pid ?? "?"} ended`, detail, tone: "plain" }];
    case "sigkill":
      return [{ at, label: "SIGKILL", detail, tone: "bad" }];
    case "exited": {
      const code = run.exit?.code ?? null;
      const label = code === null ? "exited" : `exit code ${code}`;
      return [
        { at, label, detail: run.exit?.oomKilled === true ? "out of memory" : detail, tone: toneOf(code) },
      ];
    }
  }
}

function toneOf(code: number | null): Tone {
  return code === 0 ? "good" : "bad";
}

function readiness({ readiness: evidence }: Transcript): string {
  return evidence === null ? "" : [evidence.by, evidence.detail].filter(Boolean).join(": ");
}

/** Files that are new or different at the end. */
export function savedFiles(run: Transcript): RunFile[] {
  const paths = new Set(savedDuringStop(run));
  return run.filesAtEnd.filter(({ path }) => paths.has(path));
}

/** More would hide the rest of the picture. */
const MOST_WRITES = 6;

/** The files that were written last during the run, with their times. */
function lastWritten(run: Transcript): { readonly path: string; readonly modified: number }[] {
  const started = timeOf(run, "started");
  if (started === null) return [];
  return run.filesAtEnd
    .flatMap(({ path, modified }) => (modified === null || modified < started ? [] : [{ path, modified }]))
    .sort((a, b) => a.modified - b.modified)
    .slice(-MOST_WRITES);
}

function barsOf(run: Transcript, end: number): Bar[] {
  const started = timeOf(run, "started");
  if (started === null) return [];
  const stop = timeOf(run, "sigterm");
  const before = run.processesBeforeStop;
  const known = new Set(before.map(({ pid }) => pid));
  const later = run.processesAfterSignal.filter(({ pid }) => !known.has(pid));
  const bars = before.map((process) => barOf(process, run, started, stop ?? end, end));
  if (!known.has(1)) bars.unshift(firstProcess(run, started, end));
  return [...bars, ...later.map((process) => barOf(process, run, stop ?? started, stop ?? started, end))];
}

const FATE: Readonly<Record<ProcessFate, string>> = {
  first: "",
  "with-pid-1": "ended with PID 1",
  unknown: "ended with PID 1 or before",
};

function barOf(process: RunProcess, run: Transcript, from: number, sureFrom: number, end: number): Bar {
  const { pid } = process;
  const command = process.command.join(" ");
  if (pid === 1) return { ...firstProcess(run, from, end), command };
  const last = run.processEnds.find((item) => item.pid === pid);
  const stop = timeOf(run, "sigterm");
  const ended = run.events.find((event) => event.name === "process-ended" && event.pid === pid)?.at;
  if (last?.ended === "first" && stop !== null) {
    const to = ended ?? stop + last.lastSeen;
    return {
      pid,
      command,
      from,
      sureFrom,
      to,
      fate: `ended ${seconds(to - stop)} after SIGTERM`,
      tone: "good",
    };
  }
  const killed = run.stop?.killed === true;
  const fate = killed ? "killed" : last === undefined ? "" : FATE[last.ended];
  return { pid, command, from, sureFrom, to: ended ?? end, fate, tone: killed ? "bad" : "plain" };
}

function firstProcess(run: Transcript, from: number, end: number): Bar {
  const code = run.exit?.code ?? null;
  const killed = run.stop?.killed === true;
  const fate = killed ? "killed" : code === null ? "" : `exit code ${code}`;
  const to = timeOf(run, "exited") ?? end;
  return {
    pid: 1,
    command: run.argv.join(" "),
    from,
    sureFrom: from,
    to,
    fate,
    tone: killed ? "bad" : toneOf(code),
  };
}

/** Seconds as people write them: `0.34 s`, `12.5 s`, `120 s`. */
export function seconds(value: number): string {
  const digits = Math.abs(value) < 1 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return `${Number(value.toFixed(digits))} s`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
