import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun, say } from "./command.mjs";
import { installMissing } from "./packages.mjs";

/** The local images that examples and tests are built on; no registry is asked. */
export const BUSYBOX_BASE = "trainlint-test/busybox:static";
export const PYTHON_BASE = "trainlint-test/python:bookworm";

const MAKERS = { [BUSYBOX_BASE]: makeBusybox, [PYTHON_BASE]: makePython };

/**
 * Makes the bases that are not there yet, with a dockerode client. Two processes that do so at once both
 * succeed: each works in its own folder, and the later image takes the tag.
 */
export async function makeBases(docker, wanted = [BUSYBOX_BASE, PYTHON_BASE]) {
  for (const tag of wanted) if (!(await exists(docker, tag))) await MAKERS[tag](docker);
}

function exists(docker, tag) {
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
  await need(["busybox-static"], BUSYBOX_BASE);
  say(`Making the base image ${BUSYBOX_BASE}`);
  await inFolder(async (folder) => {
    copyFileSync("/bin/busybox", join(folder, "busybox"));
    writeFileSync(
      join(folder, "Dockerfile"),
      `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN ["/bin/busybox", "mkdir", "-p", "/tmp", "/etc", "/usr/bin"]
`,
    );
    const context = { context: folder, src: ["Dockerfile", "busybox"] };
    await finished(docker, await docker.buildImage(context, { t: BUSYBOX_BASE }));
  });
}

/** A small Debian root file system with Python, without what an image has no use for. */
async function makePython(docker) {
  await need(["debootstrap"], PYTHON_BASE);
  if (process.getuid() !== 0) throw new Error(`${PYTHON_BASE} can't be made: debootstrap takes root`);
  say(`Making the base image ${PYTHON_BASE} (debootstrap, about 40 seconds, once)`);
  await inFolder(async (folder) => {
    const root = join(folder, "root");
    const args = ["--variant=minbase", "--include=python3", "bookworm", root];
    await mustRun("/usr/sbin/debootstrap", args, { quiet: true });
    for (const path of ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"]) {
      rmSync(join(root, path), { recursive: true, force: true });
    }
    for (const path of ["proc", "sys"]) mkdirSync(join(root, path), { recursive: true });
    symlinkSync("python3", join(root, "usr/bin/python"));
    await importRoot(docker, root);
  });
}

async function importRoot(docker, root) {
  const tar = spawn("tar", ["-C", root, "--exclude=./proc/*", "--exclude=./sys/*", "-c", "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const packed = new Promise((resolve) => tar.on("close", resolve));
  const [repo, tag] = PYTHON_BASE.split(":");
  await finished(docker, await docker.importImage(tar.stdout, { repo, tag }));
  if ((await packed) !== 0) throw new Error(`${PYTHON_BASE} can't be made: tar failed`);
}

async function need(packages, tag) {
  const obstacle = await installMissing(packages);
  if (obstacle !== null) throw new Error(`${tag} can't be made: ${obstacle}`);
}

async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-base-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits for the end of a build or an import, and throws what went wrong in it. */
export function finished(docker, stream) {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, events) => {
      const failure = error ?? events?.find((event) => event.error !== undefined)?.error;
      if (failure === undefined || failure === null) resolve();
      else reject(failure instanceof Error ? failure : new Error(String(failure)));
    });
  });
}
