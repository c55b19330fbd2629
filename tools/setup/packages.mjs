import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { run, say } from "./command.mjs";

/** Debian packages that may be asked for, each with the file that shows that it is there. */
const PACKAGES = {
  "docker.io": "/usr/sbin/dockerd",
  iptables: "/usr/sbin/iptables",
  "busybox-static": "/bin/busybox",
  debootstrap: "/usr/sbin/debootstrap",
  catatonit: "/usr/bin/catatonit",
  chromium: "/usr/bin/chromium",
  "docker-registry": "/usr/bin/docker-registry",
  "dumb-init": "/usr/bin/dumb-init",
  fish: "/usr/bin/fish",
  git: "/usr/bin/git",
  mandoc: "/usr/bin/mandoc",
  openssl: "/usr/bin/openssl",
  podman: "/usr/bin/podman",
  python3: "/usr/bin/python3",
  "python3-venv": "/usr/share/doc/python3-venv",
  rsync: "/usr/bin/rsync",
  skopeo: "/usr/bin/skopeo",
  tini: "/usr/bin/tini",
  zsh: "/usr/bin/zsh",
};

/**
 * Installs those of the named Debian packages that are missing. Says so first, and asks where there is a
 * terminal. Returns `null`, or why they are not there, as a clause that ends a sentence.
 */
export async function installMissing(names) {
  const missing = names.filter((name) => !existsSync(PACKAGES[name]));
  if (missing.length === 0) return null;
  const obstacle = whyNotInstall(missing.join(" "));
  if (obstacle !== null) return obstacle;
  say(`This needs ${missing.join(", ")}: installing from the distribution's packages (apt-get).`);
  if (!(await agreed())) return `${missing.join(", ")} may not be installed`;
  return install(missing);
}

function whyNotInstall(names) {
  if (process.platform !== "linux") return "setting one up by script works on Linux only";
  if (process.getuid() !== 0) return `installing what is missing takes root (apt-get install ${names})`;
  if (!existsSync("/usr/bin/apt-get")) return "setting one up by script works on Debian and Ubuntu only";
  return null;
}

async function agreed() {
  if (!process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Go on? [Y/n] ");
  terminal.close();
  return !/^n/i.test(answer.trim());
}

async function install(names) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, quiet: true };
  // Another apt-get at work is waited for.
  const common = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
  const updated = await run("apt-get", [...common, "update"], options);
  const args = [...common, "install", "-y", "--no-install-recommends", ...names];
  if (updated === 0 && (await run("apt-get", args, options)) === 0) return null;
  return `apt-get could not install ${names.join(", ")}`;
}
