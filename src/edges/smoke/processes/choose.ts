import type { SmokeEngine } from "../options.ts";
import { isInitOf, ProcView } from "./proc.ts";
import { TopView } from "./top.ts";
import type { ProcessView } from "./view.ts";

/**
 * The view of the container whose PID 1 has `hostPid` in the engine's eyes: this host's /proc where that is the
 * engine's own, else what the engine's `top` gives.
 */
export function processView(engine: SmokeEngine, containerId: string, hostPid: number): ProcessView {
  const local = process.platform === "linux" && engine.address.startsWith("unix:");
  if (local && isInitOf(hostPid, containerId)) return new ProcView(hostPid);
  return new TopView(engine, containerId, hostPid);
}
