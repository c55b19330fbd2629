import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { hasSignal } from "../../../../src/core/run/signals.ts";
import type { RunProcess, Transcript } from "../../../../src/core/run/transcript.ts";
import type { RunOptions } from "../command-line.ts";

/** One way for a container to behave, and what a smoke run has to find and to show. */
export interface Behaviour {
  readonly name: string;
  readonly base: "busybox" | "python";
  /** Lines behind FROM. */
  readonly dockerfile: readonly string[];
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly options?: RunOptions;
  /** `RULE message`, sorted. */
  readonly findings: readonly string[];
  /** What the messages of the findings have to say. */
  readonly says?: readonly RegExp[];
  /** Rules that must say that they could not judge. */
  readonly skipped?: readonly string[];
  readonly evidence: (run: Transcript) => void;
}

/** The rules that need a stop: a container that ended by itself is skipped by them, never passed. */
export const SIGTERM_RULES = ["TL502", "TL503", "TL504", "TL506", "TL507", "TL509"];

/** Ready as soon as the program says so. */
export const READY: RunOptions = { readyLog: /^ready$/ };

/** A shell command that leaves a model. */
export const SAVE = "echo model > /opt/ml/model/model.bin";

/** What a busybox script that waits for a signal ends with. */
export const FOREVER = "while :; do sleep 60 & wait $!; done";

/** An image whose `train` on PATH is this script. */
export function train(
  script: string,
  ...dockerfile: string[]
): Pick<Behaviour, "base" | "dockerfile" | "files"> {
  return {
    base: "busybox",
    dockerfile: ["COPY train /usr/bin/train", ...dockerfile],
    files: { train: script },
  };
}

/** An image that starts this Python program in exec form. */
export function python(script: string, ...flags: string[]): Pick<Behaviour, "base" | "dockerfile" | "files"> {
  const entrypoint = JSON.stringify(["python3", ...(flags.length > 0 ? flags : ["-u"]), "/opt/train.py"]);
  return {
    base: "python",
    dockerfile: ["COPY train.py /opt/train.py", `ENTRYPOINT ${entrypoint}`],
    files: { "train.py": script },
  };
}

/** An image with `train` on PATH as a script for bash or dash, and a worker in Python. */
export function withWorker(
  script: string,
  worker = WORKER,
): Pick<Behaviour, "base" | "dockerfile" | "files"> {
  return {
    base: "python",
    dockerfile: ["COPY worker.py /opt/worker.py", "COPY train.sh /usr/bin/train"],
    files: { "worker.py": worker, "train.sh": script },
  };
}

/** Saves on SIGTERM and ends with 0. */
export const SAVING_PYTHON = `
import signal, sys, time
def save(*_):
    open("/opt/ml/model/model.bin", "w").write("model")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready")
while True: time.sleep(60)
`;

/** The same, as a process that somebody else starts. */
export const WORKER = SAVING_PYTHON.replace("model.bin", "worker.bin").replace(
  'print("ready")',
  'print("ready", flush=True)',
);

/** The same, with a save that takes longer. */
export function slowly(seconds: number, program = SAVING_PYTHON): string {
  return program.replace("    open", `    time.sleep(${seconds})\n    open`);
}

export function processOf(run: Transcript, name: RegExp): RunProcess | undefined {
  return run.processesBeforeStop.find((process) => name.test(process.command.join(" ")));
}

export function pid1(run: Transcript): RunProcess | undefined {
  return run.processesBeforeStop.find((process) => process.pid === 1);
}

export function termCaught(run: Transcript): boolean {
  return hasSignal(pid1(run)?.masks?.caught ?? "", 15);
}

function eventNames(run: Transcript): readonly string[] {
  return run.events.map((event) => event.name);
}

export function killedWith137(run: Transcript): void {
  expect(run.stop?.killed).toBe(true);
  expect(run.exit?.code).toBe(137);
  expect(run.stop?.seconds).toBeGreaterThanOrEqual(run.graceSeconds - 0.1);
  expect(eventNames(run)).toContain("sigkill");
}

export function stoppedWith(code: number): (run: Transcript) => void {
  return (run) => {
    expect(run.stop?.killed).toBe(false);
    expect(run.exit?.code).toBe(code);
    expect(eventNames(run)).toContain("sigterm");
    expect(eventNames(run)).not.toContain("sigkill");
  };
}

export function endedWith(code: number): (run: Transcript) => void {
  return (run) => {
    expect(run.stop).toBeNull();
    expect(run.exit?.code).toBe(code);
    expect(eventNames(run)).not.toContain("sigterm");
  };
}

/** Some runtimes refuse at the start, others start and print the same words. */
export function refusedBecause(pattern: RegExp): (run: Transcript) => void {
  return (run) => {
    expect(run.startError ?? run.stderr.tail.join("\n")).toMatch(pattern);
    expect(run.stop).toBeNull();
  };
}

/** The program of an init that this machine has; the behaviours of one that it has not are left out. */
export function initProgram(path: string): Buffer | null {
  return existsSync(path) ? readFileSync(path) : null;
}
