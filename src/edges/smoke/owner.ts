import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { ask, statusOf, WORK_SECONDS } from "../engine/ask.ts";
import type { SmokeEngine } from "./options.ts";

/** Label of everything a run makes: `host/boot/pid/start time` of the process that made it. */
export const OWNER_LABEL = "dev.trainlint.owner";
/** Label with the time, in seconds since 1970, when even the longest course of the run is over. */
export const EXPIRY_LABEL = "dev.trainlint.expires";

/** The two labels of a run that takes at most `seconds`. */
export function ownerLabels(seconds: number): Readonly<Record<string, string>> {
  const expires = Math.ceil(Date.now() / 1000 + seconds);
  return { [OWNER_LABEL]: ownerId(), [EXPIRY_LABEL]: String(expires) };
}

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

/** Clocks of two hosts may differ by so much; seconds. */
const CLOCK_DIFFERENCE = 3600;

type Labels = Readonly<Record<string, string>> | null | undefined;

/**
 * Whether what carries these labels was left behind: its process is gone, or, where that can't be told (a run in
 * a container of a CI, another host on the same engine), its time has long run out.
 */
function isLeftover(labels: Labels): boolean {
  const owner = labels?.[OWNER_LABEL];
  if (owner === undefined) return false;
  const expires = Number(labels?.[EXPIRY_LABEL]);
  return ownerIsGone(owner) || (expires > 0 && Date.now() / 1000 > expires + CLOCK_DIFFERENCE);
}

/**
 * Removes containers, with their volumes, and folders that were left behind; those of a live run stay.
 * @returns the ids of what was removed.
 * @throws EnvironmentError when the engine fails.
 */
export async function cleanLeftovers(engine: SmokeEngine): Promise<readonly string[]> {
  const filters = JSON.stringify({ label: [OWNER_LABEL] });
  const [containers, volumes, folders] = await Promise.all([
    ask("list containers", engine.client.listContainers({ all: true, filters })),
    ask("list volumes", engine.client.listVolumes({ filters })),
    removeLeftFolders(),
  ]);
  const removed: string[] = [...folders];
  for (const info of containers.filter(({ Labels }) => isLeftover(Labels))) {
    if (await removeContainer(engine, info.Id)) removed.push(info.Id);
  }
  for (const { Name } of (volumes.Volumes ?? []).filter(({ Labels }) => isLeftover(Labels))) {
    try {
      await ask("remove a volume", engine.client.getVolume(Name).remove());
      removed.push(Name);
    } catch (error) {
      // Its container took it along, or is still being removed by somebody else.
      if (statusOf(error) === null) throw error;
    }
  }
  return removed;
}

/** Kills and removes a container and its anonymous volumes; `false` when somebody else was faster. */
export async function removeContainer(
  engine: SmokeEngine,
  id: string,
  seconds = WORK_SECONDS,
): Promise<boolean> {
  try {
    const removal = engine.client.getContainer(id).remove({ force: true, v: true });
    await ask("remove the container", removal, seconds);
    return true;
  } catch (error) {
    // 404: gone already. 409: another removal is in progress.
    if (statusOf(error) === 404 || statusOf(error) === 409) return false;
    throw error;
  }
}

const FOLDER_PREFIX = "trainlint-run-";
const OWNER_FILE = ".owner";

/** A folder of this process, with subfolders, that any user may look into. */
export async function ownedFolder(
  subfolders: readonly string[],
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  try {
    await writeFile(join(path, OWNER_FILE), ownerId());
    for (const name of subfolders) await mkdir(join(path, name));
    await chmod(path, 0o755);
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function removeLeftFolders(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const owner = await readFile(join(folder, OWNER_FILE), "utf8").catch(() => null);
    if (owner === null || !ownerIsGone(owner)) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    removed.push(folder);
  }
  return removed;
}
