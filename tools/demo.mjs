import { mustRun, run, say } from "./setup/command.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { findOrStartEngine } from "./setup/engine.mjs";

/** The examples, with the grace period each is given; the faulty one always uses all of it. */
const EXAMPLES = [
  { name: "good", grace: "120" },
  { name: "faulty", grace: "10" },
];

const TRAINLINT = "dist/trainlint.mjs";

await ensureDependencies();
await mustRun("npm", ["run", "--silent", "bundle"], { quiet: true });
const engine = await findOrStartEngine();
const onSignal = () => void stop().then(() => process.exit(130));
process.once("SIGINT", onSignal);
process.once("SIGTERM", onSignal);
try {
  if (engine.missing === undefined) await checkExamples();
  else await lintExamples(engine.missing);
} finally {
  await stop();
}

async function stop() {
  await engine.stop?.();
}

/** Everything: Dockerfile, image and smoke run of both examples. */
async function checkExamples() {
  process.env.DOCKER_HOST = engine.host;
  const { makeBases, PYTHON_BASE, whyNoBases } = await import("./setup/bases.mjs");
  const { default: Docker } = await import("dockerode");
  const docker = new Docker();
  const there = await docker
    .getImage(PYTHON_BASE)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  const obstacle = there ? null : whyNoBases();
  if (obstacle !== null) {
    await lintExamples(`The example images can't be built: ${obstacle}.`);
    return;
  }
  await makeBases(docker, [PYTHON_BASE]);
  for (const { name, grace } of EXAMPLES) {
    const tag = `trainlint-demo/${name}:latest`;
    say(`\nBuilding examples/${name}`);
    await build(docker, `examples/${name}`, tag);
    if (name === "faulty")
      say(`A grace period of ${grace} instead of 120 seconds, so that the demo is short.`);
    const args = [
      "check",
      "--dockerfile",
      `examples/${name}/Dockerfile`,
      "--image",
      tag,
      "--run",
      "--grace",
      grace,
    ];
    say(`$ trainlint ${args.join(" ")}\n`);
    const status = await run(process.execPath, [TRAINLINT, ...args]);
    say(`(exit code ${status})`);
  }
}

async function build(docker, folder, tag) {
  const { readdirSync } = await import("node:fs");
  const stream = await docker.buildImage({ context: folder, src: readdirSync(folder) }, { t: tag });
  await new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, events) => {
      const failure = error ?? events?.find((event) => event.error !== undefined)?.error;
      if (failure === undefined || failure === null) resolve();
      else reject(new Error(`${tag} was not built: ${failure.message ?? failure}`));
    });
  });
}

/** What needs no engine. */
async function lintExamples(missing) {
  say(`${missing} Showing what needs no engine: the Dockerfiles.`);
  for (const { name } of EXAMPLES) {
    say(`\n$ trainlint examples/${name}/Dockerfile\n`);
    await run(process.execPath, [TRAINLINT, `examples/${name}/Dockerfile`]);
  }
}
