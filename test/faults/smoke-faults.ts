import type Docker from "dockerode";
import type { Random } from "../fuzz/random.ts";
import { type EngineFault, EngineProxy } from "./engine-proxy.ts";
import { type Ended, runProgram, startProgram } from "./program.ts";

/** What a round needs: the bundle, an image whose program takes a second to end, and the engine behind it. */
export interface SmokeSetup {
  readonly bundle: string;
  readonly image: string;
  readonly docker: Docker;
  /** Path of the engine's socket. */
  readonly socket: string;
}

/** What a round saw that must not be; empty when all is well. */
export type Complaints = readonly string[];

/** Label of everything that a run makes on an engine. */
const OWNER = "dev.trainlint.owner";

/** Latest moment of a fault, in milliseconds after the start: a whole run takes about three seconds. */
const LATEST = 3500;

/** Seconds after which an engine counts as hanging; four times as many where it has work to do, as for starting. */
const PATIENCE = "5";

/** SIGINT, SIGTERM or SIGKILL at a random moment of a smoke run. */
export async function killedRun(setup: SmokeSetup, random: Random): Promise<Complaints> {
  const signal = random.pick(["SIGINT", "SIGTERM", "SIGKILL"] as const);
  const run = startProgram(setup.bundle, runArguments(setup));
  await wait(random.below(LATEST));
  run.kill(signal);
  const ended = await run.ended;
  const complaints: string[] = [];
  if (signal === "SIGKILL") await runProgram(setup.bundle, ["clean"]);
  // A signal that comes after the end, or before the program listens for it, changes nothing.
  else if (ended.signal !== signal && ![0, 3].includes(ended.code ?? -1)) {
    complaints.push(`${signal}: exit code ${ended.code}: ${ended.output}`);
  }
  if (signal !== "SIGKILL") complaints.push(...temporaryFiles(ended));
  return [...complaints, ...(await leftovers(setup.docker))].map((text) => `${signal}: ${text}`);
}

/** The engine dies, hangs or answers nonsense at a random moment of a smoke run. */
export async function brokenEngine(setup: SmokeSetup, random: Random): Promise<Complaints> {
  const fault = random.pick<EngineFault>(["cut", "cut", "stalled", "garbled"]);
  const proxy = new EngineProxy(setup.socket);
  await proxy.listen();
  try {
    const env = { DOCKER_HOST: proxy.host, TRAINLINT_ENGINE_TIMEOUT: PATIENCE };
    const run = startProgram(setup.bundle, runArguments(setup), { env });
    await wait(random.below(LATEST));
    proxy.fail(fault);
    const ended = await run.ended;
    const complaints = temporaryFiles(ended);
    if (ended.code !== 0 && ended.code !== 3) complaints.push(`exit code ${ended.code}: ${ended.output}`);
    if (ended.code === 3 && !/engine/i.test(ended.output)) complaints.push(`no cause: ${ended.output}`);
    await runProgram(setup.bundle, ["clean"]);
    return [...complaints, ...(await leftovers(setup.docker))].map((text) => `${fault}: ${text}`);
  } finally {
    await proxy.close();
  }
}

export function runArguments({ image }: SmokeSetup): string[] {
  return ["run", image, "--grace", "5", "--stop-after", "1", "--transcript", "transcript.json"];
}

function temporaryFiles(ended: Ended): string[] {
  return ended.temporaryFiles.length === 0 ? [] : [`left in TMPDIR: ${ended.temporaryFiles.join(", ")}`];
}

/** Containers and volumes of smoke runs whose process is gone. */
export async function leftovers(docker: Docker): Promise<string[]> {
  const filters = JSON.stringify({ label: [OWNER] });
  const containers = await docker.listContainers({ all: true, filters });
  const volumes = (await docker.listVolumes({ filters })).Volumes ?? [];
  return [
    ...containers
      .filter(({ Labels }) => isOrphan(Labels[OWNER] ?? ""))
      .map(({ Id }) => `container ${Id} is left`),
    ...volumes
      .filter(({ Labels }) => isOrphan(Labels?.[OWNER] ?? ""))
      .map(({ Name }) => `volume ${Name} is left`),
  ];
}

/** The owner's process is the third part of the label; other runs may be under way beside this one. */
function isOrphan(owner: string): boolean {
  try {
    process.kill(Number(owner.split("/")[2]), 0);
    return false;
  } catch {
    return true;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
