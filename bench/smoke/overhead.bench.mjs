import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { BUSYBOX_BASE, makeBases } from "../../tools/setup/bases.mjs";
import { inRounds, trainlint } from "../frame/measure.mjs";
import { compared } from "../frame/table.mjs";

export const title = "A smoke run beyond the container's own life";
export const about = `The whole command, from its start to its end, less the container's own life: from its start until it was ready, and
from SIGTERM to its end. Against 1.5 s, and against what the engine alone takes for a container that ends at
once (create, start, wait, remove).`;

/** What a smoke run may take beyond the container's own life; seconds. */
const GOAL = 1.5;

const SAVING = (save) => `trap '${save}; exit 0' TERM; echo ready; while :; do sleep 60 & wait $!; done`;

const CASES = [
  { what: "ends by itself after 1 s", script: "sleep 1", options: [] },
  {
    what: "saves and ends on SIGTERM",
    script: SAVING("echo model > /opt/ml/model/m"),
    options: ["--ready-log", "ready"],
  },
  {
    what: "the same, with a model of 50 MB",
    script: SAVING("head -c 50000000 /dev/zero > /opt/ml/model/m"),
    options: ["--ready-log", "ready"],
  },
];

export async function run({ folder, say }) {
  const docker = new Docker();
  await makeBases(docker, [BUSYBOX_BASE]);
  const transcript = join(folder, "overhead.json");
  const rows = [];
  for (const { what, script, options } of CASES) {
    say(what);
    const words = ["sh", "-c", script].map((word) => `--entrypoint=${word}`);
    const smoke = trainlint("run", BUSYBOX_BASE, ...words, ...options, "--transcript", transcript);
    const [beyond, engine] = await inRounds(5, [
      async () => (await smoke()) - ownLife(transcript),
      () => byEngine(docker),
    ]);
    rows.push(compared(`trainlint run: ${what}`, beyond, "s", "1.5 s", GOAL));
    rows.push(compared("the same", beyond, "s", "the engine alone", engine));
  }
  rmSync(transcript);
  return rows;
}

/** The seconds of a run in which the container worked, and trainlint only waited. */
function ownLife(transcript) {
  const { events } = JSON.parse(readFileSync(transcript, "utf8"));
  const at = (name) => events.findLast((event) => event.name === name)?.at;
  const [started, ready, sigterm, exited] = ["started", "ready", "sigterm", "exited"].map(at);
  return sigterm === undefined ? exited - started : ready - started + exited - sigterm;
}

async function byEngine(docker) {
  const start = performance.now();
  const container = await docker.createContainer({
    Image: BUSYBOX_BASE,
    Entrypoint: ["true"],
    HostConfig: { NetworkMode: "none" },
  });
  try {
    await container.start();
    await container.wait();
  } finally {
    await container.remove({ force: true, v: true });
  }
  return (performance.now() - start) / 1000;
}
