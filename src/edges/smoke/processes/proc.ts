import { readdirSync, readFileSync } from "node:fs";
import type { RunProcess } from "../../../core/run/transcript.ts";
import type { Clock } from "../clock.ts";
import { ProcEnds } from "./proc-ends.ts";
import { statOf } from "./stat.ts";
import { type EndWatch, MAX_PROCESSES, type ProcessView } from "./view.ts";

const MAX_COMMAND_BYTES = 4096;

/**
 * Whether this host's process `pid` is PID 1 of the container: the last of its ids is 1, there is more than one,
 * and its cgroup is the container's. Elsewhere (a forwarded socket, Docker Desktop, trainlint itself in a
 * container) a process of that number is another one.
 */
export function isInitOf(pid: number, containerId: string): boolean {
  if (pid <= 0) return false;
  const ids = field(readText(`/proc/${pid}/status`), "NSpid").split(/\s+/);
  const inner = ids.length > 1 && ids.at(-1) === "1";
  return inner && readText(`/proc/${pid}/cgroup`).includes(containerId);
}

/** The view through this host's /proc, for engines on the same kernel. */
export class ProcView implements ProcessView {
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

  follow(processes: readonly RunProcess[], clock: Clock): EndWatch {
    return new ProcEnds(
      processes.map((process) => ({ process, hostPid: this.#hostPids.get(process.pid) ?? 0 })),
      this.#init,
      clock,
    );
  }
}

function isEnding(hostPid: number): boolean {
  return statOf(readText(`/proc/${hostPid}/stat`))?.ending ?? true;
}

interface Found {
  readonly process: RunProcess;
  readonly hostPid: number;
}

/** The tree below `init`, parents before children; zombies are left out. */
function listFromProc(init: number): readonly Found[] {
  const children = childrenFromProc(init) ?? childrenByScan();
  const found: Found[] = [];
  const queue: { readonly pid: number; readonly parent: number }[] = [{ pid: init, parent: 0 }];
  for (let at = 0; at < queue.length && found.length < MAX_PROCESSES; at += 1) {
    const { pid, parent } = queue[at] as (typeof queue)[number];
    const status = readText(`/proc/${pid}/status`);
    if (status === "") continue;
    const process = processOf(pid, parent, status);
    if (!/^State:\s*[ZX]/m.test(status)) found.push({ process, hostPid: pid });
    queue.push(...(children(pid) ?? []).map((child) => ({ pid: child, parent: process.pid })));
  }
  return found;
}

type ChildrenOf = (pid: number) => readonly number[] | null;

/** Children as the kernel lists them by thread; `null` where it was built without that list. */
function childrenFromProc(init: number): ChildrenOf | null {
  const childrenOf: ChildrenOf = (pid) => {
    const lists = names(`/proc/${pid}/task`).map((thread) =>
      readOrNull(`/proc/${pid}/task/${thread}/children`),
    );
    if (lists.length > 0 && lists.every((list) => list === null)) return null;
    return lists.flatMap((list) => (list ?? "").split(" ").filter(Boolean).map(Number));
  };
  return childrenOf(init) === null ? null : childrenOf;
}

function childrenByScan(): ChildrenOf {
  const children = new Map<number, number[]>();
  for (const name of names("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(field(readText(`/proc/${name}/status`), "PPid"));
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return (pid) => children.get(pid) ?? [];
}

function processOf(pid: number, parent: number, status: string): RunProcess {
  const resident = /^(\d+) kB$/.exec(field(status, "VmRSS"))?.[1];
  return {
    pid: Number(field(status, "NSpid").split(/\s+/).at(-1)),
    parent,
    command: commandOf(pid, status),
    masks: {
      blocked: field(status, "SigBlk"),
      ignored: field(status, "SigIgn"),
      caught: field(status, "SigCgt"),
    },
    residentBytes: resident === undefined ? null : Number(resident) * 1024,
  };
}

function commandOf(pid: number, status: string): readonly string[] {
  const line = readText(`/proc/${pid}/cmdline`).slice(0, MAX_COMMAND_BYTES);
  if (line === "") return [field(status, "Name")];
  return line.replace(/\0$/, "").split("\0");
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "";
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  return readOrNull(path) ?? "";
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
