import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { describe } from "vitest";

const PODMAN = "/usr/bin/podman";

const available = existsSync(PODMAN) && process.getuid?.() === 0;
if (!available && process.env.CI === "true") throw new Error("These tests need podman, and root.");

/** Like `describe`, skipped where there is no Podman; with CI=true that is a failure. */
export const describeWithPodman = describe.skipIf(!available);

/** What Podman needs on a machine without systemd. */
const CONTAINERS_CONF = `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
`;

/** A real Podman service with a storage of its own, which goes with it. */
export class TestPodman {
  readonly folder = mkdtempSync(join(tmpdir(), "trainlint-podman-"));
  readonly socket = join(this.folder, "runtime", "podman", "podman.sock");
  readonly client = new Docker({ socketPath: this.socket, host: undefined } as object);
  private readonly service: ChildProcess;

  private constructor() {
    mkdirSync(join(this.folder, "runtime", "podman"), { recursive: true });
    writeFileSync(join(this.folder, "containers.conf"), CONTAINERS_CONF);
    this.service = spawn(
      PODMAN,
      [
        ...["--root", join(this.folder, "root"), "--runroot", join(this.folder, "run")],
        ...["system", "service", "--time", "0", `unix://${this.socket}`],
      ],
      { stdio: "ignore", env: { ...process.env, CONTAINERS_CONF: join(this.folder, "containers.conf") } },
    );
  }

  static async start(): Promise<TestPodman> {
    const podman = new TestPodman();
    for (let tries = 0; tries < 200; tries += 1) {
      const answers = await podman.client.ping().then(
        () => true,
        () => false,
      );
      if (answers) return podman;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await podman.stop();
    throw new Error("podman does not start");
  }

  /** What tells a program where this Podman is: the folder with its socket. */
  get runtimeFolder(): string {
    return join(this.folder, "runtime");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.service.once("exit", resolve));
    this.service.kill();
    if (this.service.exitCode === null) await ended;
    // Podman mounts its storage onto itself.
    const overlay = join(this.folder, "root", "overlay");
    if (existsSync(overlay)) execFileSync("umount", ["--lazy", "--quiet", overlay], { stdio: "ignore" });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
