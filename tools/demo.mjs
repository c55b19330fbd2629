/** `npm run demo`: builds the example training images and lets trainlint check them. */
import { readdirSync } from "node:fs";
import { mustRun, run, say } from "./setup/command.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { findOrStartEngine } from "./setup/engine.mjs";

/** The examples, with the grace period each is given (in seconds) and the exit code that is right for it. */
const EXAMPLES = [
  { name: "good", grace: 120, expected: 0 },
  { name: "faulty", grace: 10, expected: 1 },
];

const TRAINLINT = "dist/trainlint.mjs";

await ensureDependencies();
await mustRun("npm", ["run", "--silent", "bundle"], { quiet: true });
const engine = await findOrStartEngine();
try {
  const missing = engine.missing ?? (await buildExamples(engine.host));
  for (const example of EXAMPLES) await show(example, missing === undefined);
  if (missing !== undefined) say(`\nNeither image nor smoke run was checked. ${missing}`);
} finally {
  await engine.stop();
}

/** Builds all example images; where their base can't be made, the sentence that says why. */
async function buildExamples(host) {
  process.env.DOCKER_HOST = host;
  const { finished, makeBases, PYTHON_BASE } = await import("./setup/bases.mjs");
  const { default: Docker } = await import("dockerode");
  const docker = new Docker();
  try {
    await makeBases(docker, [PYTHON_BASE]);
  } catch (error) {
    return `${error.message}.`;
  }
  for (const { name } of EXAMPLES) {
    say(`Building examples/${name}`);
    const context = { context: `examples/${name}`, src: readdirSync(`examples/${name}`) };
    await finished(docker, await docker.buildImage(context, { t: tagOf(name) }));
  }
  return undefined;
}

function tagOf(name) {
  return `trainlint-demo/${name}:latest`;
}

/** Lets trainlint check one example, as a user would: all of it, or only the Dockerfile where nothing was built. */
async function show({ name, grace, expected }, built) {
  const dockerfile = `examples/${name}/Dockerfile`;
  const everything = ["--dockerfile", dockerfile, "--image", tagOf(name), "--run", "--grace", String(grace)];
  const args = built ? ["check", ...everything] : ["lint", dockerfile];
  say(`\n$ trainlint ${args.join(" ")}`);
  if (built && grace < 120) {
    say(`(SageMaker waits 120 seconds; this program never stops by itself, and ${grace} seconds show it.)`);
  }
  say("");
  const status = await run(process.execPath, [TRAINLINT, ...args]);
  say(`(exit code ${status})`);
  if (status !== expected) {
    say(`examples/${name} should have ended with exit code ${expected}.`);
    process.exitCode = 1;
  }
}
