import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { endRunning, say } from "./command.mjs";

/** Where dockerd listens when nothing else is said. */
export const USUAL_HOST = "unix:///var/run/docker.sock";

/** How long a fresh dockerd may take to answer, in milliseconds. */
const START_LIMIT = 60_000;
const POLL_INTERVAL = 200;

/**
 * Starts dockerd and waits until `answers()` says yes. It is stopped by `stop`, and also when this process is
 * interrupted. Returns `{ host, stop }`, or `{ missing, stop }` with what dockerd said.
 */
export async function startDockerd(answers) {
  say("Starting dockerd");
  const folder = mkdtempSync(join(tmpdir(), "trainlint-dockerd-"));
  const log = openSync(join(folder, "log"), "w");
  // In a process group of its own, so that Ctrl-C leaves it alive until what runs on it has tidied up.
  const daemon = spawn("/usr/sbin/dockerd", [], { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const ended = new Promise((resolve) => {
    daemon.on("error", resolve);
    daemon.on("exit", resolve);
  });
  const release = stopOnSignals(stop);
  let stopped = null;
  function stop() {
    stopped ??= end();
    return stopped;
  }
  async function end() {
    release();
    if (daemon.exitCode === null && daemon.signalCode === null) {
      say("Stopping the dockerd that was started here");
      daemon.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
  if (await comesUp(answers, ended)) return { host: USUAL_HOST, stop };
  const reason = reasonIn(readFileSync(join(folder, "log"), "utf8"));
  await stop();
  return { missing: `dockerd does not start here: ${reason}`, stop };
}

/** The line of dockerd's log that tells why it gave up. */
function reasonIn(log) {
  const lines = log.trim().split("\n");
  return lines.findLast((line) => /^(panic|failed to start daemon)|level=fatal/.test(line)) ?? lines.at(-1);
}

async function comesUp(answers, ended) {
  let over = false;
  ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + START_LIMIT;
  while (!over && Date.now() < deadline) {
    if (await answers()) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
  }
  return false;
}

/** On the first such signal: first the commands end, then `stop`, then this process. Returns how to let go again. */
function stopOnSignals(stop) {
  let stopping = false;
  const onSignal = async (signal) => {
    // Ctrl-C reaches this process twice: from the terminal, and passed on by npm.
    if (stopping) return;
    stopping = true;
    await endRunning(signal);
    await stop();
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    if (!stopping) for (const signal of signals) process.removeListener(signal, onSignal);
  };
}
