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
  /**
   * Those of `pids` (of the last list) that are alive; `null` once PID 1 itself has begun to end, since the
   * kernel then kills the others and their absence tells nothing.
   */
  alive(pids: Iterable<number>): Promise<ReadonlySet<number> | null>;
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
    return new ProcView(hostPid);
  }
  const list = (): Promise<readonly RunProcess[]> => listFromTop(engine, containerId, hostPid);
  return { source: "top", list, alive: async () => alivePids(await list()) };
}

function alivePids(processes: readonly RunProcess[]): ReadonlySet<number> | null {
  const pids = new Set(processes.map((process) => process.pid));
  return pids.has(1) ? pids : null;
}

/** The view through this host's /proc. */
class ProcView implements ProcessView {
  readonly source = "proc";
  readonly #init: number;
  /** Host process ids by those inside the container. */
  readonly #hostPids = new Map<number, number>();

  constructor(init: number) {
    this.#init = init;
  }

  async list(): Promise<readonly RunProcess[]> {
    const found = listFromProc(this.#init);
    for (const { hostPid, process } of found) this.#hostPids.set(process.pid, hostPid);
    return isEnding(this.#init) ? [] : found.map(({ process }) => process);
  }

  async alive(pids: Iterable<number>): Promise<ReadonlySet<number> | null> {
    const alive = [...pids].filter((pid) => !isEnding(this.#hostPids.get(pid) ?? 0));
    // PID 1 last: had it begun to end before the others were read, they may be gone because of that.
    return isEnding(this.#init) ? null : new Set(alive);
  }
}

/** The kernel's flag of a process that is on its way out; PID 1 has it before it takes the others with it. */
const PF_EXITING = 0x4;

/** Whether a process is gone, a zombie, or on its way out. */
function isEnding(hostPid: number): boolean {
  const stat = readText(`/proc/${hostPid}/stat`);
  if (stat === "") return true;
  const [state, , , , , , flags] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" || (Number(flags) & PF_EXITING) !== 0;
}

function isLocal(engine: SmokeEngine): boolean {
  return process.platform === "linux" && engine.address.startsWith("unix:");
}

/** PID 1 of a PID namespace of its own: the last of its ids is 1, and there is more than one. */
function isContainerInit(pid: number): boolean {
  const ids = field(readText(`/proc/${pid}/status`), "NSpid").split(/\s+/);
  return ids.length > 1 && ids.at(-1) === "1";
}

interface Found {
  readonly process: RunProcess;
  readonly hostPid: number;
}

function listFromProc(init: number): readonly Found[] {
  const parents = new Map<number, string>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = readText(`/proc/${name}/status`);
    if (status !== "") parents.set(Number(name), status);
  }
  const found: Found[] = [];
  const queue = [init];
  const children = childrenByParent(parents);
  while (queue.length > 0 && found.length < MAX_PROCESSES) {
    const pid = queue.shift() as number;
    const status = parents.get(pid);
    if (status === undefined) continue;
    const ended = /^State:\s*[ZX]/m.test(status);
    if (!ended) found.push({ process: processOf(pid, status, parents, init), hostPid: pid });
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
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
