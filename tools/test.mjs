/** `npm test`: prepares the machine and runs everything there is. The last line is `N passed, N failed`. */
import { join } from "node:path";
import { installClients } from "./clients/clients.mjs";
import { knip } from "./clients/knip.mjs";
import { say } from "./setup/command.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { findOrStartEngine } from "./setup/engine.mjs";
import { installMissing } from "./setup/packages.mjs";
import { auditDependencies } from "./test/audit.mjs";
import { fetchNode24 } from "./test/node-24.mjs";
import { check, conclude, fail, suite, totals } from "./test/tally.mjs";

const CI = process.env.CI === "true";

/** What the engine tests put into images, or start beside the engine. */
const ENGINE_TEST_PACKAGES = [
  "catatonit",
  "docker-registry",
  "dumb-init",
  "openssl",
  "podman",
  "skopeo",
  "tini",
];

try {
  await ensureDependencies();
  await checks();
  await suite("unit tests, rule examples, import direction", ["unit"]);
  await suite("command line", ["cli"]);
  await onClients();
  await onEngine();
  await onNode24();
} catch (error) {
  fail(error.stack);
}
conclude();

/** What needs no test runner. */
async function checks() {
  const bin = (name) => join("node_modules", ".bin", name);
  await check("bundle", "npm", ["run", "--silent", "bundle"]);
  await check("types", bin("tsc"), ["-p", "tsconfig.json"]);
  await check("types of the pure parts", bin("tsc"), ["-p", "tsconfig.core.json"]);
  await check("lint and format", bin("biome"), ["check", "."]);
  await unused();
  await check("no regular expression can be made to backtrack", process.execPath, [
    "tools/check-regexes.mjs",
  ]);
  await check("generated files are up to date", "npm", ["run", "--silent", "gen", "--", "--check"]);
  await check("the README shows what the program prints", "npm", [
    "run",
    "--silent",
    "transcript",
    "--",
    "--check",
  ]);
  await audit();
}

/** Files, exports and dependencies that nothing uses. */
async function unused() {
  const why = knip.find() === null ? await knip.install() : null;
  if (why === null)
    await check("nothing unused: files, exports, dependencies", process.execPath, [knip.find()]);
  else if (CI) fail(`knip: ${why}`);
  else {
    say(`\n!! NOT CHECKED FOR WHAT IS UNUSED: ${why}`);
    totals.skipped += 1;
  }
}

/** Known vulnerabilities in what users get. A registry that gives no answer is said, and is no failure. */
async function audit() {
  say("\n== known vulnerabilities");
  const { vulnerable, unanswered } = await auditDependencies();
  if (vulnerable === undefined) {
    say(`!! NOT CHECKED: the registry does not answer npm audit: ${unanswered}`);
    totals.skipped += 1;
  } else if (vulnerable.length > 0) fail(`known vulnerabilities: ${vulnerable.join(", ")}`);
  else totals.passed += 1;
}

/** The programs that read what trainlint writes. Those that can't be had are skipped and counted; not with CI=true. */
async function onClients() {
  say("\n== clients");
  const missing = await installClients();
  // One client takes a newer Node than trainlint does.
  await fetchNode24();
  const skipped = await suite("clients", ["clients"]);
  if (missing.length === 0) return;
  if (CI) fail(`client tests: ${missing.join(" ")}`);
  else say(`\n!! ${skipped} CLIENT TESTS SKIPPED. ${missing.join(" ")}`);
}

/** Tests on a real engine. Without one they are skipped and counted; with CI=true that is a failure. */
async function onEngine() {
  say("\n== engine");
  const engine = await findOrStartEngine();
  try {
    if (engine.missing === undefined) {
      process.env.DOCKER_HOST = engine.host;
      const obstacle = await installMissing(ENGINE_TEST_PACKAGES);
      if (obstacle !== null) (CI ? fail : say)(`Some engine tests can't run: ${obstacle}.`);
      await prepareBases();
      await suite("engine and conformance tests", ["engine"]);
    } else if (CI) fail(`engine tests: ${engine.missing}`);
    else {
      const env = { ...process.env, DOCKER_HOST: "unix:///nonexistent" };
      const skipped = await suite("engine and conformance tests", ["engine"], { env });
      say(`\n!! ${skipped} ENGINE TESTS SKIPPED. ${engine.missing}`);
    }
  } finally {
    await engine.stop();
  }
}

async function prepareBases() {
  const { default: Docker } = await import("dockerode");
  const { makeBases } = await import("./setup/bases.mjs");
  await makeBases(new Docker());
}

/** What does not need an engine, once more on Node 24. */
async function onNode24() {
  const node = await fetchNode24();
  if (node !== null) await suite("Node 24", ["unit", "cli"], { node });
  else if (CI) fail("Node 24: the npm package node@24 could not be installed");
  else {
    say("\n!! NODE 24 SKIPPED: the npm package node@24 could not be installed.");
    totals.skipped += 1;
  }
}
