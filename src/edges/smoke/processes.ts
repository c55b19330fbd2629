import { readdirSync, readFileSync } from "node:fs";
import type { RunProcess } from "../../core/run/transcript.ts";
import { ask, reasonOf, statusOf } from "./ask.ts";
import type { SmokeEngine } from "./options.ts";

/** A way to see the processes of one container. */
export interface ProcessView {
  /** Where it looks; part of the transcript's evidence. */
  readonly source: "proc" | "top";
  /** All processes, PID 1 first; empty once the container has ended. */
  list(): Promise<readonly RunProcess[]>;
}

/** More processes than that are not looked at. */
const MAX_PROCESSES = 512;
const MAX_COMMAND_BYTES = 4096;

/**
 * The view of the container whose PID 1 has `hostPid` in the engine's eyes: this host's /proc where that is the
 * engine's own, else what the engine's `top` gives.
 */
export function processView(engine: SmokeEngine, containerId: string, hostPid: number): ProcessView {
  if (isLocal(engine) && isContainerInit(hostPid)) {
    return { source: "proc", list: async () => listFromProc(hostPid) };
  }
  return { source: "top", list: () => listFromTop(engine, containerId, hostPid) };
}

function isLocal(engine: SmokeEngine): boolean {
  return process.platform === "linux" && engine.address.startsWith("unix:");
}

/** PID 1 of a PID namespace of its own: the last of its ids is 1, and there is more than one. */
function isContainerInit(pid: number): boolean {
  const ids = field(readText(`/proc/${pid}/status`), "NSpid").split(/\s+/);
  return ids.length > 1 && ids.at(-1) === "1";
}

function listFromProc(init: number): readonly RunProcess[] {
  const parents = new Map<number, string>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = readText(`/proc/${name}/status`);
    if (status !== "") parents.set(Number(name), status);
  }
  const found: { process: RunProcess; zombie: boolean }[] = [];
  const queue = [init];
  const children = childrenByParent(parents);
  while (queue.length > 0 && found.length < MAX_PROCESSES) {
    const pid = queue.shift() as number;
    const status = parents.get(pid);
    if (status === undefined) continue;
    found.push({ process: processOf(pid, status, parents, init), zombie: /^State:\s*[ZX]/m.test(status) });
    queue.push(...(children.get(pid) ?? []));
  }
  return found.filter(({ zombie }) => !zombie).map(({ process }) => process);
}

function childrenByParent(statuses: ReadonlyMap<number, string>): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const [pid, status] of statuses) {
    const parent = Number(field(status, "PPid"));
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

function processOf(
  pid: number,
  status: string,
  statuses: ReadonlyMap<number, string>,
  init: number,
): RunProcess {
  const parent = statuses.get(Number(field(status, "PPid"))) ?? "";
  return {
    pid: innerPid(status),
    parent: pid === init ? 0 : innerPid(parent),
    command: commandOf(pid, status),
    masks: {
      blocked: field(status, "SigBlk"),
      ignored: field(status, "SigIgn"),
      caught: field(status, "SigCgt"),
    },
  };
}

function innerPid(status: string): number {
  return Number(field(status, "NSpid").split(/\s+/).at(-1));
}

function commandOf(pid: number, status: string): readonly string[] {
  const line = readText(`/proc/${pid}/cmdline`).slice(0, MAX_COMMAND_BYTES);
  if (line === "") return [field(status, "Name")];
  return line.replace(/\0$/, "").split("\0");
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "";
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** procps prints the masks too; other implementations of ps refuse these columns. */
const TOP_COLUMNS = "-eo pid,ppid,blocked,ignored,caught,args";

async function listFromTop(
  engine: SmokeEngine,
  containerId: string,
  hostPid: number,
): Promise<readonly RunProcess[]> {
  const container = engine.client.getContainer(containerId);
  try {
    const answer = await ask("list processes", container.top({ ps_args: TOP_COLUMNS }));
    return topProcesses(answer.Titles, answer.Processes, hostPid);
  } catch (error) {
    if (statusOf(error) === null) throw error;
    const answer = await ask("list processes", container.top({ ps_args: "-ef" })).catch((second: unknown) => {
      if (statusOf(second) === 409) return null;
      throw new Error(reasonOf(second));
    });
    return answer === null ? [] : topProcesses(answer.Titles, answer.Processes, hostPid);
  }
}

/** The processes in an answer of `top`; PID 1 is the one with `hostPid`, or else the first whose parent is not listed. */
export function topProcesses(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  hostPid: number,
): readonly RunProcess[] {
  const column = (name: RegExp): number => titles.findIndex((title) => name.test(title));
  const [pid, parent] = [column(/^PID$/i), column(/^PPID$/i)];
  const [blocked, ignored, caught] = [column(/^BLOCKED$/i), column(/^IGNORED$/i), column(/^CAUGHT$/i)];
  const args = column(/^(COMMAND|CMD|ARGS)$/i);
  const inner = (text: string | undefined): number => (Number(text) === hostPid ? 1 : Number(text));
  const known = new Set(rows.map((row) => row[pid]));
  return rows.slice(0, MAX_PROCESSES).map((row) => ({
    pid: inner(row[pid]),
    parent: inner(row[pid]) === 1 || !known.has(row[parent] ?? "") ? 0 : inner(row[parent]),
    command: (row[args] ?? "").split(/\s+/).filter((word) => word !== ""),
    masks:
      blocked === -1 || ignored === -1 || caught === -1
        ? null
        : { blocked: row[blocked] ?? "", ignored: row[ignored] ?? "", caught: row[caught] ?? "" },
  }));
}
