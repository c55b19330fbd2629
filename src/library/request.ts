import type { JudgeRequest } from "../app/request.ts";
import type { JudgeOptions } from "./options.ts";

/** A program's options as the application has them: nothing is read or written that was not asked for. */
export function judgeRequest(options: JudgeOptions): JudgeRequest {
  return {
    cwd: options.cwd ?? process.cwd(),
    today: new Date().toISOString().slice(0, 10),
    config: options.config ?? false,
    ruleLevels: Object.entries(options.rules ?? {}).map(([rule, level]) => ({ rule, level })),
    failOn: null,
    role: options.role ?? null,
    inlineConfig: true,
    requireReason: false,
    baseline: null,
    writeBaseline: null,
    pruneBaseline: false,
    progress: () => {},
    signal: options.signal ?? new AbortController().signal,
  };
}
