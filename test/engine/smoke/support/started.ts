import { type ChildProcess, spawn } from "node:child_process";
import type { Cli } from "../../../cli/support/bundle.ts";
import { docker } from "../../support/images.ts";

/** A command that is under way, with what it has printed so far. */
export class Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = "";

  constructor(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        this.output += chunk;
      });
    }
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
  }

  /** Resolves when what was printed matches; rejects when the command ends before. */
  async until(pattern: RegExp): Promise<void> {
    await until(
      () => pattern.test(this.output),
      this.ended.then(() => this.output),
    );
  }
}

/** Starts the bundle. */
export function startBundle(cli: Cli, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  return new Started(process.execPath, [cli.bundle, ...args], cli.work, { ...baseEnv(cli), ...env });
}

/** Starts the bundle on a pseudo terminal, as a user sees it; what is written to its input is typed. */
export function startOnTerminal(cli: Cli, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const words = [process.execPath, cli.bundle, ...args].map((word) => `'${word}'`).join(" ");
  return new Started("script", ["-qec", `exec ${words}`, "/dev/null"], cli.work, {
    ...baseEnv(cli),
    TERM: "xterm",
    ...env,
  });
}

function baseEnv(cli: Cli): NodeJS.ProcessEnv {
  const { PATH, DOCKER_HOST } = process.env;
  return { PATH, HOME: cli.folder, ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }) };
}

const LOOK_EVERY = 50;
const PATIENCE = 60_000;

/** Resolves when `isSo` answers yes; rejects after a minute, or when `end` comes first. */
export async function until(isSo: () => boolean | Promise<boolean>, end?: Promise<string>): Promise<void> {
  let ended: string | null = null;
  void end?.then((text) => {
    ended = text;
  });
  const limit = performance.now() + PATIENCE;
  while (!(await isSo())) {
    if (ended !== null) throw new Error(`It ended before: ${ended}`);
    if (performance.now() > limit) throw new Error("It did not come to that within a minute.");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** The ids of the containers of an image, running or not. */
export async function containersOf(image: string): Promise<readonly string[]> {
  const filters = JSON.stringify({ ancestor: [image] });
  return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
}
