import type { RunEvent, RunEventName, Transcript } from "../../core/run/transcript.ts";
import type { Clock } from "./clock.ts";
import { SMOKE_DEFAULTS, type SmokeOptions } from "./options.ts";
import { OutputTail } from "./output.ts";

/** Collects what happens in the course of a run: events, output, and the evidence that could not be had. */
export class Recorder {
  readonly stdout: OutputTail;
  readonly stderr: OutputTail;
  readonly #clock: Clock;
  readonly #readyLog: RegExp | undefined;
  readonly #events: RunEvent[] = [];
  readonly #missing: { what: string; why: string }[] = [];
  #peakProcesses: number | null = null;
  #peakMemory: number | null = null;
  #quiet = true;
  /** The line of output that `readyLog` was waiting for. */
  readyLine: string | null = null;
  #onReadyLine: () => void = () => undefined;
  lastLine = "";

  constructor(options: SmokeOptions, clock: Clock) {
    this.#clock = clock;
    this.#readyLog = options.readyLog;
    const limits = [
      options.logLines ?? SMOKE_DEFAULTS.logLines,
      options.logBytes ?? SMOKE_DEFAULTS.logBytes,
    ] as const;
    const heard = { onBytes: () => this.#onBytes(), onLine: (line: string) => this.#onLine(line) };
    this.stdout = new OutputTail(...limits, heard);
    this.stderr = new OutputTail(...limits, heard);
  }

  /** Records an event at `at`, by default now; seconds on the run's clock. */
  event(name: RunEventName, details: { at?: number; detail?: string; pid?: number } = {}): void {
    const at = Math.round((details.at ?? this.#clock.now()) * 1000) / 1000;
    this.#events.push({ name, ...details, at });
  }

  get events(): readonly RunEvent[] {
    return this.#events.toSorted((a, b) => a.at - b.at);
  }

  /** Names evidence that could not be had; each once. */
  miss(what: string, why: string): void {
    if (!this.#missing.some((one) => one.what === what)) this.#missing.push({ what, why });
  }

  get missing(): Transcript["missing"] {
    return this.#missing;
  }

  /** Takes a look at the processes into the peaks. */
  count(processes: readonly { readonly residentBytes: number | null }[]): void {
    if (processes.length === 0) return;
    this.#peakProcesses = Math.max(this.#peakProcesses ?? 0, processes.length);
    const resident = processes.flatMap(({ residentBytes }) => residentBytes ?? []);
    if (resident.length === 0) return;
    const sum = resident.reduce((total, bytes) => total + bytes, 0);
    this.#peakMemory = Math.max(this.#peakMemory ?? 0, sum);
  }

  get peaks(): Transcript["peaks"] {
    return { memoryBytes: this.#peakMemory, processes: this.#peakProcesses };
  }

  /** Resolves when a line matches `readyLog`. */
  readonly readyLineSeen = new Promise<void>((resolve) => {
    this.#onReadyLine = resolve;
  });

  #onBytes(): void {
    if (this.#quiet) this.event("first-output");
    this.#quiet = false;
  }

  #onLine(line: string): void {
    this.lastLine = line;
    if (this.readyLine !== null || this.#readyLog?.test(line) !== true) return;
    this.readyLine = line;
    this.#onReadyLine();
  }
}
