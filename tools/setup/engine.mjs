import { request } from "node:http";
import { join } from "node:path";
import { run, say } from "./command.mjs";
import { startDockerd, USUAL_HOST } from "./dockerd.mjs";
import { installMissing } from "./packages.mjs";

/** What an engine takes, and what the base images take that the examples and tests stand on. */
const NEEDED = ["docker.io", "iptables", "busybox-static", "debootstrap"];

/**
 * Finds an engine, or sets one up where that is possible: as root on Debian or Ubuntu.
 * Returns `{ host, stop }`, or `{ missing, stop }` with one sentence that says what is not there.
 * `stop` ends only what was started here.
 */
export async function findOrStartEngine() {
  const host = await findEngine();
  if (host !== null) return { host, stop: nothingToStop };
  const named = process.env.DOCKER_HOST;
  if (named) return { missing: `No engine answers at DOCKER_HOST (${named}).`, stop: nothingToStop };
  say("No Docker or Podman engine is reachable: setting one up, and stopping it again at the end.");
  const obstacle = await installMissing(NEEDED);
  if (obstacle !== null) {
    return { missing: `No Docker or Podman engine is reachable, and ${obstacle}.`, stop: nothingToStop };
  }
  // Where systemd runs, the package has started its service already.
  if (await answers(USUAL_HOST)) return { host: USUAL_HOST, stop: stopService };
  return startDockerd(() => answers(USUAL_HOST));
}

async function nothingToStop() {}

async function stopService() {
  say("Stopping the service docker, which was started by its installation");
  await run("systemctl", ["stop", "docker.socket", "docker.service"]);
}

/** The first address at which an engine answers; `null` when there is none. */
async function findEngine() {
  for (const host of candidates()) if (await answers(host)) return host;
  return null;
}

function candidates() {
  const { DOCKER_HOST, XDG_RUNTIME_DIR, HOME } = process.env;
  if (DOCKER_HOST) return [DOCKER_HOST];
  const sockets = [
    USUAL_HOST.slice("unix://".length),
    XDG_RUNTIME_DIR && join(XDG_RUNTIME_DIR, "docker.sock"),
    HOME && join(HOME, ".docker", "run", "docker.sock"),
    XDG_RUNTIME_DIR && join(XDG_RUNTIME_DIR, "podman", "podman.sock"),
    "/run/podman/podman.sock",
  ];
  return sockets.filter(Boolean).map((path) => `unix://${path}`);
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
