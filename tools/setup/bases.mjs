import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun, say } from "./command.mjs";
import { installPackages } from "./engine.mjs";

/** The local images that examples and tests are built on; no registry is asked. */
export const BUSYBOX_BASE = "trainlint-test/busybox:static";
export const PYTHON_BASE = "trainlint-test/python:bookworm";

/** Makes the bases that are not there yet, with a dockerode client. */
export async function makeBases(docker, wanted = [BUSYBOX_BASE, PYTHON_BASE]) {
  if (wanted.includes(BUSYBOX_BASE) && !(await exists(docker, BUSYBOX_BASE))) await makeBusybox(docker);
  if (wanted.includes(PYTHON_BASE) && !(await exists(docker, PYTHON_BASE))) await makePython(docker);
}

async function exists(docker, tag) {
  return docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** A static busybox with its applets as links: a shell, and nothing else. */
async function makeBusybox(docker) {
  await installPackages(["busybox-static"], "/bin/busybox");
  say(`Making the base image ${BUSYBOX_BASE}`);
  const folder = mkdtempSync(join(tmpdir(), "trainlint-busybox-"));
  try {
    copyFileSync("/bin/busybox", join(folder, "busybox"));
    writeFileSync(
      join(folder, "Dockerfile"),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nRUN ["/bin/busybox", "mkdir", "-p", "/tmp", "/etc", "/usr/bin"]\n',
    );
    const stream = await docker.buildImage(
      { context: folder, src: ["Dockerfile", "busybox"] },
      { t: BUSYBOX_BASE },
    );
    await finished(docker, stream);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A small Debian root file system with Python. */
async function makePython(docker) {
  await installPackages(["debootstrap"], "/usr/sbin/debootstrap");
  say(`Making the base image ${PYTHON_BASE} (debootstrap, about 40 seconds, once)`);
  const folder = mkdtempSync(join(tmpdir(), "trainlint-python-"));
  try {
    const root = join(folder, "root");
    await mustRun("/usr/sbin/debootstrap", ["--variant=minbase", "--include=python3", "bookworm", root], {
      quiet: true,
    });
    for (const path of [
      "var/cache/apt",
      "var/lib/apt/lists",
      "usr/share/doc",
      "usr/share/locale",
      "proc",
      "sys",
    ]) {
      rmSync(join(root, path), { recursive: true, force: true });
    }
    await mustRun("mkdir", ["-p", join(root, "proc"), join(root, "sys")]);
    await mustRun("ln", ["-sf", "python3", join(root, "usr/bin/python")]);
    await importTar(docker, root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importTar(docker, root) {
  const tar = spawn("tar", ["-C", root, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const [repo, tag] = PYTHON_BASE.split(":");
  const stream = await docker.importImage(tar.stdout, { repo, tag });
  await finished(docker, stream);
}

function finished(docker, stream) {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, events) => {
      const failure = error ?? events?.find((event) => event.error !== undefined)?.error;
      if (failure === undefined || failure === null) resolve();
      else reject(failure instanceof Error ? failure : new Error(String(failure)));
    });
  });
}

/** Why the bases can't be made on this machine, in one sentence; `null` when they can. */
export function whyNoBases() {
  if (existsSync("/bin/busybox") && existsSync("/usr/sbin/debootstrap")) return null;
  if (process.getuid?.() !== 0) return "making the base images takes root (debootstrap)";
  if (!existsSync("/usr/bin/apt-get"))
    return "making the base images takes Debian or Ubuntu (busybox-static, debootstrap)";
  return null;
}
