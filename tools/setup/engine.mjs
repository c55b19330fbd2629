import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { mustRun, say } from "./command.mjs";

/** Debian packages of an engine that this script can start by itself. */
const ENGINE_PACKAGES = ["docker.io", "iptables"];

/** How long a fresh dockerd may take to answer, in milliseconds. */
const START_LIMIT = 60_000;

/**
 * Finds an engine, or sets one up where that is possible: as root on Debian or Ubuntu.
 * Returns `{ host, stop }`, or `{ missing }` with one sentence that says what is not there.
 * `stop` ends only what was started here.
 */
export async function findOrStartEngine() {
  const host = await findEngine();
  if (host !== null) return { host, stop: async () => {} };
  const obstacle = whyNotSetUp();
  if (obstacle !== null) return { missing: `No Docker or Podman engine is reachable, and ${obstacle}.` };
  if (!(await agreed())) return { missing: "No Docker or Podman engine is reachable, and none was set up." };
  await installPackages(ENGINE_PACKAGES, "/usr/sbin/dockerd");
  return startDockerd();
}

/** The first address at which an engine answers; `null` when there is none. */
export async function findEngine() {
  for (const host of candidates()) if (await answers(host)) return host;
  return null;
}

function candidates() {
  const named = process.env.DOCKER_HOST;
  if (named !== undefined && named !== "") return [named];
  const runtime = process.env.XDG_RUNTIME_DIR;
  return [
    "/var/run/docker.sock",
    ...(runtime === undefined ? [] : [join(runtime, "docker.sock"), join(runtime, "podman", "podman.sock")]),
    "/run/podman/podman.sock",
  ].map((path) => `unix://${path}`);
}

/** Asks an address for `/_ping`. Only sockets and plain TCP are asked; others are taken on trust. */
function answers(host) {
  const socketPath = host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
  if (socketPath === undefined && !host.startsWith("tcp://")) return Promise.resolve(true);
  const url = socketPath === undefined ? new URL(host.replace("tcp:", "http:")) : undefined;
  const target = socketPath === undefined ? { host: url.hostname, port: url.port } : { socketPath };
  return new Promise((resolve) => {
    const call = request({ ...target, path: "/_ping", timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}

function whyNotSetUp() {
  if (process.platform !== "linux") return "only Linux lets this script set one up: start Docker Desktop";
  if (process.getuid() !== 0) return "setting one up takes root: start one, or join the docker group";
  if (!existsSync("/usr/bin/apt-get")) return "this is neither Debian nor Ubuntu: install Docker or Podman";
  return null;
}

async function agreed() {
  say(`No Docker or Podman engine is reachable. This will install ${ENGINE_PACKAGES.join(" and ")} from the`);
  say("distribution's packages, start dockerd, and stop it again at the end.");
  if (!process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Go on? [Y/n] ");
  terminal.close();
  return !/^n/i.test(answer.trim());
}

let listsUpdated = false;

/** Installs Debian packages, unless `program` is there already. */
export async function installPackages(packages, program) {
  if (existsSync(program)) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  say(`Installing ${packages.join(", ")} (apt-get)`);
  if (!listsUpdated) await mustRun("apt-get", ["update", "-qq"], { env, quiet: true });
  listsUpdated = true;
  await mustRun("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
    env,
    quiet: true,
  });
}

/** Starts dockerd on the usual socket and waits until it answers. */
async function startDockerd() {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-dockerd-"));
  const logPath = join(folder, "log");
  const log = openSync(logPath, "w");
  say("Starting dockerd");
  const daemon = spawn("/usr/sbin/dockerd", [], { stdio: ["ignore", log, log], detached: true });
  let ended = false;
  daemon.on("exit", () => {
    ended = true;
  });
  const host = "unix:///var/run/docker.sock";
  const deadline = Date.now() + START_LIMIT;
  while (!ended && Date.now() < deadline) {
    if (await answers(host)) {
      return {
        host,
        stop: async () => {
          say("Stopping the dockerd that was started here");
          await stopProcess(daemon);
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stopProcess(daemon);
  const lines = readFileSync(logPath, "utf8").trim().split("\n");
  return { missing: `dockerd was installed but did not start: ${lines.at(-1)}` };
}

function stopProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", resolve);
    child.kill("SIGTERM");
  });
}
