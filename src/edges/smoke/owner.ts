import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { ask, statusOf } from "./ask.ts";
import type { SmokeEngine } from "./options.ts";

/** Label of everything a run makes: `host/boot/pid/start time` of the process that made it. */
export const OWNER_LABEL = "dev.trainlint.owner";

/** This process as a label value: unlike the bare process id, it is never true of a later process. */
export function ownerId(): string {
  return `${hostname()}/${bootId()}/${process.pid}/${startTime(process.pid) ?? "unknown"}`;
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}

/** When the process started, in the kernel's ticks since boot; `null` where there is no such process or no /proc. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** Whether the owner's process is known to be gone. Another host's owner is never judged from here. */
export function ownerIsGone(owner: string): boolean {
  const [host, boot, pid, start] = owner.split("/");
  if (host !== hostname()) return false;
  if (boot !== bootId()) return true;
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0) return false;
  if (start !== "unknown") return startTime(number) !== start;
  try {
    process.kill(number, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Removes containers, with their volumes, whose owner's process is gone; those of a live run stay.
 * @returns the ids of what was removed.
 * @throws EnvironmentError when the engine fails.
 */
export async function cleanLeftovers(engine: SmokeEngine): Promise<readonly string[]> {
  const filters = { label: [OWNER_LABEL] };
  const containers = await ask(
    "list containers",
    engine.client.listContainers({ all: true, filters: JSON.stringify(filters) }),
  );
  const removed: string[] = [];
  for (const info of containers) {
    if (!ownerIsGone(info.Labels[OWNER_LABEL] ?? "")) continue;
    if (await removeContainer(engine, info.Id)) removed.push(info.Id);
  }
  const volumes = await ask("list volumes", engine.client.listVolumes({ filters: JSON.stringify(filters) }));
  for (const volume of volumes.Volumes ?? []) {
    if (!ownerIsGone(volume.Labels?.[OWNER_LABEL] ?? "")) continue;
    const name = volume.Name;
    try {
      await ask("remove a volume", engine.client.getVolume(name).remove());
      removed.push(name);
    } catch (error) {
      if (statusOf(error) === null) throw error;
    }
  }
  return removed;
}

/** Kills and removes a container and its anonymous volumes; `false` when somebody else was faster. */
export async function removeContainer(engine: SmokeEngine, id: string): Promise<boolean> {
  try {
    await ask("remove the container", engine.client.getContainer(id).remove({ force: true, v: true }));
    return true;
  } catch (error) {
    // 404: gone already. 409: another removal is in progress.
    if (statusOf(error) === 404 || statusOf(error) === 409) return false;
    throw error;
  }
}
